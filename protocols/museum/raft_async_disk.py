"""Exhibits: a follower that does not wait for its disk, and loses track of what is on it."""

from __future__ import annotations

from harness.scenario import FaultBudget
from protocols.museum.raft_record import record
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


class StableAba(Raft):
    """The disk's answer about an index is taken for the entry that is there now, though another was there when it was asked."""

    def still_holds(self, term: int, index: int) -> bool:  # noqa: ARG002
        return index <= self.log.last_index


class HeartbeatAckUndurable(Raft):
    """A request that brings nothing new is acknowledged at once, though what it repeats is still on its way to the disk."""

    def is_stable(self, index: int) -> bool:  # noqa: ARG002
        return True


ASYNC_DISK = (
    record(
        "stable-aba",
        StableAba,
        title="The disk answers a question that nobody asks any more",
        source="etcd-io/etcd#1809 (from #1690); etcd-io/etcd#12881 is what the fix left over",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogMatching", "LeaderAppendOnly"),
        faults="slow disks, change of leaders, crash and restart",
        options={**RAFT.options, "async_disk": (True,)},
        budget=FaultBudget(slow_disks=True),
    ),
    record(
        "heartbeat-ack-undurable",
        HeartbeatAckUndurable,
        title="An empty heartbeat acknowledges what is not on the disk",
        source="yugabyte/yugabyte-db#32875",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="slow disks, crash and restart of a follower",
        options={**RAFT.options, "async_disk": (True,)},
        budget=FaultBudget(slow_disks=True),
    ),
)
