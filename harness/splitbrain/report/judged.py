"""A history that was judged: with its verdict, what it was judged by, and what that took."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from splitbrain.linearizability.verdict import Verdict
from splitbrain.trace.history import Operation

Word: TypeAlias = Literal["linearizable", "not linearizable", "inconclusive"]
_WORDS: dict[bool | None, Word] = {True: "linearizable", False: "not linearizable", None: "inconclusive"}


@dataclass(frozen=True)
class Judged:
    """name: of the history, where a file holds several; expected: the verdict that the file itself gives; seconds: of CPU.

    unit: what the steps of its operations are. timed: its moments are times, and not only places in an order. instead: of which
    model the file says that it is, where it was judged by another. skipped: lines of the file of which nothing was read.
    """

    operations: Sequence[Operation]
    model: str
    verdict: Verdict
    seconds: float
    name: str | None = None
    expected: bool | None = None
    unit: str = "line"
    timed: bool = False
    instead: str | None = None
    skipped: Sequence[int] = ()

    @property
    def word(self) -> Word:
        """The verdict in words."""
        return _WORDS[self.verdict.linearizable]

    @property
    def empty(self) -> bool:
        """Whether there was nothing to judge."""
        return not self.operations

    @property
    def unknown(self) -> int:
        """How many operations are of unknown outcome."""
        return sum(each.returned is None for each in self.operations)

    @property
    def surprising(self) -> bool:
        """Whether the file says otherwise."""
        return None not in (self.expected, self.verdict.linearizable) and self.expected != self.verdict.linearizable


def foremost(judged: Sequence[Judged]) -> Judged | None:
    """The one to look at: the first that is not what the file says of it; else the first that is not linearizable."""
    strange = (each for each in judged if each.surprising)
    return next(strange, next((each for each in judged if each.verdict.linearizable is False), None))


def worst(judged: Sequence[Judged]) -> Word:
    """The verdict on all of them."""
    found = {each.word for each in judged}
    return "not linearizable" if "not linearizable" in found else "inconclusive" if "inconclusive" in found else "linearizable"
