"""Exhibits: things said before they were durable (Raft, Figure 2: "updated on stable storage before responding")."""

from __future__ import annotations

from splitbrain.node import DiskView, Effect, NodeId, Send, Write
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import RequestVote
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class VoteNotDurable(Raft):
    """A voter does not store whom it voted for, and after a restart may vote again in the same term.

    Why store two small fields at each vote, where the log is stored anyway? "It's totally enough to persist log entries
    and user-defined state machines", somebody asked at databend (#1051), and was answered with a drawing of this
    schedule. C votes for A, loses its power, comes back with no memory of it, and votes for B in the same term. Both
    have a majority, and C is in both.

    The same was left out in akka-raft (#62), NodeDB (#161) and lu-raft-kv (#33). A vote is a promise about the future;
    a promise that does not survive a restart is none. This is the sync that everyone wants to save, and the one that
    Figure 2 insists on.
    """

    def persist_then_vote(self, reply: Send) -> list[Effect]:
        return self.vote(reply)


class TermNotDurable(Raft):
    """The term is not stored, and after a restart the node is back in an old one, where it may vote again.

    The vote is stored, the term is not. After the restart the node believes to be in an old term, and will go through
    terms again in which it has already voted; the vote on the disk does not help, for it says for whom, and not when.

    In raft-java an election raised the term in memory and asked for votes before anything was written (#57): one node,
    one timeout and one restart are enough to see the term go from 1 back to 0. A term that others may have heard of has
    to be on the disk before they hear of it.
    """

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("term_and_vote", (0, self.voted_for))]


class VoteSelfNotDurable(Raft):
    """A candidate asks for votes before its own vote, and its new term, are durable.

    Everybody remembers to sync before answering a candidate. But a candidate has a voter, too: itself. It raises its
    term, votes for itself, and sends its requests while both are still in the disk's queue. A voter says yes; then the
    candidate's power goes, it wakes in the old term with its vote unspent, and gives it to a rival in the term in which
    the other reply has just made it, or will make it, a leader.

    SOFAJRaft's `electSelf` sends in that order (#1241). Nebula forgot the vote for oneself altogether (#3415), and a
    reviewer of Valkey's new Raft caught it in time: do not request a vote before the term and the self-vote are
    durable, "or we risk double voting".
    """

    def persist_then_campaign(self, request: RequestVote) -> list[Effect]:
        return [*self.write_term_and_vote(), *self.campaign(request)]


class VoteBeforeTerm(Raft):
    """Vote and term are two writes, the vote first: a crash between them leaves the old term with the new vote, or none.

    Two keys, two writes: first the vote, then the term. If the power goes between them, the disk says "voted for B"
    beside the *old* term, in which the node had voted for somebody else, or says that in the new term nobody has been
    chosen yet. It has given two votes of one term, and only the disk knows.

    The other order is the control term-vote-nonatomic, and is harmless; hashicorp/raft#661 argues about just that. It
    is a poor idea to depend on it. willemt/raft asks its users to write term and empty vote atomically (#47), and
    Redis' fork replaced the two callbacks by one (#118): one record cannot be torn.
    """

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("voted_for", self.voted_for), Write("term", self.current_term)]

    def recover_term_and_vote(self, disk: DiskView) -> tuple[int, NodeId | None]:
        return disk.get("term", 0), disk.get("voted_for")


class AckBeforeDurable(Raft):
    """A follower acknowledges entries that it has written but not synced.

    The follower writes, answers, and lets the disk catch up. Nothing is lost by a crash of one process, and the answers
    are so much faster. But an acknowledgement is a copy that the leader counts: here it has two of three, commits, and
    tells its client. Then the follower's power goes. It comes back with an empty log, votes for a candidate with an
    empty log, and the committed entry never existed.

    "I thought that answer is obviously yes", begins the etcd issue that asks whether etcd guarantees durability
    (#12589), and goes on to show this schedule; Jepsen lost acknowledged writes of NATS JetStream to it. Committed
    means stored by a majority, and in memory is not stored.
    """

    def persist_then_acknowledge(self, changes: list[Effect], reply: Send) -> list[Effect]:
        return [*changes, reply]


class LeaderCountsUndurableSelf(Raft):
    """A leader counts itself towards the majority though its own copy is written but not synced.

    The leader sends first and syncs while the messages travel. That is a good idea, and stands in Ongaro's dissertation
    (10.2.1), with one condition: the leader must not count its own copy before its own disk has answered. Here it does,
    so an entry that is durable on one follower of three is committed. The leader's power goes, it restarts without the
    entry, votes for a node that never had it, and that node leads.

    etcd counted so for years. It was noticed where it is easiest to see, in a cluster of one (#14370, and #10508 before
    it): the client had its OK, and the entry was on no disk at all. The remedy is to treat the leader as one more
    follower, whose progress moves when it reports that its write is done.
    """

    def persist_then_replicate(self, appended: list[Effect]) -> list[Effect]:
        return [*appended, *self.replicate()]


DURABILITY = (
    exhibit(
        RAFT,
        "vote-not-durable",
        VoteNotDurable,
        title="A vote forgotten in a crash",
        source="ktoso/akka-raft#62; NodeDB-Lab/nodedb#161; stateIs0/lu-raft-kv#33; databendlabs/databend#1051",
        invariant=("OneVotePerTerm", "ElectionSafety", "LogMatching", "StateMachineSafety"),
        faults="crash and restart of a voter",
        shortest={"ElectionSafety": 7, "LogMatching": 9, "StateMachineSafety": 13},
    ),
    exhibit(
        RAFT,
        "term-not-durable",
        TermNotDurable,
        title="A term forgotten in a crash",
        source="wenweihu86/raft-java#57",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety"),
        faults="crash and restart",
        shortest={"ElectionSafety": 7},
    ),
    exhibit(
        RAFT,
        "vote-self-not-durable",
        VoteSelfNotDurable,
        title="A candidacy announced before it is on the disk",
        source="sofastack/sofa-jraft#1241",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety"),
        faults="crash and restart of the candidate",
        shortest={"ElectionSafety": 7},
    ),
    exhibit(
        RAFT,
        "vote-before-term",
        VoteBeforeTerm,
        title="Term and vote torn apart, the wrong way round",
        source="hashicorp/raft#661; sofastack/sofa-jraft#1241 (the variant that is harmful; see term-vote-nonatomic)",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="crash between two writes, and restart",
    ),
    exhibit(
        RAFT,
        "ack-before-durable",
        AckBeforeDurable,
        title="Acknowledged before it is on the disk",
        source="etcd-io/etcd#12589; tikv/tikv#994; lni/dragonboat#409; Jepsen: NATS 2.12.1",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="crash and restart of a follower",
        shortest={"CommittedIsDurable": 6, "LeaderCompleteness": 10, "StateMachineSafety": 13},
    ),
    exhibit(
        RAFT,
        "leader-counts-undurable-self",
        LeaderCountsUndurableSelf,
        title="A leader counts its own unsynced copy",
        source="etcd-io/etcd#14370, #10508",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="crash and restart of the leader",
        shortest={"CommittedIsDurable": 6, "LeaderCompleteness": 10},
    ),
)
