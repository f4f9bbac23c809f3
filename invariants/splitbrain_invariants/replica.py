"""What is known of one node's replicated log, from what the node said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class Replica:
    """The terms of one node's log; index and term name an entry (Raft, 5.3: log matching).

    ``terms[i - 1]`` is the term of the entry at index i, None where nothing is known. ``whole``: nothing but ``terms``
    can be in the log. It is not so after a restart of a node that does not say what it recovered, nor for one that was
    caught leaving entries out.
    """

    __slots__ = ("terms", "whole")

    def __init__(self) -> None:
        self.terms: list[int | None] = []
        self.whole = True

    def append(self, index: int, term: int) -> int:
        """The entry is at ``index`` now. Returns the lowest index that changed, 0 for none.

        An entry that replaces another one ends the log, as it must (Raft, Figure 2), whether the node says so or not.
        """
        terms = self.terms
        length = len(terms)
        if index == length + 1:
            terms.append(term)
            return index
        if index > length:  # the node did not say what is between
            terms.extend([None] * (index - 1 - length))
            terms.append(term)
            self.whole = False
            return length + 1
        if index < 1 or terms[index - 1] == term:
            return 0
        del terms[index - 1 :]
        terms.append(term)
        return index

    def truncate(self, index: int) -> int:
        """The entries from ``index`` on are gone. Returns the lowest index that changed, 0 for none."""
        length = len(self.terms)
        if index > length:
            self.whole = self.whole and index == length + 1  # else something was there that the node had left out
            return 0
        del self.terms[max(index, 1) - 1 :]
        return max(index, 1)

    def recover(self, entries: Iterable[tuple[int, Any]]) -> None:
        """The node started with these entries."""
        self.terms = [term for term, _ in entries]
        self.whole = True

    def crash(self) -> None:
        """What is in the log is not known until the node says what it recovered."""
        self.terms = []
        self.whole = False

    def committed(self, index: int) -> Iterator[tuple[int, int]]:
        """The node has committed up to ``index``. Yields (index, term) of what is known of the log up to there, newest first."""
        terms = self.terms
        if index > len(terms):
            self.whole = False  # it has committed what it did not tell of
        return ((place, term) for place in range(min(index, len(terms)), 0, -1) if (term := terms[place - 1]) is not None)

    def has(self, index: int, term: int) -> bool:
        """Whether the entry is in the log, as the node told."""
        return index <= len(self.terms) and self.terms[index - 1] == term

    def lacks(self, index: int, term: int) -> bool:
        """Whether the entry is certainly not in the log."""
        if index > len(self.terms):
            return self.whole
        held = self.terms[index - 1]
        return held is not None and held != term

    def snapshot(self) -> Replica:
        """The log as it is now."""
        copy = Replica()
        copy.terms = self.terms.copy()
        copy.whole = self.whole
        return copy
