"""What a hunt, a minimisation and a score show while they go on."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from splitbrain.report.terminal.size import screen_width

if TYPE_CHECKING:
    from splitbrain.counterexample.minimiser.minimised import Minimised
    from splitbrain.search.hunt import Hunted
    from splitbrain.search.score import Score

_LIVE, _PLAIN = 0.2, 10.0  # seconds between two looks at a line that is drawn over, and between two lines
_SHORT = 1.0  # seconds that a hunt takes before it is worth a plain line


class LiveLine:
    """A live line on a terminal, a plain line every ten seconds elsewhere, silence with --json. All of it on stderr."""

    def __init__(self, silent: bool) -> None:
        self._silent = silent
        self._live = sys.stderr.isatty()
        self._next = 0.0
        self._drawn = False

    def say(self, text: str) -> None:
        """A plain line, which stays."""
        if not self._silent:
            self.done()
            print(text, file=sys.stderr, flush=True)

    def hunt(self, so_far: Hunted) -> None:
        """Show how far a hunt has come."""
        from splitbrain.report.terminal.progress import search_line  # noqa: PLC0415 - as everywhere here: a --help is quick

        if self._due(so_far.seconds) and (self._live or so_far.seconds >= _SHORT):
            self._draw(search_line(so_far))

    def minimised(self, so_far: Minimised) -> None:
        """Show how far a minimisation has come."""
        from splitbrain.report.terminal.minimisation import minimisation_line  # noqa: PLC0415

        if self._live and not self._silent:
            self._draw(minimisation_line(so_far))

    def score(self, so_far: Score) -> None:
        """Show how far a score has come."""
        from splitbrain.report.terminal.scoreboard import score_line  # noqa: PLC0415

        if self._due(so_far.elapsed):
            self._draw(score_line(so_far))

    def part(self, text: str) -> None:
        """Show what is done now, where that can be drawn over."""
        if self._live and not self._silent:
            self._draw(text)

    def done(self) -> None:
        """End the live line."""
        if self._drawn and self._live:
            print(file=sys.stderr)
        self._drawn = False

    def _due(self, now: float) -> bool:
        """Whether it is time for another look, ``now`` seconds after the beginning."""
        if self._silent or now < self._next:
            return False
        self._next = now + (_LIVE if self._live else _PLAIN)
        return True

    def _draw(self, text: str) -> None:
        if self._live:
            print(f"\r\033[K{text[: screen_width() - 1]}", end="", file=sys.stderr, flush=True)
        else:
            print(text, file=sys.stderr, flush=True)
        self._drawn = True
