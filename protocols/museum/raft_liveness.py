"""Exhibits: nodes that stay safe and get nowhere, which only a fair phase can show."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries, RequestVote
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


class VoteOverstrict(Raft):
    """A voter asks for a last term no older and a log no shorter than its own, and of two nodes neither may be electable."""

    def is_up_to_date(self, request: RequestVote) -> bool:
        return request.last_log_term >= self.log.last_term and request.last_log_index >= self.log.last_index


class NackNoBackoff(Raft):
    """A leader keeps next_index after a refusal, and sends the same again for ever."""

    def backed_off(self, follower: NodeId, refused: int) -> int:  # noqa: ARG002
        return self.next_index[follower]


class FollowerCommitTermCheck(Raft):
    """A follower, too, commits entries of the current term only, and stops at one that an earlier leader left."""

    def follower_commit_index(self, request: AppendEntries) -> int:
        commit_index = self.commit_index
        for index in range(commit_index + 1, super().follower_commit_index(request) + 1):
            if self.log.term(index) != self.current_term:
                break
            commit_index = index
        return commit_index


class AdoptTermKeepVote(Raft):
    """A node that sees a higher term keeps its old vote, and withholds the one that it has in the new term."""

    def adopt_term(self, term: int) -> list[Effect]:
        voted_for = self.voted_for
        effects = super().adopt_term(term)
        self.voted_for = voted_for
        return effects


class CommitLoopBreak(Raft):
    """A leader looks for a new commit index from below, and gives up at the first entry of an earlier term."""

    def new_commit_index(self) -> int:
        held, index = super().new_commit_index(), self.commit_index
        while index < held and self.may_commit(index + 1):
            index += 1
        return index


class StepdownKeepsCommittableSuffix(Raft):
    """A follower refuses whatever would replace entries of its own, which might, it thinks, be committed yet."""

    def log_matches(self, request: AppendEntries) -> bool:
        return super().log_matches(request) and self.kept(request) == self.log.last_index


class CatchupDeduplicatedForever(Raft):
    """A follower that has all entries of a request already reports no progress, and is sent the same ones for ever."""

    def matching_index(self, request: AppendEntries) -> int:
        new = request.entries and request.prev_log_index + len(request.entries) > self.kept(request)
        return super().matching_index(request) if new else request.prev_log_index


LIVENESS = (
    record(
        "vote-overstrict",
        VoteOverstrict,
        title="Nobody is electable",
        source="hashicorp/raft#94 (fix: #95); neo4j/neo4j#6289",
        invariant=("LogTermination",),
        faults="crash of one node",
    ),
    record(
        "nack-no-backoff",
        NackNoBackoff,
        title="The same refused request, for ever",
        source="RATIS-946; cubefs/cubefs#2376",
        invariant=("LogTermination",),
        faults="partition",
    ),
    record(
        "follower-commit-term-check",
        FollowerCommitTermCheck,
        title="Followers apply the leader's rule",
        source="RATIS-1161 (there the last entry of a request alone was asked for its term)",
        invariant=("LogTermination",),
        faults="change of leaders",
    ),
    record(
        "adopt-term-keep-vote",
        AdoptTermKeepVote,
        title="An old vote withheld in a new term",
        source="a mutation of Raft, 5.1",
        invariant=("LogTermination",),
        faults="none",
    ),
    record(
        "commit-loop-break",
        CommitLoopBreak,
        title="The search for what is committed ends too soon",
        source="zhebrak/raftos#30 (SandTable's RaftOS#4)",
        invariant=("LogTermination",),
        faults="change of leaders",
    ),
    record(
        "stepdown-keeps-committable-suffix",
        StepdownKeepsCommittableSuffix,
        title="A follower defends its entries",
        source="microsoft/CCF#2189, #2803",
        invariant=("LogTermination",),
        faults="partition",
    ),
    record(
        "catchup-deduplicated-forever",
        CatchupDeduplicatedForever,
        title="Nothing new, and so no progress",
        source="yugabyte/yugabyte-db#32876, #8879 (KUDU-1469)",
        invariant=("LogTermination",),
        faults="lost messages",
        options={**RAFT.options, "batch": (1, 2)},  # a request without bounds brings something new sooner or later
    ),
)
