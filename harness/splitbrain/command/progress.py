"""What a hunt and a score show while they go on, and how Ctrl-C ends a hunt."""

from __future__ import annotations

import shutil
import signal
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from splitbrain.counterexample.minimiser.minimiser import Minimised
    from splitbrain.search.hunt import Hunt
    from splitbrain.search.score import Score


class ControlC:
    """The first Ctrl-C asks the hunt to stop between two runs; the second one interrupts at once."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> ControlC:
        self._before = signal.signal(signal.SIGINT, self._ask)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _ask(self, *_: object) -> None:
        if self.asked:
            raise KeyboardInterrupt
        self.asked = True


class Progress:
    """A live line on a terminal, a plain line every ten seconds elsewhere, silence with --json. All of it on stderr."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent
        self._live = sys.stderr.isatty()
        self._next = 0.0
        self._drawn = False

    def line(self, text: str) -> None:
        """A plain line."""
        if not self._silent:
            self.done()
            print(text, file=sys.stderr, flush=True)

    def hunt(self, so_far: Hunt, interrupt: ControlC) -> bool:
        """Show how far a hunt has come; returns whether it is to stop."""
        from splitbrain.report.terminal.account import progress_line  # noqa: PLC0415

        if so_far.seconds >= self._next and not self._silent:
            self._next = so_far.seconds + (0.2 if self._live else 10.0)
            if self._live or so_far.seconds >= 1.0:
                self._draw(progress_line(so_far))
        return interrupt.asked

    def minimised(self, so_far: Minimised) -> None:
        """Show how far a minimisation has come."""
        if self._live and not self._silent:
            self._draw(f"{len(so_far.actions):,} actions, {so_far.replays:,} runs, {so_far.seconds:.1f} s")

    def score(self, so_far: Score) -> None:
        """Show how far a score has come."""
        from splitbrain.report.terminal.scoreboard import progress_line  # noqa: PLC0415

        if so_far.elapsed >= self._next and not self._silent:
            self._next = so_far.elapsed + (0.2 if self._live else 10.0)
            self._draw(progress_line(so_far))

    def done(self) -> None:
        """End the live line."""
        if self._drawn and self._live:
            print(file=sys.stderr)
        self._drawn = False

    def _draw(self, text: str) -> None:
        if self._live:
            print(f"\r\033[K{text[: screen_width() - 1]}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
        self._drawn = True


def screen_width() -> int:
    """Columns of the terminal, within what is readable."""
    return max(60, min(shutil.get_terminal_size((100, 40)).columns, 140))
