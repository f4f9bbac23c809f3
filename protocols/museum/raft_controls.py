"""Controls: they look like bugs and are none. A search that finds one has found a mistake in an invariant, or in the base."""

from __future__ import annotations

from harness.node import Disk, Effect, NodeId, Write
from invariants import OneVotePerTerm
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntriesReply
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


class VoteForgetOnCandidateStepdown(Raft):
    """A candidate that finds a leader of its own term forgets its vote: harmless, a majority has voted in that term already."""

    def concede(self) -> None:
        super().concede()
        self.voted_for = None


class AckStaleTermCounted(Raft):
    """A leader counts acknowledgements that it was sent in an earlier term: harmless on three nodes."""

    def counts_acknowledgement(self, reply: AppendEntriesReply) -> bool:  # noqa: ARG002
        return self.role == "leader"


class TermVoteNonatomic(Raft):
    """Term and vote are two writes, the term first: a crash between them leaves a vote that the node will not give again."""

    def write_term_and_vote(self) -> list[Effect]:
        return [Write("term", self.current_term), Write("voted_for", self.voted_for)]

    def recover_term_and_vote(self, disk: Disk) -> tuple[int, NodeId | None]:
        return disk.get("term", 0), disk.get("voted_for")


CONTROLS = (
    record(
        "vote-forget-on-candidate-stepdown",
        VoteForgetOnCandidateStepdown,
        title="A vote forgotten when it cannot matter",
        source="ktoso/akka-raft#56 (DEMi's raft-56); microsoft/CCF#5891",
        faults="any",
        control=True,
        # Its second vote of the term is real, and visible; that it can elect nobody is what this control is about.
        invariants=tuple(each for each in RAFT.invariants if each is not OneVotePerTerm),
    ),
    record(
        "ack-stale-term-counted",
        AckStaleTermCounted,
        title="Acknowledgements of an older term counted",
        source="a mutation of Raft, 5.3; exhausted on three nodes",
        faults="any",
        control=True,
        sizes=(3,),
    ),
    record(
        "term-vote-nonatomic",
        TermVoteNonatomic,
        title="Term and vote torn apart, the right way round",
        source="hashicorp/raft#661; sofastack/sofa-jraft#1241",
        faults="any",
        control=True,
    ),
)
