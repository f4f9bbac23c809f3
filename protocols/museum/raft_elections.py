"""Exhibits: votes given or counted that should not have been (Raft, 5.2, 5.4.1)."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import RequestVote, RequestVoteReply
from protocols.raft.node import Raft


class VoteQuorumTooSmall(Raft):
    """A candidate takes half of the cluster, rounded down, for a majority."""

    def vote_quorum(self) -> int:
        return self.cluster_size // 2


class VoteStaleTerm(Raft):
    """A candidate counts votes that it was given in an earlier term."""

    def counts_vote(self, reply: RequestVoteReply) -> bool:
        return self.role == "candidate" and reply.vote_granted


class VoteTwiceInTerm(Raft):
    """A voter grants without looking whether it has voted in this term already."""

    def may_grant_vote(self, candidate: NodeId, request: RequestVote) -> bool:  # noqa: ARG002
        return request.term >= self.current_term and self.is_up_to_date(request)


class VoteDup(Raft):
    """A candidate counts replies, not voters: a repeated reply is a second vote."""

    def tally_vote(self, voter: NodeId) -> None:
        self.votes_granted.append(voter)


class VoteNoLogCheck(Raft):
    """A voter grants its vote to a candidate whose log is behind its own."""

    def is_up_to_date(self, request: RequestVote) -> bool:  # noqa: ARG002
        return True


class VoteTermOrIndex(Raft):
    """A voter takes a log for up to date that has a later last term or is longer, where the term should decide first."""

    def is_up_to_date(self, request: RequestVote) -> bool:
        return request.last_log_term >= self.log.last_term or request.last_log_index >= self.log.last_index


class LeaderVotesKeepsLeading(Raft):
    """A leader that votes in a higher term raises its term but goes on leading, now in the new one."""

    def step_down(self) -> list[Effect]:
        return [] if self.role == "leader" else super().step_down()


ELECTIONS = (
    record(
        "vote-quorum-too-small",
        VoteQuorumTooSmall,
        title="Half of the votes elect a leader",
        source="weng-chenghui/etcd-fuzzing (seeded into etcd for ModelFuzz, there as n/3 + 1)",
        invariant=("ElectionSafety", "LeaderCompleteness"),
        faults="none",
        shortest={"ElectionSafety": 2},
    ),
    record(
        "vote-stale-term",
        VoteStaleTerm,
        title="Votes of an older term are counted",
        source="ktoso/akka-raft#46 (DEMi's raft-46); xnnyygn/xraft#33",
        invariant=("ElectionSafety", "LeaderCompleteness"),
        faults="reordering",
        shortest={"ElectionSafety": 7},
    ),
    record(
        "vote-twice-in-term",
        VoteTwiceInTerm,
        title="Two votes in one term",
        source="camunda/camunda#5356, #1068",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="concurrent candidates",
        shortest={"ElectionSafety": 6},
    ),
    record(
        "vote-dup",
        VoteDup,
        title="A repeated reply is a second vote",
        source="ktoso/akka-raft#45 (DEMi's raft-45); microsoft/coyote-samples#7, #8",
        invariant=("ElectionSafety", "LeaderCompleteness", "LogMatching", "StateMachineSafety", "CommittedIsDurable"),
        faults="duplication",
        shortest={"ElectionSafety": 10},  # 8 where to deliver a message twice takes no action of its own
        sizes=(4, 5),  # of three nodes, two votes are a majority, and one of them is the candidate's own
    ),
    record(
        "vote-no-log-check",
        VoteNoLogCheck,
        title="Anybody's log is good enough",
        source="ktoso/akka-raft#30",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, or a partition",
        shortest={"LeaderCompleteness": 9, "StateMachineSafety": 12},
    ),
    record(
        "vote-term-or-index",
        VoteTermOrIndex,
        title="A long log is good enough",
        source="markwylde/liferaft#8 (fix: #6)",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, or a partition",
        shortest={"LeaderCompleteness": 11},
    ),
    record(
        "leader-votes-keeps-leading",
        LeaderVotesKeepsLeading,
        title="A leader votes for another and goes on leading",
        source="willemt/raft#10; daos-stack/raft#70 (SandTable's DaosRaft#1)",
        # It also follows while it leads, and then looks in its log for what another leader has cut off: IndexError.
        invariant=(
            "LogMatching",
            "LeaderAppendOnly",
            "LeaderCompleteness",
            "StateMachineSafety",
            "CommittedIsDurable",
            "KeepsContract",
        ),
        faults="reordering",
    ),
)
