"""How Ctrl-C ends a hunt: between two runs, with what there is."""

from __future__ import annotations

import signal
from typing import Self


class ControlC:
    """The first Ctrl-C asks the hunt to stop between two runs; the second one interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Self:
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, *_: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True
