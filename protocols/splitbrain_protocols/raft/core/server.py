"""What every Raft server has and does, whatever its role (Raft, Figure 2: "State", and "Rules for Servers: All Servers")."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeAlias

from splitbrain.node import CancelTimer, DiskView, Effect, NodeId, Observe, Reply, RequestId, SetTimer, Sync, Write
from splitbrain.observations import Applied, Committed, EnteredTerm, SteppedDown
from splitbrain_protocols.raft.core.log import Log

Role: TypeAlias = Literal["follower", "candidate", "leader"]

# Effects without parameters, made once. Milliseconds; the range of election timeouts is the paper's (Raft, 5.2).
ELECTION_TIMEOUT = SetTimer("election", 150, 300)
HEARTBEAT_TIMEOUT = SetTimer("heartbeat", 50, 50)
CANCEL_ELECTION = CancelTimer("election")
CANCEL_HEARTBEAT = CancelTimer("heartbeat")
SYNC = Sync()


class Server:
    """The state of Figure 2 under its names, and the rules of all servers.

    A handler changes the state at once and returns the effects in their order. That is safe because nothing else looks
    at the state before the last effect has happened: the host runs one handler at a time, and a node whose
    power was cut is never called again.
    """

    def __init__(self, me: NodeId, peers: tuple[NodeId, ...], disk: DiskView) -> None:
        self.me = me
        self.peers = peers
        self.cluster_size = 1 + len(peers)
        # Persistent state on all servers
        self.current_term, self.voted_for = self.recover_term_and_vote(disk)
        self.log = Log(disk)
        # Volatile state on all servers
        self.commit_index = 0
        self.last_applied = 0
        self.role: Role = "follower"
        self.leader_id: NodeId | None = None
        # Volatile state on candidates: who voted for this one, itself included
        self.votes_granted: list[NodeId] = []
        # Volatile state on leaders; `unanswered` holds the client request behind an index
        self.next_index: dict[NodeId, int] = {}
        self.match_index: dict[NodeId, int] = {}
        self.unanswered: dict[int, RequestId] = {}

    def recover_term_and_vote(self, disk: DiskView) -> tuple[int, NodeId | None]:
        """What ``write_term_and_vote`` left on the disk."""
        term, voted_for = disk.get("term_and_vote", (0, None))
        return term, voted_for

    def write_term_and_vote(self) -> list[Effect]:
        """Store both under one key: a vote must never stand beside another term than its own."""
        return [Write("term_and_vote", (self.current_term, self.voted_for))]

    def must_adopt(self, term: int) -> bool:
        """If a request or a reply contains a term above current_term, it becomes the current one; terms never fall (Raft, 5.1)."""
        return term > self.current_term

    def adopt_term(self, term: int) -> list[Effect]:
        """On a higher term: make it the current one, with no vote cast, and convert to follower (Raft, 5.1).

        The term is durable before anything else happens in it, be it a vote, an entry or a reply.
        """
        stepped_down = self.step_down()
        self.current_term = term
        self.voted_for = None
        self.leader_id = None
        return [*stepped_down, *self.write_term_and_vote(), SYNC, Observe(EnteredTerm(term))]

    def step_down(self) -> list[Effect]:
        """Convert to follower. A leader's clients stay without an answer: their entries may yet be committed, or not."""
        was_leader = self.role == "leader"
        self.role = "follower"
        if not was_leader:
            return []  # the election timer is still running
        self.unanswered.clear()
        return [Observe(SteppedDown(self.current_term)), CANCEL_HEARTBEAT, ELECTION_TIMEOUT]

    def lead(self) -> list[Effect]:
        """What a candidate does that has won (see ``replication``)."""
        raise NotImplementedError

    def commit_up_to(self, index: int) -> list[Effect]:
        """Set ``commit_index``, apply what is new in log order (Raft, 5.3), and answer the clients whose entries these are."""
        self.commit_index = index
        effects: list[Effect] = [Observe(Committed(index, self.current_term))]
        for due in self.due_to_apply():
            self.last_applied = due
            entry = self.log.entries[due - 1]
            effects.append(Observe(Applied(due, entry.term, entry.command)))
            request = self.unanswered.pop(due, None)
            if request is not None:
                effects.append(Reply(request, due))
        return effects

    def due_to_apply(self) -> Sequence[int]:
        """While commit_index > last_applied: increment last_applied, and apply that entry, none left out (Raft, Figure 2, 5.3)."""
        return range(self.last_applied + 1, self.commit_index + 1)
