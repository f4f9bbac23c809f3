"""A Raft node (Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from splitbrain.node import DiskView, Effects, NodeId, Observe, Refused, Reply, RequestId
from splitbrain.observations import Recovered
from splitbrain_protocols.raft.core.messages import (
    AppendEntries,
    AppendEntriesReply,
    PreVote,
    PreVoteReply,
    RequestVote,
    RequestVoteReply,
)
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT
from splitbrain_protocols.raft.extensions.async_disk import AsyncDisk
from splitbrain_protocols.raft.extensions.prevote import PreElection
from splitbrain_protocols.raft.extensions.quorum_check import QuorumCheck


class Raft(PreElection, QuorumCheck, AsyncDisk):
    """Figure 2, complete; no membership changes, no snapshots.

    The options noop, optimistic, heartbeats and batch are explained in ``replication``. What goes beyond the paper is in
    modules of its own, and off: ``prevote``, ``quorum_check`` and ``async_disk``.
    """

    def __init__(
        self,
        me: NodeId,
        peers: tuple[NodeId, ...],
        disk: DiskView,
        *,
        noop: bool = False,
        optimistic: bool = False,
        heartbeats: str = "empty",
        batch: int | None = None,
        pre_vote: bool = False,
        check_quorum: bool = False,
        loyal: bool = False,
        async_disk: bool = False,
    ) -> None:
        if heartbeats not in ("empty", "full"):
            raise ValueError(f"Raft(heartbeats={heartbeats!r}): there are no such heartbeats; use 'empty' or 'full'")
        super().__init__(me, tuple(peers), disk)
        self.noop = noop
        self.optimistic = optimistic
        self.full_heartbeats = heartbeats == "full"
        self.batch = batch
        self.check_quorum = check_quorum
        self.async_disk = async_disk
        self.pre_votes = []
        self._receivers: dict[type, Callable[[NodeId, Any], Effects]] = {
            RequestVote: self.receive_request_vote_unless_led if loyal else self.receive_request_vote,
            RequestVoteReply: self.receive_request_vote_reply,
            PreVote: self.receive_pre_vote,
            PreVoteReply: self.receive_pre_vote_reply,
            AppendEntries: self.receive_append_entries,
            AppendEntriesReply: self.receive_sign_of_life if check_quorum else self.receive_append_entries_reply,
        }
        # A leader has no election timer running, and repeats its heartbeats instead (Raft, 5.2).
        self._timers: dict[str, Callable[[], Effects]] = {
            "election": self.start_pre_election if pre_vote else self.start_election,
            "heartbeat": self.heartbeat,
            "quorum": self.review_quorum,
        }

    def start(self) -> Effects:
        """When servers start up, they begin as followers (Raft, 5.2)."""
        entries = tuple((entry.term, entry.command) for entry in self.log.entries)
        return [Observe(Recovered(self.current_term, self.voted_for, entries)), ELECTION_TIMEOUT]

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """Messages go to the receiver of their kind."""
        return self._receivers[type(message)](sender, message)

    def timeout(self, timer: str) -> Effects:
        """Timers go to what they are for; an election timeout makes a candidate (Raft, 5.2)."""
        return self._timers[timer]()

    def request(self, request: RequestId, command: Any) -> Effects:
        """The leader serves the client once the entry is applied; any other server says who leads (Raft, 5.1, 5.3, 8)."""
        if self.role != "leader":
            return [Reply(request, Refused(self.leader_id))]
        return self.append(command, request)
