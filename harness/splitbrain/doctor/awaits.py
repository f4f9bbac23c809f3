"""Whether async nodes await what they call: what is not awaited never happens, and Python says so in a warning at most."""

from __future__ import annotations

import re
import sys
import warnings
from contextlib import ExitStack
from os import path
from typing import Any, Self

_WARNING = r"coroutine '(.*)' was never awaited"
_PLACES = re.compile(r'^ *File "(.*)", line (\d+), in (.*)$', re.MULTILINE)


class Awaits:
    """A context that notices each coroutine that is thrown away while it lasts, without having been awaited.

    never: for each, what it is and where it was called. Other warnings go where they went.
    """

    def __init__(self) -> None:
        self.never: list[str] = []

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(sys.set_coroutine_origin_tracking_depth, sys.get_coroutine_origin_tracking_depth())
            stack.enter_context(warnings.catch_warnings())
            sys.set_coroutine_origin_tracking_depth(1)
            warnings.filterwarnings("always", _WARNING, RuntimeWarning)
            self._show = warnings.showwarning
            warnings.showwarning = self._look
            self._end = stack.pop_all().close
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def _look(self, message: Warning | str, *where: Any, **more: Any) -> None:
        """Called instead of showing a warning."""
        found = re.match(_WARNING, str(message))
        if found is None:
            self._show(message, *where, **more)
            return
        called = _PLACES.findall(str(message))
        place = "".join(f" ({path.basename(file)}:{line}, in {function})" for file, line, function in called[-1:])
        self.never.append(f"{found[1].replace('<locals>.', '')}(...) was called and never awaited{place}")
