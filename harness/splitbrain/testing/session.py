"""The pytest session that runs: what its options and terminal say to searches. Outside pytest there is none; the defaults hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from splitbrain.report.terminal.size import screen_width


@dataclass(frozen=True)
class Session:
    """schedules: where failing tests save their schedules. seed: what ``--hypothesis-seed`` says, if it is a number.

    width: columns of the terminal, which cannot be asked while pytest captures what a test prints; None: it can be.
    """

    schedules: Path = Path("tests", "schedules")
    seed: int | None = None
    width: int | None = None

    def columns(self) -> int:
        """How wide reports are to be."""
        return screen_width() if self.width is None else self.width


_running: list[Session] = []  # a stack: pytest may run inside pytest


def session() -> Session:
    """The innermost session."""
    return _running[-1] if _running else Session()


def begin(begun: Session) -> None:
    """A session begins, perhaps inside another one."""
    _running.append(begun)


def end(ended: Session) -> None:
    """That session is over."""
    if ended in _running:
        _running.remove(ended)
