"""Exhibits: a follower that does not wait for its disk, and loses track of what is on it."""

from __future__ import annotations

from splitbrain.budget import FaultBudget
from splitbrain.node import Effect
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class StableAba(Raft):
    """An index that is known to be on the disk stays so when other entries take its place, which are not there yet.

    The log remembers up to where it is on the disk, as an index. Then a new leader replaces the last entries by others
    with the same indexes; the mark stays, for it was true, and the number has not changed. So when the next request
    repeats those entries, the follower finds nothing to wait for, and acknowledges what is still in the disk's queue.
    The leader commits with it, and a copy that was counted can still be lost.

    It is the ABA problem: "is it still there?", asked of the position alone. In etcd the application reported "stable
    up to i" after raft had truncated and rewritten those entries; since #1809 `stableTo` takes index *and* term, and
    ignores what no longer matches. An entry's name in Raft is its index together with its term, and half a name is
    another entry.
    """

    def resolve_conflict(self, request: AppendEntries) -> list[Effect]:
        stable_index = self.log.stable_index
        changes = super().resolve_conflict(request)
        self.log.stable_index = stable_index
        return changes


class HeartbeatAckUndurable(Raft):
    """A request that brings nothing new is acknowledged at once, though what it repeats is still on its way to the disk.

    The follower does what it should: entries go to the disk, and only when the disk has answered is the leader told.
    But a heartbeat, or a retransmission, brings nothing new. There is nothing to wait for, so the answer goes at once;
    and it says that the logs are equal up to here, which includes the entries that are still being written. The leader
    counts them.

    In YugabyteDB the wait for the log was skipped whenever a request was empty after deduplication (#32875): "silent
    permanent loss of acknowledged writes, with no client error and no crash". The C5 replicator had it a dozen years
    earlier (#263). What has to be durable is what the answer *claims*, not what the request brought.
    """

    def is_stable(self, index: int) -> bool:  # noqa: ARG002
        return True


ASYNC_DISK = (
    exhibit(
        RAFT,
        "stable-aba",
        StableAba,
        title="The same index, another entry",
        source="etcd-io/etcd#1809 (from #1690); etcd-io/etcd#12881 is what the fix left over",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogMatching", "LeaderAppendOnly"),
        faults="slow disks, change of leaders, crash and restart",
        options={**RAFT.options, "async_disk": (True,)},
        budget=FaultBudget(slow_disks=True),
    ),
    exhibit(
        RAFT,
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
