"""What every Raft server has and does, whatever its role (Raft, Figure 2: "State", and "Rules for Servers: All Servers")."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, TypeAlias

from splitbrain.node import CancelTimer, DiskView, Effect, Effects, NodeId, Observe, Reply, RequestId, SetTimer, Sync, Write
from splitbrain.observations import Applied, Committed, EnteredTerm, Recovered, SteppedDown
from splitbrain_protocols.raft.core.log import Log
from splitbrain_protocols.raft.core.messages import Entry, Message, Response

Role: TypeAlias = Literal["follower", "candidate", "leader"]
Receiver: TypeAlias = Callable[[NodeId, Any], Effects]

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

    ``receivers`` and ``timers`` name what each kind of message, and each timer, is for. Whoever extends this class adds
    entries of its own when it is made, or replaces those of the classes that it extends.
    """

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **unknown: object) -> None:
        if unknown:  # each class has taken its own options out
            raise TypeError(f"{type(self).__name__} has no option {next(iter(unknown))!r}")
        self.me = me
        self.peers: tuple[NodeId, ...] = tuple(peers)
        self.cluster: tuple[NodeId, ...] = (me, *self.peers)
        self.receivers: dict[type[Message], Receiver] = {}
        self.timers: dict[str, Callable[[], Effects]] = {}
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

    def start(self) -> Effects:
        """When servers start up, they begin as followers (Raft, 5.2)."""
        entries = tuple((entry.term, entry.command) for entry in self.log.entries)
        return [Observe(Recovered(self.current_term, self.voted_for, entries)), ELECTION_TIMEOUT]

    def receive(self, sender: NodeId, message: Message) -> Effects:
        """A message goes to the receiver of its kind; but here, at the door, it is asked for its term.

        "If RPC request or response contains term T > currentTerm: set currentTerm = T, convert to follower" (Raft, 5.1).
        """
        receive = self.receivers[type(message)]
        if not self.must_adopt(message.term) or not self.heeds_term_of(message):
            return receive(sender, message)
        adopted = self.adopt_term(message.term)
        # A response was for the candidate, or the leader, of a term that is over.
        return adopted if isinstance(message, Response) else [*adopted, *receive(sender, message)]

    def timeout(self, timer: str) -> Effects:
        """A timer goes to what it is for."""
        return self.timers[timer]()

    # Terms

    def must_adopt(self, term: int) -> bool:
        """If a request or a reply contains a term above current_term, it becomes the current one; terms never fall (Raft, 5.1)."""
        return term > self.current_term

    def heeds_term_of(self, message: Message) -> bool:  # noqa: ARG002 (a decision about that message)
        """Whether this message is one to learn a term from: Figure 2 excepts none."""
        return True

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

    def write_term_and_vote(self) -> list[Effect]:
        """Store both under one key: a vote must never stand beside another term than its own."""
        return [Write("term_and_vote", (self.current_term, self.voted_for))]

    def recover_term_and_vote(self, disk: DiskView) -> tuple[int, NodeId | None]:
        """What ``write_term_and_vote`` left on the disk."""
        term, voted_for = disk.get("term_and_vote", (0, None))
        return term, voted_for

    # Quorums, and what a won one makes

    def voters(self) -> tuple[NodeId, ...]:
        """Whose votes and whose copies count: "the servers in the full cluster", this one among them (Raft, 5.2)."""
        return self.cluster

    def lead(self) -> list[Effect]:
        """What a candidate does that has won (see ``leader``)."""
        raise NotImplementedError

    # The state machine

    def commit_up_to(self, index: int) -> list[Effect]:
        """Set ``commit_index``, apply what is new in log order, and answer the clients whose entries these are (Raft, 5.3)."""
        self.commit_index = index
        effects: list[Effect] = [Observe(Committed(index, self.current_term))]
        for due in self.due_to_apply():
            self.last_applied = due
            effects += self.apply(due, self.log.entries[due - 1])
        return effects

    def due_to_apply(self) -> Sequence[int]:
        """While commit_index > last_applied: increment last_applied, and apply that entry, none left out (Raft, Figure 2, 5.3)."""
        return range(self.last_applied + 1, self.commit_index + 1)

    def apply(self, index: int, entry: Entry) -> list[Effect]:
        """Hand one entry to the state machine, and its result to the client whose entry it is (Raft, 5.3)."""
        said, result = self.execute(index, entry)
        request = self.unanswered.pop(index, None)
        return [Observe(said)] if request is None else [Observe(said), self.answer(request, result)]

    def execute(self, index: int, entry: Entry) -> tuple[Applied, Any]:
        """What is said of an entry, and "the result of that execution" (Raft, 5.3): no more here than where it was applied."""
        return Applied(index, entry.term, entry.command), index

    def answer(self, request: RequestId, result: Any) -> Reply:
        """The client is told, once its command is applied and no sooner (Raft, 5.3)."""
        return Reply(request, result)
