"""The replicated log: entries by index from 1, and the disk effects that change it."""

from __future__ import annotations

from splitbrain.node import DiskView, Effect, Erase, Observe, Write
from splitbrain.observations import Appended, Truncated
from splitbrain_protocols.raft.core.messages import Entry


class Log:
    """A node's entries. Each change is done here at once, and returned as the effects that do it on the disk, too.

    The disk holds entry ``i`` under ``("log", i)``. A crash keeps a prefix of the unsynced effects, and each prefix of
    those of a change leaves entries 1..k, without a hole, of one history: ``truncate`` erases from the tail
    downwards, so that what is left is a prefix of the old log; ``append`` writes upwards, so that what is there is a
    prefix of the new one. (Erasing upwards would leave a tail behind a hole, and the next recovery would either lose
    sight of it or, once the hole is filled, take it for a part of the new log.)
    """

    def __init__(self, disk: DiskView) -> None:
        self.entries: list[Entry] = []
        while (entry := disk.get(("log", len(self.entries) + 1))) is not None:
            self.entries.append(entry)
        # Up to where the entries are known to be durable; raised by who asks the disk and does not wait (``async_disk``).
        self.stable_index = len(self.entries)

    @property
    def last_index(self) -> int:
        """The index of the last entry; 0 when there is none."""
        return len(self.entries)

    @property
    def last_term(self) -> int:
        """The term of the last entry; 0 when there is none."""
        return self.entries[-1].term if self.entries else 0

    def term(self, index: int) -> int:
        """The term of the entry at ``index``; 0 for index 0, which precedes every log."""
        return self.entries[index - 1].term if index else 0

    def since(self, index: int, most: int | None = None) -> tuple[Entry, ...]:
        """The entries from ``index`` to the end, but not more than so many."""
        return tuple(self.entries[index - 1 : None if most is None else index - 1 + most])

    def append(self, entry: Entry) -> list[Effect]:
        """Put ``entry`` behind the last one."""
        self.entries.append(entry)
        index = len(self.entries)
        return [Write(("log", index), entry), Observe(Appended(index, entry.term, entry.command))]

    def truncate(self, kept: int) -> list[Effect]:
        """Delete all entries after index ``kept``, of which there is at least one."""
        self.stable_index = min(self.stable_index, kept)
        erased: list[Effect] = [Erase(("log", index)) for index in range(len(self.entries), kept, -1)]
        del self.entries[kept:]
        return [*erased, Observe(Truncated(kept + 1))]
