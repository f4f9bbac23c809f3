"""What is known of one node's replicated log, from what the node said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any


class Replica:
    """The terms of one node's log; index and term name an entry (Raft, 5.3: log matching).

    ``terms[i - 1]`` is the term of the entry at index ``base`` + i, None where nothing is known. What is up to ``base`` is in a
    snapshot, whose last entry is of ``base_term``: all of that is taken to be there, as it was committed. ``whole``: nothing but
    that and ``terms`` can be in the log. It is not so after a restart of a node that does not say what it recovered, nor for one
    that was caught leaving entries out.
    """

    __slots__ = ("base", "base_term", "terms", "whole")

    def __init__(self) -> None:
        self.base = 0
        self.base_term = 0
        self.terms: list[int | None] = []
        self.whole = True

    @property
    def last(self) -> int:
        """The index of the last entry that is known of."""
        return self.base + len(self.terms)

    def append(self, index: int, term: int) -> int:
        """The entry is at ``index`` now. Returns the lowest index that changed, 0 for none.

        An entry that replaces another one ends the log, as it must (Raft, Figure 2), whether the node says so or not.
        """
        terms = self.terms
        length = len(terms)
        place = index - self.base
        if place == length + 1:
            terms.append(term)
            return index
        if place > length:  # the node did not say what is between
            terms.extend([None] * (place - 1 - length))
            terms.append(term)
            self.whole = False
            return self.base + length + 1
        if place < 1 or terms[place - 1] == term:
            return 0
        del terms[place - 1 :]
        terms.append(term)
        return index

    def truncate(self, index: int) -> int:
        """The entries from ``index`` on are gone. Returns the lowest index that changed, 0 for none."""
        last = self.last
        if index > last:
            self.whole = self.whole and index == last + 1  # else something was there that the node had left out
            return 0
        first = max(index, self.base + 1)  # what is in a snapshot stays
        if first > last:
            return 0
        del self.terms[first - self.base - 1 :]
        return first

    def install(self, index: int, term: int, rest: bool) -> int:
        """What is up to ``index`` is in a snapshot now; ``rest``: what is behind it stays. Returns the lowest index that changed.

        0 for none: what the snapshot takes in is not changed by that.
        """
        last = self.last
        if rest:
            del self.terms[: max(index - self.base, 0)]
        else:
            self.terms.clear()
            self.whole = True
        if index > self.base or not rest:
            self.base, self.base_term = index, term
        return index + 1 if index < last and not rest else 0

    def recover(self, entries: Iterable[tuple[int, Any]], base: int = 0, base_term: int = 0) -> None:
        """The node started with these entries, behind a snapshot up to ``base``."""
        self.terms = [term for term, _ in entries] if entries else []
        self.base, self.base_term = base, base_term
        self.whole = True

    def crash(self) -> None:
        """What is in the log is not known until the node says what it recovered."""
        self.terms = []
        self.base = self.base_term = 0
        self.whole = False

    def committed(self, index: int) -> Iterator[tuple[int, int]]:
        """The node has committed up to ``index``. Yields (index, term) of what is known of the log up to there, newest first."""
        base, terms = self.base, self.terms
        if index > base + len(terms):
            self.whole = False  # it has committed what it did not tell of
        for place in range(min(index - base, len(terms)), 0, -1):
            term = terms[place - 1]
            if term is not None:
                yield base + place, term
        if 0 < base <= index:
            yield base, self.base_term

    def term(self, index: int) -> int | None:
        """The term of the entry at ``index``, where it is known; that of index 0, which precedes every log, is 0."""
        place = index - self.base
        if place == 0:
            return self.base_term
        return self.terms[place - 1] if 0 < place <= len(self.terms) else None

    def has(self, index: int, term: int) -> bool:
        """Whether the entry is in the log, or in a snapshot, as the node told."""
        return index < self.base or (index > 0 and self.term(index) == term)

    def lacks(self, index: int, term: int) -> bool:
        """Whether the entry is certainly not in the log, nor in a snapshot."""
        place = index - self.base
        if place > len(self.terms):
            return self.whole
        held = self.base_term if place == 0 else self.terms[place - 1] if place > 0 else None
        return held is not None and held != term

    def snapshot(self) -> Replica:
        """The log as it is now."""
        copy = Replica()
        copy.base, copy.base_term = self.base, self.base_term
        copy.terms = self.terms.copy()
        copy.whole = self.whole
        return copy
