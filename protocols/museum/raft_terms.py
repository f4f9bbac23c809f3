"""Exhibits: terms and votes that outlive, or do not outlive, what they were for (Raft, 5.1, 5.2)."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT
from protocols.raft.server import CANCEL_HEARTBEAT


class TermNonmonotonic(Raft):
    """Any other term than its own is adopted, a lower one, too."""

    def must_adopt(self, term: int) -> bool:
        return term != self.current_term


class VoteForgetOnLeader(Raft):
    """A follower that hears from the leader it voted for forgets the vote, and has another to give in the same term."""

    def recognise(self, leader: NodeId) -> None:
        super().recognise(leader)
        self.voted_for = None


class LeaderStepdownClearsVote(Raft):
    """A leader that loses touch with its majority steps down in its own term, and takes back the vote that it gave itself."""

    def resign(self) -> list[Effect]:
        self.voted_for = None
        return super().resign()


class HeartbeatStampedNewTerm(Raft):
    """A deposed leader sends one heartbeat too many, and puts the term on it that has just deposed it."""

    def step_down(self) -> list[Effect]:
        return [effect for effect in super().step_down() if effect != CANCEL_HEARTBEAT]


TERMS = (
    record(
        "term-nonmonotonic",
        TermNonmonotonic,
        title="The term goes down",
        source="willemt/raft (SandTable's WRaft#4: InstallSnapshot); vesoft-inc/nebula#2405 is of the family",
        invariant=("TermsNeverGoBack", "OneVotePerTerm", "ElectionSafety", "LeaderCompleteness", "LogMatching"),
        faults="reordering",
    ),
    record(
        "vote-forget-on-leader",
        VoteForgetOnLeader,
        title="A vote forgotten when it still matters",
        source="camunda/camunda#5356 (fix: #5368); microsoft/CCF#8094",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="reordering",
    ),
    record(
        "leader-stepdown-clears-vote",
        LeaderStepdownClearsVote,
        title="A leader resigns, and votes again",
        source="hazelcast/hazelcast#16643",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="partition",
        shortest={"ElectionSafety": 7},
        options={**RAFT.options, "check_quorum": (True,)},  # nobody else steps down in its own term
    ),
    record(
        "heartbeat-stamped-new-term",
        HeartbeatStampedNewTerm,
        title="A deposed leader speaks in its successor's term",
        source="eliben/raft#13 (fix: #15)",
        # It also looks in its log for what the new leader has cut off: IndexError.
        invariant=(
            "LogMatching",
            "LeaderCompleteness",
            "StateMachineSafety",
            "CommittedIsDurable",
            "LeaderAppendOnly",
            "LogTermination",
            "KeepsContract",
        ),
        faults="reordering",
    ),
)
