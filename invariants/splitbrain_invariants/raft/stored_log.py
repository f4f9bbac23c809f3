"""A node's log and what its disk holds of it, as far as the node has told."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import Any

from splitbrain_invariants.replica import Replica

_EMPTY = Replica()  # never changed


class State(Enum):
    """How much is known of a node's log and disk; see `StoredLog`."""

    RUNNING = "it runs, and told of its log"
    OFF = "it had told of its log, and lost its power"
    UNKNOWN = "it started again, or lost its power, and did not tell of everything"


class StoredLog:
    """A node's log, and its image on disk, which lags behind: what changes in the log is durable at the next sync.

    Three states say how much is known, and so whether an entry is durable here. A doubt speaks for the node.

    RUNNING: durable is what is on the disk and still in the log; what is being removed cannot be counted on. Where the node
    was caught leaving entries out of what it told, any entry beyond the last that it told of may be there as well. A snapshot is
    durable when it is spoken of, and so is all that it takes the place of.
    OFF: durable is what is on the disk, and what may have got there with the unsynced writes that a torn crash kept.
    UNKNOWN: everything may be durable.

    What happens, the state after it (by the state before), and what becomes of log and disk:

    ================  ==============================  =========  =========  ========================================
    event             RUNNING                         OFF        UNKNOWN    log and disk
    ================  ==============================  =========  =========  ========================================
    append, truncate  RUNNING                         OFF        UNKNOWN    the log changes, the disk does not yet
    install           RUNNING                         OFF        UNKNOWN    both begin behind the snapshot; what is no
                                                                            longer behind it has left the log alone
    sync              RUNNING                         OFF        UNKNOWN    the disk becomes as the log was when the node
                                                                            asked for it, if it runs
    lose_power        OFF; UNKNOWN if entries were    UNKNOWN    UNKNOWN    the log is gone, the disk stays; what was
                      left out                                              not synced may be there, if some was kept
    start_again       UNKNOWN                         UNKNOWN    UNKNOWN    not told yet
    recover           RUNNING                         RUNNING    RUNNING    both become what the node found
    ================  ==============================  =========  =========  ========================================

    A node begins as RUNNING, with nothing in its log. One that says what it recovered first of all, as it should, is UNKNOWN
    for a moment only. Without power no node does any of the first four; a trace in which it does is not refused.
    """

    __slots__ = ("_changes", "_disk", "_torn", "log", "state")

    def __init__(self) -> None:
        self.state = State.RUNNING
        self.log = Replica()
        self._disk = Replica()
        self._torn = _EMPTY  # the log when the power went, if some of what was not synced survived
        # What changed in the log since the last sync: in which step, the lowest index, and the last index before. As long as the
        # node runs, log and disk begin behind the same snapshot, and are the same below all of these indexes.
        self._changes: list[tuple[int, int, int]] = []

    # What happens

    def append(self, index: int, term: int, step: int = 0) -> bool:
        """The entry is in the log now. Returns whether others had to go for it."""
        last = self.log.last
        changed = self.log.append(index, term)
        self._change(step, changed, last)
        return 0 < changed <= last

    def truncate(self, index: int, step: int = 0) -> bool:
        """The entries from ``index`` on are no longer in the log. Returns whether there were any."""
        last = self.log.last
        changed = self.log.truncate(index)
        self._change(step, changed, last)
        return changed > 0

    def install(self, index: int, term: int, rest: bool, step: int = 0) -> bool:
        """A snapshot takes the place of what is up to ``index``. Returns whether there was anything behind it that is gone."""
        last = self.log.last
        changed = self.log.install(index, term, rest)
        self._disk.install(index, term, rest or index >= self._disk.base)
        self._change(step, changed, last)
        return changed > 0

    def sync(self, asked: int | None = None) -> list[tuple[int, int]]:
        """The disk is as the log was when the node asked for it, in step ``asked``; None: just now.

        Returns (index, term) of what was on the disk and has left the log.
        """
        if not self._changes:
            return []
        if self.state is not State.RUNNING:
            self._changes.clear()
            return []
        changes = self._changes
        later = [] if asked is None else [each for each in changes if each[0] > asked]
        if len(later) == len(changes):
            return []
        self._changes = later
        log, disk = self.log, self._disk
        lowest = changes[0][1] if len(changes) == 1 else min(index for _, index, _ in changes[: len(changes) - len(later)])
        first = max(lowest, log.base + 1)
        place = first - log.base - 1
        before = disk.terms[place:]
        disk.terms[place:] = log.terms[place:]
        if later:  # what it was above the lowest of these has been written over in the log
            lowest, last_then = min(index for _, index, _ in later), later[0][2]
            del disk.terms[max(lowest - log.base - 1, place) :]
            disk.terms += [None] * (last_then - disk.last)
        return [(index, term) for index, term in enumerate(before, first) if term is not None and not log.has(index, term)]

    def lose_power(self, kept: int) -> None:
        """The log in memory is gone; ``kept`` of the writes that were not synced survived."""
        told = self.state is State.RUNNING and self.log.whole
        self.state = State.OFF if told else State.UNKNOWN
        if kept:
            self._torn, self.log = self.log, Replica()
        else:
            self._torn = _EMPTY
        self.log.crash()
        self._changes.clear()

    def start_again(self) -> None:
        """It runs again, and has not said what it found."""
        self.state = State.UNKNOWN

    def recover(self, entries: Sequence[tuple[int, Any]], base: int = 0, base_term: int = 0) -> bool:
        """It says what it found on its disk. Returns whether anything is missing that could have been there."""
        self.log.recover(entries, base, base_term)
        missing = _lost(self._disk, self.log) or (self._torn is not _EMPTY and _lost(self._torn, self.log))
        self.state = State.RUNNING
        self._disk.recover(entries, base, base_term)
        self._torn = _EMPTY
        self._changes.clear()
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
        if index > self.log.last:
            return not self.log.whole
        return _may_hold(self.log, index, term) and _may_hold(self._disk, index, term)

    def _change(self, step: int, index: int, last: int) -> None:
        changes = self._changes
        if index and not (changes and changes[-1][0] == step and changes[-1][1] <= index):
            changes.append((step, index, last))


def _may_hold(log: Replica, index: int, term: int) -> bool:
    """Whether this can be a log that holds the entry; None is any term, and a snapshot has all that is in it."""
    return index < log.base or (index <= log.last and log.term(index) in (term, None))


def _lost(image: Replica, found: Replica) -> bool:
    """Whether anything of the image is not in what was found; below a snapshot the two are the same if its last entry is."""
    base = max(image.base, found.base)
    if base <= image.last and image.term(base) != found.term(base):
        return True
    behind = image.terms[base - image.base :]
    return found.terms[base - found.base :][: len(behind)] != behind
