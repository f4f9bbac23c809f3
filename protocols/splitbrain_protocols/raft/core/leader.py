"""Log replication (Raft, 5.3) and commitment (Raft, 5.3, 5.4.2): the leader's side."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, NodeId, Observe, Refused, Reply, RequestId, Send
from splitbrain.observations import Led, Tracked
from splitbrain_protocols.quorum import majority
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry
from splitbrain_protocols.raft.core.server import CANCEL_ELECTION, HEARTBEAT_TIMEOUT, SYNC, Server


class Leader(Server):
    """Figure 2: "Rules for Servers: Leaders".

    noop: a new leader appends an entry of its own term at once (Raft, 8), which commits what earlier leaders left.
    optimistic: ``next_index`` advances when entries are sent, not when they are acknowledged (pipelining).
    heartbeats: "empty" (Raft, 5.2), or "full": a heartbeat carries what the follower lacks.
    batch: the most entries of one request; None: as many as there are.
    """

    def __init__(
        self,
        me: NodeId,
        peers: Iterable[NodeId],
        disk: DiskView,
        *,
        noop: bool = False,
        optimistic: bool = False,
        heartbeats: str = "empty",
        batch: int | None = None,
        **options: Any,
    ) -> None:
        if heartbeats not in ("empty", "full"):
            raise ValueError(f"Raft(heartbeats={heartbeats!r}): there are no such heartbeats; use 'empty' or 'full'")
        super().__init__(me, peers, disk, **options)
        self.noop = noop
        self.optimistic = optimistic
        self.full_heartbeats = heartbeats == "full"
        self.batch = batch
        self.receivers[AppendEntriesReply] = self.receive_append_entries_reply
        # A leader has no election timer running, and repeats its heartbeats instead (Raft, 5.2).
        self.timers["heartbeat"] = self.heartbeat

    def request(self, request: RequestId, command: Any) -> Effects:
        """The leader serves the client once the entry is applied; any other server says who leads (Raft, 5.1, 5.3, 8)."""
        return self.append(command, request) if self.role == "leader" else [self.redirect(request)]

    def redirect(self, request: RequestId) -> Reply:
        """Refused, with "information about the most recent leader it has heard from" (Raft, 8)."""
        return Reply(request, Refused(self.leader_id))

    def lead(self) -> list[Effect]:
        """Upon election: start every follower behind the leader's last entry, and tell them all (Raft, 5.2, 5.3)."""
        self.role = "leader"
        self.leader_id = self.me
        self.next_index = dict.fromkeys(self.peers, self.log.last_index + 1)
        self.match_index = dict.fromkeys(self.peers, 0)
        announced = self.append(None) if self.noop else self.replicate()
        return [Observe(Led(self.current_term)), CANCEL_ELECTION, HEARTBEAT_TIMEOUT, *announced]

    def append(self, command: Any, request: RequestId | None = None) -> list[Effect]:
        """A command becomes an entry of the leader's log, and goes to the followers (Raft, 5.3)."""
        appended = self.log.append(self.entry(command, request))
        if request is not None:
            self.unanswered[self.log.last_index] = request
        return self.persist_then_replicate(appended) + self.advance_commit_index()

    def entry(self, command: Any, request: RequestId | None) -> Entry:  # noqa: ARG002 (a decision about that request)
        """What the log holds of a command: it, and the term in which this leader received it (Raft, Figure 2: "log[]")."""
        return Entry(self.current_term, command)

    def persist_then_replicate(self, appended: list[Effect]) -> list[Effect]:
        """The entry is durable here before others hear of it: the leader counts itself in the majority (Raft, 5.3)."""
        return [*appended, SYNC, *self.replicate()]

    def replicate(self) -> list[Effect]:
        """Send everyone what they lack."""
        return [self.append_entries(peer) for peer in self.peers]

    def append_entries(self, follower: NodeId) -> Send:
        """The entries from ``next_index`` on (Raft, 5.3)."""
        entries = self.log.since(self.next_index[follower], self.batch)
        request = self.append_request(follower, entries)
        if self.optimistic:
            self.next_index[follower] += len(entries)
        return Send(follower, request)

    def append_request(self, follower: NodeId, entries: tuple[Entry, ...]) -> AppendEntries:
        """AppendEntries RPC, "Arguments": with the entry that precedes, for the consistency check (Raft, 5.3)."""
        prev = self.next_index[follower] - 1
        return AppendEntries(self.current_term, prev, self.log.term(prev), entries, self.commit_index)

    def heartbeat(self) -> list[Effect]:
        """Repeat during idle periods, to prevent election timeouts (Raft, 5.2)."""
        beats = self.replicate() if self.full_heartbeats else [self.empty_heartbeat(peer) for peer in self.peers]
        return [*beats, HEARTBEAT_TIMEOUT]

    def empty_heartbeat(self, follower: NodeId) -> Send:
        """One of the "AppendEntries RPCs that carry no log entries" (Raft, 5.2)."""
        return Send(follower, self.append_request(follower, ()))

    def receive_append_entries_reply(self, follower: NodeId, reply: AppendEntriesReply) -> Effects:
        """If successful: update next_index and match_index; else decrement next_index and retry (Raft, 5.3)."""
        if not self.counts_acknowledgement(reply):
            return ()
        if not reply.success:
            return self.retry(follower, reply.index)
        effects = self.tally_acknowledgement(follower, reply)
        if self.next_index[follower] <= self.log.last_index:
            effects.append(self.append_entries(follower))
        return effects

    def counts_acknowledgement(self, reply: AppendEntriesReply) -> bool:
        """Only what a follower said to the leader of this term is still true (Raft, 5.3)."""
        return self.role == "leader" and reply.term == self.current_term

    def tally_acknowledgement(self, follower: NodeId, reply: AppendEntriesReply) -> list[Effect]:
        """Count a follower's copy where it is new; then something more may be committed (Raft, 5.3)."""
        match_index = self.raised_match_index(follower, reply)
        if match_index == self.match_index[follower]:
            return []
        self.match_index[follower] = match_index
        self.next_index[follower] = max(self.next_index[follower], match_index + 1)
        return [self.tracked(follower), *self.advance_commit_index()]

    def raised_match_index(self, follower: NodeId, reply: AppendEntriesReply) -> int:
        """match_index increases monotonically (Raft, Figure 2): replies overtake each other, and what matched still does."""
        return max(self.match_index[follower], reply.index)

    def tracked(self, follower: NodeId) -> Observe:
        """Say how far this follower is taken to be."""
        return Observe(Tracked(follower, self.match_index[follower], self.next_index[follower]))

    def retry(self, follower: NodeId, refused: int) -> Effects:
        """Try again further back (Raft, 5.3)."""
        if not self.is_news(follower, refused):
            return ()
        self.next_index[follower] = self.backed_off(follower, refused)
        return [self.tracked(follower), self.append_entries(follower)]

    def is_news(self, follower: NodeId, refused: int) -> bool:
        """A refusal is out of date when the follower has matched, or was tried lower, since: messages overtake each other."""
        return self.match_index[follower] < refused < self.next_index[follower]

    def backed_off(self, follower: NodeId, refused: int) -> int:  # noqa: ARG002 (a decision about this follower)
        """The next_index after a refusal of ``refused``, which was next_index - 1: one less (Raft, 5.3).

        Above match_index it stays, because ``refused`` is.
        """
        return refused

    def advance_commit_index(self) -> list[Effect]:
        """If an N > commit_index is on a majority, and log[N].term == current_term: set commit_index = N (Raft, 5.3, 5.4)."""
        index = self.new_commit_index()
        return self.commit_up_to(index) if index > self.commit_index and self.may_commit(index) else []

    def new_commit_index(self) -> int:
        """The highest index on a quorum; terms never fall along a log, so if this one is of an earlier term, all below are."""
        held = sorted(map(self.held_by, self.voters()), reverse=True)
        return held[self.commit_quorum() - 1]

    def held_by(self, server: NodeId) -> int:
        """Up to which index a server is known to hold this leader's log; the leader itself holds all of it (Raft, 5.3)."""
        return self.log.last_index if server == self.me else self.match_index[server]

    def commit_quorum(self) -> int:
        """How many copies make an entry safe; any such group shares a node with any group that elects (Raft, 5.4.3)."""
        return majority(len(self.voters()))

    def may_commit(self, index: int) -> bool:
        """Only entries of the leader's own term are committed by counting replicas; earlier ones with them (Raft, 5.4.2)."""
        return self.log.term(index) == self.current_term
