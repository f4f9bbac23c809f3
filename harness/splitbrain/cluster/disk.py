"""A disk: what is durable, and the writes that a crash may still undo."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from splitbrain.node import DiskView, Key
from splitbrain.trace.freezing import freeze

_ERASED = object()


class Disk:
    """One node's disk. It outlives the node; a crash keeps a prefix of the unsynced writes, in the order of writing."""

    __slots__ = ("_durable", "unsynced")

    def __init__(self) -> None:
        self._durable: dict[Key, Any] = {}
        self.unsynced: list[tuple[Key, Any]] = []

    @property
    def records(self) -> int:
        """How many records it has, and how many more were written since the last sync."""
        return len(self._durable) + len(self.unsynced)

    def view(self) -> DiskView:
        """What a node that starts now finds; its own copy, so that nothing but a write changes the disk."""
        return MappingProxyType({key: freeze(value) for key, value in self._durable.items()})

    def write(self, key: Key, value: Any) -> None:
        """A volatile write."""
        self.unsynced.append((key, value))

    def erase(self, key: Key) -> None:
        """A volatile removal."""
        self.unsynced.append((key, _ERASED))

    def sync(self, count: int) -> None:
        """Make the oldest ``count`` unsynced writes durable."""
        durable, unsynced = self._durable, self.unsynced
        for key, value in unsynced if count == len(unsynced) else unsynced[:count]:
            if value is _ERASED:
                durable.pop(key, None)
            else:
                durable[key] = value
        del unsynced[:count]

    def crash(self, keep: int) -> tuple[int, int]:
        """Cut the power: how many unsynced writes survived, and how many are lost."""
        kept = min(keep, len(self.unsynced))
        lost = len(self.unsynced) - kept
        self.sync(kept)
        self.unsynced.clear()
        return kept, lost
