"""An option: the state machine is on the disk, too, and a restart need not apply the log anew (Ongaro's dissertation, 5.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, NodeId, Write
from splitbrain_protocols.raft.kv.store import Store


class OnDisk(Store):
    """machine: "memory", where a restart begins with an empty one, as last_applied is volatile (Raft, Figure 2); or "disk"."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, machine: str = "memory", **options: Any) -> None:
        if machine not in ("memory", "disk"):
            raise ValueError(f"KeyValue(machine={machine!r}): there is no such state machine; use 'memory' or 'disk'")
        super().__init__(me, peers, disk, **options)
        self.on_disk = machine == "disk"
        if self.on_disk:
            self.recover_machine(disk)

    def commit_up_to(self, index: int) -> list[Effect]:
        """What was applied changes the state on the disk (dissertation, 5.2)."""
        applied = super().commit_up_to(index)
        return [*applied, *self.write_machine()] if self.on_disk else applied

    def write_machine(self) -> list[Effect]:
        """All of it under one key: values, who has had which result, and up to where the log made them what they are.

        Nobody waits for it. A crash that loses it leaves an older one, and the log from there on; one in which these three do not
        belong together could not be told from a good one.
        """
        return [Write("machine", (self.last_applied, self.values, self.sessions))]

    def recover_machine(self, disk: DiskView) -> None:
        """What ``write_machine`` left on the disk."""
        self.last_applied, values, sessions = disk.get("machine", (0, {}, {}))
        self.values, self.sessions = dict(values), dict(sessions)
