"""An option: a follower does not wait for its disk, but acknowledges once the disk has answered (Raft, Figure 2 still holds)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, NodeId, Send, Sync
from splitbrain_protocols.raft.core.follower import Follower
from splitbrain_protocols.raft.core.leader import Leader
from splitbrain_protocols.raft.core.messages import AppendEntriesReply


class AsyncDisk(Leader, Follower):
    """async_disk: entries are written and forgotten about; the token of the sync says what is to be acknowledged after it."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, async_disk: bool = False, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.async_disk = async_disk

    def persist_then_acknowledge(self, changes: list[Effect], reply: Send) -> list[Effect]:
        """The acknowledgement waits for the disk; the node does not."""
        if not self.async_disk:
            return super().persist_then_acknowledge(changes, reply)
        if not changes and self.is_stable(reply.message.index):
            return [reply]
        return [*changes, Sync(f"{self.current_term} {reply.message.index}")]

    def persist_then_replicate(self, appended: list[Effect]) -> list[Effect]:
        """A leader does wait: when it goes on, all that it has is durable."""
        self.log.stable_index = self.log.last_index
        return super().persist_then_replicate(appended)

    def is_stable(self, index: int) -> bool:
        """Whether all entries up to there are known to be durable: an entry that is there already may still be on its way."""
        return index <= self.log.stable_index

    def synced(self, token: str) -> Effects:
        """The disk has answered: what was written before the sync is durable now."""
        term, index = map(int, token.split())
        if not self.still_holds(term, index):
            return ()
        self.log.stable_index = max(self.log.stable_index, index)
        if self.leader_id in (None, self.me):
            return ()
        return [Send(self.leader_id, self.late_acknowledgement(index))]

    def late_acknowledgement(self, index: int) -> AppendEntriesReply:
        """What the leader would have been told at once by a follower that waits, and is still true."""
        return AppendEntriesReply(self.current_term, True, index)

    def still_holds(self, term: int, index: int) -> bool:  # noqa: ARG002 (a decision about that index)
        """What the disk has stored is what the log holds: within one term, entries that its leader sent are not replaced.

        In another term they may have been, and the log may hold other entries at these indexes, which are not stored yet.
        """
        return term == self.current_term
