"""Exhibits: things said before they were durable (Raft, Figure 2: "updated on stable storage before responding")."""

from __future__ import annotations

from harness.node import Disk, Effect, NodeId, Observe, Send, Write
from harness.observations import EnteredTerm, Voted
from protocols.museum.raft_record import record
from protocols.raft.messages import RequestVote
from protocols.raft.node import Raft
from protocols.raft.server import ELECTION_TIMEOUT


class VoteNotDurable(Raft):
    """A voter does not store whom it voted for, and after a restart may vote again in the same term."""

    def persist_then_vote(self, reply: Send) -> list[Effect]:
        return [Observe(Voted(self.current_term, reply.to)), ELECTION_TIMEOUT, reply]


class TermNotDurable(Raft):
    """The term is not stored, and after a restart the node is back in an old one, where it may vote again."""

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("term_and_vote", (0, self.voted_for))]


class VoteSelfNotDurable(Raft):
    """A candidate asks for votes before its own vote, and its new term, are durable."""

    def persist_then_campaign(self, request: RequestVote) -> list[Effect]:
        return [
            *self.write_term_and_vote(),
            Observe(EnteredTerm(self.current_term)),
            Observe(Voted(self.current_term, self.me)),
            ELECTION_TIMEOUT,
            *[Send(peer, request) for peer in self.peers],
        ]


class VoteBeforeTerm(Raft):
    """Vote and term are two writes, the vote first: a crash between them leaves the old term with the new vote, or none."""

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("voted_for", self.voted_for), Write("term", self.current_term)]

    def recover_term_and_vote(self, disk: Disk) -> tuple[int, NodeId | None]:
        return disk.get("term", 0), disk.get("voted_for")


class AckBeforeDurable(Raft):
    """A follower acknowledges entries that it has written but not synced."""

    def persist_then_acknowledge(self, changes: list[Effect], reply: Send) -> list[Effect]:
        return [*changes, reply]


class LeaderCountsUndurableSelf(Raft):
    """A leader counts itself towards the majority though its own copy is written but not synced."""

    def persist_then_replicate(self, appended: list[Effect]) -> list[Effect]:
        return [*appended, *self.replicate()]


DURABILITY = (
    record(
        "vote-not-durable",
        VoteNotDurable,
        title="A vote forgotten in a crash",
        source="ktoso/akka-raft#62; NodeDB-Lab/nodedb#161; stateIs0/lu-raft-kv#33; databendlabs/databend#1051",
        invariant=("OneVotePerTerm", "ElectionSafety", "LogMatching", "StateMachineSafety"),
        faults="crash and restart of a voter",
        shortest={"ElectionSafety": 7, "LogMatching": 9, "StateMachineSafety": 13},
    ),
    record(
        "term-not-durable",
        TermNotDurable,
        title="A term forgotten in a crash",
        source="wenweihu86/raft-java#57",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety"),
        faults="crash and restart",
        shortest={"ElectionSafety": 7},
    ),
    record(
        "vote-self-not-durable",
        VoteSelfNotDurable,
        title="A candidacy announced before it is on the disk",
        source="sofastack/sofa-jraft#1241",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety"),
        faults="crash and restart of the candidate",
        shortest={"ElectionSafety": 7},
    ),
    record(
        "vote-before-term",
        VoteBeforeTerm,
        title="Term and vote torn apart, the wrong way round",
        source="hashicorp/raft#661; sofastack/sofa-jraft#1241 (the variant that is harmful; see term-vote-nonatomic)",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="crash between two writes, and restart",
    ),
    record(
        "ack-before-durable",
        AckBeforeDurable,
        title="Acknowledged before it is on the disk",
        source="etcd-io/etcd#12589; tikv/tikv#994; lni/dragonboat#409; Jepsen: NATS 2.12.1",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="crash and restart of a follower",
        shortest={"CommittedIsDurable": 6, "LeaderCompleteness": 10, "StateMachineSafety": 13},
    ),
    record(
        "leader-counts-undurable-self",
        LeaderCountsUndurableSelf,
        title="A leader counts its own unsynced copy",
        source="etcd-io/etcd#14370, #10508",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="crash and restart of the leader",
        shortest={"CommittedIsDurable": 6, "LeaderCompleteness": 10},
    ),
)
