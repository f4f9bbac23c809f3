"""Controls: they look like bugs and are none. A search that finds one has found a mistake in an invariant, or in the base."""

from __future__ import annotations

from splitbrain.node import DiskView, Effect, NodeId, Write
from splitbrain_invariants import OneVotePerTerm
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntriesReply
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class VoteForgetOnCandidateStepdown(Raft):
    """A candidate that finds a leader of its own term forgets its vote: harmless, a majority has voted in that term already.

    It looks like a double vote waiting to happen, and the second vote can indeed be given. But count: a leader of this
    term exists, so a majority has voted for it, and this node, a candidate, had voted for itself and is not in that
    majority. Whatever it does with its vote, the others that are free are too few. DEMi reported it as a bug of
    akka-raft (#56), which had others that made it matter; Heidi Howard came upon it in CCF and filed it as minor, since
    it cannot lead to two leaders (#5891); exhaustive search agrees.

    It is not a licence. In CCF the same line also cleared the vote of a node that had voted for *another* and then
    asked for pre-votes, and that did elect two leaders (#8094, 2026): the proof above is about one role only. See
    vote-forget-on-leader.
    """

    def concede(self) -> None:
        super().concede()
        self.voted_for = None


class AckStaleTermCounted(Raft):
    """A leader counts acknowledgements that it was sent in an earlier term: harmless on three nodes.

    A leader counts an acknowledgement that it was sent in an earlier term of its own. The follower may have been
    overwritten since; surely this commits what is not there? On three nodes it does not: three million states were
    searched to the end. On five, a million and a half random executions found nothing, and that is no proof.

    PySyncObj's acknowledgements carry no term at all. One comparison of terms makes the question go away, which is a
    better reason to have it than any counterexample.
    """

    def counts_acknowledgement(self, reply: AppendEntriesReply) -> bool:  # noqa: ARG002
        return self.role == "leader"


class TermVoteNonatomic(Raft):
    """Term and vote are two writes, the term first: a crash between them leaves a vote that the node will not give again.

    Two keys for term and vote, written one after the other, invite the picture of a crash in between. It leaves the new
    term beside the old vote, which is then read as a vote of the new term: for somebody who did not get it. That vote
    is wasted, and waste is safe. The reply goes out after both, so nobody has been promised anything.

    hashicorp/raft#661 and sofa-jraft#1241 argue over it with good schedules for it to be otherwise; they need the other
    order (vote-before-term), or a reply between the two writes. A control is here to keep a search honest: what is
    found in it is a mistake of the finder's.
    """

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("term", self.current_term), Write("voted_for", self.voted_for)]

    def recover_term_and_vote(self, disk: DiskView) -> tuple[int, NodeId | None]:
        return disk.get("term", 0), disk.get("voted_for")


CONTROLS = (
    exhibit(
        RAFT,
        "vote-forget-on-candidate-stepdown",
        VoteForgetOnCandidateStepdown,
        title="A vote forgotten when it cannot matter",
        source="ktoso/akka-raft#56 (DEMi's raft-56); microsoft/CCF#5891",
        faults="any",
        control=True,
        # Its second vote of the term is real, and visible; that it can elect nobody is what this control is about.
        invariants=tuple(each for each in RAFT.invariants if each is not OneVotePerTerm),
    ),
    exhibit(
        RAFT,
        "ack-stale-term-counted",
        AckStaleTermCounted,
        title="Acknowledgements of an older term counted",
        source="a mutation of Raft, 5.3; exhausted on three nodes",
        faults="any",
        control=True,
        sizes=(3,),
    ),
    exhibit(
        RAFT,
        "term-vote-nonatomic",
        TermVoteNonatomic,
        title="Term and vote torn apart, the right way round",
        source="hashicorp/raft#661; sofastack/sofa-jraft#1241",
        faults="any",
        control=True,
    ),
)
