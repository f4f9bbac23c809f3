"""A node's log and what its disk holds of it, as far as the node has told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import Any

from splitbrain_invariants.replica import Replica


class State(Enum):
    """How much is known of a node's log and disk; see `StoredLog`."""

    RUNNING = "it runs, and told of its log"
    OFF = "it had told of its log, and lost its power"
    UNKNOWN = "it started again, or lost its power, and did not tell of everything"


class StoredLog:
    """A node's log, and its image on disk, which lags behind: what changes in the log is durable at the next sync.

    Three states say how much is known, and so whether an entry is durable here. A doubt speaks for the node.

    RUNNING: durable is what is on the disk and still in the log; what is being removed cannot be counted on. Where the node
    was caught leaving entries out of what it told, any entry beyond the last that it told of may be there as well.
    OFF: durable is what is on the disk, and what may have got there with the unsynced writes that a torn crash kept.
    UNKNOWN: everything may be durable.

    What happens, the state after it (by the state before), and what becomes of log and disk:

    ================  ==============================  =========  =========  ========================================
    event             RUNNING                         OFF        UNKNOWN    log and disk
    ================  ==============================  =========  =========  ========================================
    append, truncate  RUNNING                         OFF        UNKNOWN    the log changes, the disk does not yet
    sync              RUNNING                         OFF        UNKNOWN    the disk becomes as the log
    lose_power        OFF; UNKNOWN if entries were    UNKNOWN    UNKNOWN    the log is gone, the disk stays; what was
                      left out                                              not synced may be there, if some was kept
    start_again       UNKNOWN                         UNKNOWN    UNKNOWN    not told yet
    recover           RUNNING                         RUNNING    RUNNING    both become what the node found
    ================  ==============================  =========  =========  ========================================

    A node begins as RUNNING, with nothing in its log. One that says what it recovered first of all, as it should, is UNKNOWN
    for a moment only. Without power no node does any of the first three; a trace in which it does is not refused.
    """

    __slots__ = ("_changed", "_disk", "_torn", "log", "state")

    def __init__(self) -> None:
        self.state = State.RUNNING
        self.log = Replica()
        self._disk: list[int | None] = []  # terms, as in a replica
        self._torn: list[int | None] = []  # the log when the power went, if some of what was not synced survived
        self._changed = 0  # the lowest index that changed in the log since the last sync, 0 for none; below it the disk is the same

    # What happens

    def append(self, index: int, term: int) -> bool:
        """The entry is in the log now. Returns whether others had to go for it."""
        length = len(self.log.terms)
        changed = self.log.append(index, term)
        self._change(changed)
        return 0 < changed <= length

    def truncate(self, index: int) -> bool:
        """The entries from ``index`` on are no longer in the log. Returns whether there were any."""
        changed = self.log.truncate(index)
        self._change(changed)
        return changed > 0

    def sync(self) -> list[tuple[int, int]]:
        """The disk is as the log now. Returns (index, term) of what was on the disk and has left the log."""
        first = self._changed
        if not first:
            return []
        before = self._disk[first - 1 :]
        self._disk[first - 1 :] = self.log.terms[first - 1 :]
        self._changed = 0
        return [(index, term) for index, term in enumerate(before, first) if term is not None and not self.log.has(index, term)]

    def lose_power(self, kept: int) -> None:
        """The log in memory is gone; ``kept`` of the writes that were not synced survived."""
        told = self.state is State.RUNNING and self.log.whole
        self.state = State.OFF if told else State.UNKNOWN
        self._torn = self.log.terms if kept else []
        self.log.crash()
        self._changed = 0

    def start_again(self) -> None:
        """It runs again, and has not said what it found."""
        self.state = State.UNKNOWN

    def recover(self, entries: Iterable[tuple[int, Any]]) -> bool:
        """It says what it found on its disk. Returns whether anything is missing that could have been there."""
        self.log.recover(entries)
        found = self.log.terms
        missing = any(found[: len(image)] != image for image in (self._disk, self._torn))
        self.state = State.RUNNING
        self._disk = found.copy()
        self._torn = []
        self._changed = 0
        return missing

    # What is known

    @property
    def known(self) -> bool:
        """Whether the node's word about its log can be held against it."""
        return self.state is not State.UNKNOWN

    def durable(self, index: int, term: int) -> bool:
        """Whether the entry is durable here, for all that one knows."""
        if self.state is State.UNKNOWN:
            return True
        if self.state is State.OFF:
            return _may_hold(self._disk, index, term) or _may_hold(self._torn, index, term)
        if index > len(self.log.terms):
            return not self.log.whole
        return _may_hold(self.log.terms, index, term) and _may_hold(self._disk, index, term)

    def _change(self, index: int) -> None:
        if index and (not self._changed or index < self._changed):
            self._changed = index


def _may_hold(terms: Sequence[int | None], index: int, term: int) -> bool:
    """Whether these can be the terms of a log that holds the entry; None is any term."""
    return index <= len(terms) and terms[index - 1] in (term, None)
