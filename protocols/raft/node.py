"""A Raft node (Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from harness.node import Disk, Effects, NodeId, Observe, Refused, Reply, RequestId
from harness.observations import Recovered
from protocols.raft.election import Election
from protocols.raft.following import Following
from protocols.raft.messages import AppendEntries, AppendEntriesReply, RequestVote, RequestVoteReply
from protocols.raft.replication import Replication
from protocols.raft.server import ELECTION_TIMEOUT


class Raft(Election, Replication, Following):
    """Figure 2, complete; no membership changes, no snapshots. The options are explained in ``replication``."""

    def __init__(
        self,
        me: NodeId,
        peers: tuple[NodeId, ...],
        disk: Disk,
        *,
        noop: bool = False,
        optimistic: bool = False,
        heartbeats: str = "empty",
    ) -> None:
        if heartbeats not in ("empty", "full"):
            raise ValueError(f"Raft(heartbeats={heartbeats!r}): there are no such heartbeats; use 'empty' or 'full'")
        super().__init__(me, tuple(peers), disk)
        self.noop = noop
        self.optimistic = optimistic
        self.full_heartbeats = heartbeats == "full"
        self._receivers: dict[type, Callable[[NodeId, Any], Effects]] = {
            RequestVote: self.receive_request_vote,
            RequestVoteReply: self.receive_request_vote_reply,
            AppendEntries: self.receive_append_entries,
            AppendEntriesReply: self.receive_append_entries_reply,
        }

    def start(self) -> Effects:
        """When servers start up, they begin as followers (Raft, 5.2)."""
        entries = tuple((entry.term, entry.command) for entry in self.log.entries)
        return [Observe(Recovered(self.current_term, self.voted_for, entries)), ELECTION_TIMEOUT]

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """Messages go to the receiver of their kind."""
        return self._receivers[type(message)](sender, message)

    def timeout(self, timer: str) -> Effects:
        """An election timeout makes a candidate; a leader has none running, and repeats its heartbeats instead (Raft, 5.2)."""
        return self.heartbeat() if timer == "heartbeat" else self.start_election()

    def request(self, request: RequestId, command: Any) -> Effects:
        """The leader serves the client once the entry is applied; any other server says who leads (Raft, 5.1, 5.3, 8)."""
        if self.role != "leader":
            return [Reply(request, Refused(self.leader_id))]
        return self.append(command, request)
