"""Log replication (Raft, 5.3): the follower's side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, NodeId, Send
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply
from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT, SYNC, Server


class Follower(Server):
    """Figure 2: "AppendEntries RPC", "Receiver implementation"; and the candidate that finds itself beaten."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.receivers[AppendEntries] = self.receive_append_entries

    def receive_append_entries(self, leader: NodeId, request: AppendEntries) -> Effects:
        """AppendEntries RPC, "Receiver implementation", steps 1 to 5."""
        if self.is_stale(request):
            return self.turn_away(leader, request)
        if self.role == "candidate":
            self.concede()
        self.recognise(leader)
        if not self.log_matches(request):
            return [ELECTION_TIMEOUT, *self.refuse(leader, request)]
        reply = Send(leader, self.acknowledgement(request))
        effects = [ELECTION_TIMEOUT, *self.persist_then_acknowledge(self.resolve_conflict(request), reply)]
        commit_index = self.follower_commit_index(request)
        if commit_index != self.commit_index:
            effects += self.commit_up_to(commit_index)
        return effects

    def is_stale(self, request: AppendEntries) -> bool:
        """1. Reply false if term < current_term (Raft, 5.1)."""
        return request.term < self.current_term

    def turn_away(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        """A deposed leader is told the term in which it is one: from that it learns to step down (Raft, 5.1)."""
        return [Send(leader, AppendEntriesReply(self.current_term, False, request.prev_log_index))]

    def concede(self) -> None:
        """A leader of this very term has established itself: the candidate returns to follower state (Raft, 5.2)."""
        self.role = "follower"

    def recognise(self, leader: NodeId) -> None:
        """Who sends entries in this term leads it. The vote of the term stays, for a late candidate may still ask (Raft, 5.2)."""
        self.leader_id = leader

    def log_matches(self, request: AppendEntries) -> bool:
        """2. Reply false if the log has no entry at prev_log_index whose term is prev_log_term (Raft, 5.3)."""
        prev = request.prev_log_index
        return prev <= self.log.last_index and self.log.term(prev) == request.prev_log_term

    def refuse(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        """Where the logs do not match, nothing is known but that: nothing is deleted, and nothing committed (Raft, 5.3)."""
        return [Send(leader, AppendEntriesReply(request.term, False, request.prev_log_index))]

    def acknowledgement(self, request: AppendEntries) -> AppendEntriesReply:
        """AppendEntries RPC, "Results": what is answered is answered in the term of the request, which is this server's by now."""
        return AppendEntriesReply(request.term, True, self.matching_index(request))

    def matching_index(self, request: AppendEntries) -> int:
        """Up to where the logs are equal now: the last entry of the request, whether it was new or there already (Raft, 5.3)."""
        return request.prev_log_index + len(request.entries)

    def resolve_conflict(self, request: AppendEntries) -> list[Effect]:
        """3. Delete a conflicting entry and all that follow it. 4. Append any new entries not already in the log (Raft, 5.3)."""
        kept = self.kept(request)
        effects = self.log.truncate(kept) if kept < self.log.last_index else []
        for entry in request.entries[kept - request.prev_log_index :]:
            effects += self.log.append(entry)
        return effects

    def kept(self, request: AppendEntries) -> int:
        """Up to which index the log stays: to the first entry with the index of a new one and another term (Raft, 5.3).

        Without such a conflict all of it stays: this request may be old, and what follows its entries acknowledged since.
        """
        log = self.log
        for index, entry in enumerate(request.entries[: log.last_index - request.prev_log_index], request.prev_log_index + 1):
            if log.term(index) != entry.term:
                return index - 1
        return log.last_index

    def persist_then_acknowledge(self, changes: list[Effect], reply: Send) -> list[Effect]:
        """What is acknowledged is durable: the leader counts it towards commitment (Raft, Figure 2)."""
        return [*changes, SYNC, reply] if changes else [reply]

    def follower_commit_index(self, request: AppendEntries) -> int:
        """5. If leader_commit > commit_index, commit_index = min(leader_commit, index of last new entry) (Raft, Figure 2).

        The last *new* entry, because what stands behind it here may differ from the leader's. And never back, which
        Figure 2 leaves open: the request may be older than what this follower committed since.
        """
        return max(self.commit_index, min(request.leader_commit, request.prev_log_index + len(request.entries)))
