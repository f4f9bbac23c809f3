"""Exhibits: entries thrown away because they looked useless, after they had been acknowledged (Raft, 5.3)."""

from __future__ import annotations

from harness.node import Effect, NodeId
from protocols.museum.raft_record import record
from protocols.raft.messages import AppendEntries
from protocols.raft.node import Raft


class LogRollbackToCommitOnConflict(Raft):
    """A follower that must refuse a request goes back to its commit index, and with that loses entries it has acknowledged."""

    def refuse(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        cut = self.log.truncate(self.commit_index) if self.commit_index < self.log.last_index else []
        return [*cut, *super().refuse(leader, request)]


class StepdownRollsBackAcked(Raft):
    """A node that enters a new term goes back to the last index that it knows to be committed."""

    def adopt_term(self, term: int) -> list[Effect]:
        cut = self.log.truncate(self.commit_index) if self.commit_index < self.log.last_index else []
        return [*cut, *super().adopt_term(term)]


ROLLBACKS = (
    record(
        "log-rollback-to-commit-on-conflict",
        LogRollbackToCommitOnConflict,
        title="Back to the commit index at any mismatch",
        source="vesoft-inc/nebula#2483; microsoft/CCF#5991, #6016",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogTermination"),
        faults="reordering",
    ),
    record(
        "stepdown-rolls-back-acked",
        StepdownRollsBackAcked,
        title="A new term, a fresh start",
        source="microsoft/CCF#589, #5674, #7620",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LeaderAppendOnly", "LogTermination"),
        faults="reordering",
    ),
)
