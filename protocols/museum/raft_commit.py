"""Exhibits: entries taken for committed that are not (Raft, 5.3, 5.4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries
from protocols.raft.node import Raft
from protocols.raft.scenario import RAFT


class CommitQuorumHalf(Raft):
    """A leader takes half of the cluster, rounded down, for a majority of copies."""

    def commit_quorum(self) -> int:
        return self.cluster_size // 2


class CommitModeNotMedian(Raft):
    """A leader commits up to an index that some follower has, not up to the one that a majority has."""

    def new_commit_index(self) -> int:
        return max(self.match_index.values(), default=self.log.last_index)


class FollowerCommitPastMatch(Raft):
    """A follower commits up to the end of its log, not up to the last entry known to be equal to the leader's."""

    def follower_commit_index(self, request: AppendEntries) -> int:
        return max(self.commit_index, min(request.leader_commit, self.log.last_index))


class CommitRegress(Raft):
    """A follower takes over what an old request lets it commit, and its commit index goes back."""

    def follower_commit_index(self, request: AppendEntries) -> int:
        return min(request.leader_commit, request.prev_log_index + len(request.entries))


class Figure8(Raft):
    """A leader commits entries of earlier terms by counting copies, and a later leader may overwrite them."""

    def may_commit(self, index: int) -> bool:  # noqa: ARG002
        return True


class Figure8WithNoop(Raft):
    """A leader commits entries of earlier terms by counting copies, before its own no-op has reached those who hold them."""

    def may_commit(self, index: int) -> bool:  # noqa: ARG002
        return True


class HeartbeatCommitUnchecked(Raft):
    """A follower commits what an empty heartbeat says even where it refuses the heartbeat, for its log does not match."""

    def refuse(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        commit_index = min(request.leader_commit, self.log.last_index)
        committed = self.commit_up_to(commit_index) if not request.entries and commit_index > self.commit_index else []
        return [*committed, *super().refuse(leader, request)]


class ApplySkipsGapAfterRestart(Raft):
    """What is to be applied is cut in pages of two, and each page begins one entry further than the last one ended."""

    def due_to_apply(self) -> Sequence[int]:
        return [index for place, index in enumerate(super().due_to_apply()) if place % 3 < 2]


COMMIT = (
    record(
        "commit-quorum-half",
        CommitQuorumHalf,
        title="Half of the copies commit an entry",
        source="a mutation of Raft, 5.3; an off-by-one",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="none",
        shortest={"CommittedIsDurable": 4, "LeaderCompleteness": 7, "StateMachineSafety": 8},
    ),
    record(
        "commit-mode-not-median",
        CommitModeNotMedian,
        title="Not the median of match_index",
        source="ktoso/akka-raft#42 (DEMi's raft-42: the most frequent one; here the highest)",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="none",
        shortest={"CommittedIsDurable": 8, "LeaderCompleteness": 13},
        sizes=(5,),  # of three nodes, one follower and the leader are a majority
    ),
    record(
        "follower-commit-past-match",
        FollowerCommitPastMatch,
        title="An empty heartbeat commits what the leader never had",
        source="atomix/copycat#265; scylladb/scylladb#9965; etcd-io/etcd#1203; databendlabs/databend#3914",
        invariant=("StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
        shortest={"StateMachineSafety": 12},
    ),
    record(
        "commit-regress",
        CommitRegress,
        title="The commit index goes back",
        source="bakwc/PySyncObj#166 (SandTable's PySyncObj#2); ongardie/raft.tla#19",
        invariant=("CommitIndexNeverGoesBack", "StateMachineSafety"),
        faults="reordering",
    ),
    record(
        "figure-8",
        Figure8,
        title="Raft, Figure 8: an old entry on a majority is not committed",
        source="Raft, 5.4.2, Figure 8; logcabin/logcabin#44; bakwc/PySyncObj#169; canonical/raft#220",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LeaderCompleteness": 20, "StateMachineSafety": 24},
        options={**RAFT.options, "noop": (False,)},  # a no-op would commit the older entries properly
    ),
    record(
        "figure-8-with-noop",
        Figure8WithNoop,
        title="Raft, Figure 8, in spite of a no-op",
        source="Raft, 5.4.2 and 8; a mutation of Raft, 5.4.2",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, crash and restart",
        # Where a request holds all entries there are, an old one hardly ever arrives without the no-op behind it.
        options={**RAFT.options, "noop": (True,), "batch": (1, 2)},
    ),
    record(
        "heartbeat-commit-unchecked",
        HeartbeatCommitUnchecked,
        title="A heartbeat commits what it does not match",
        source="etcd-io/raft#139; tinykv#191",
        invariant=("StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
    ),
    record(
        "apply-skips-gap-after-restart",
        ApplySkipsGapAfterRestart,
        title="An entry falls between two pages",
        source="cockroachdb/cockroach#28918; etcd-io/etcd#10063",
        invariant=("AppliedInOrder", "LogTermination"),
        faults="crash and restart",
    ),
)
