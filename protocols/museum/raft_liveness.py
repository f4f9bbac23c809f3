"""Exhibits: nodes that stay safe and get nowhere, which only a fair phase can show."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries, RequestVote
from protocols.raft.node import Raft


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
)
