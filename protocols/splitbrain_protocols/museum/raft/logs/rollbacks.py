"""Exhibits: entries thrown away because they looked useless, after they had been acknowledged (Raft, 5.3)."""

from __future__ import annotations

from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class LogRollbackToCommitOnConflict(Raft):
    """A follower that must refuse a request goes back to its commit index, and with that loses entries it has acknowledged.

    Only committed entries are safe, so at any disagreement with the leader the follower goes back to its commit index
    and starts from there. It costs a few resent entries, and looks conservative. It is the opposite: an entry above the
    follower's commit index may be committed already, with this follower's acknowledgement, and the follower is the last
    to hear of it. Here one request overtakes another and does not fit; the follower drops what it had acknowledged; the
    entry that its leader is committing is on a minority.

    A reader of Nebula's code drew that schedule (#2483). CCF rolled back likewise before it looked for a conflict, and
    a stale refusal was enough to make it (#5991, fixed in #6016). Delete at a proven conflict, from there on, and
    nothing else (Figure 2, step 3).
    """

    def refuse(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        cut = self.log.truncate(self.commit_index) if self.commit_index < self.log.last_index else []
        return [*cut, *super().refuse(leader, request)]


class StepdownRollsBackAcked(Raft):
    """A node that enters a new term goes back to the last index that it knows to be committed.

    A new term begins, and the entries above the commit index are in doubt: some of them will be replaced. So the node
    drops them, and waits for what the new leader sends. But doubt is not conflict. The commit index is the last thing
    that a follower learns: here B acknowledged the entry, A counted it and committed it, and before A could say so, C's
    request for votes reached B. B drops the entry, finds C's empty log up to date with its own, and votes.

    CCF rolled back to what it knew to be committable when a leader became a follower (#5674); the TLA+ model of its
    Raft found the loss, in 65 steps, and a later relative of it came to light in 2026 (#7620): an acknowledged entry
    was dropped by a node that had merely been a pre-vote candidate. What has been acknowledged belongs to the leader
    that counted it.
    """

    def adopt_term(self, term: int) -> list[Effect]:
        effects = super().adopt_term(term)
        return effects + self.log.truncate(self.commit_index) if self.commit_index < self.log.last_index else effects


ROLLBACKS = (
    exhibit(
        RAFT,
        "log-rollback-to-commit-on-conflict",
        LogRollbackToCommitOnConflict,
        title="Back to the commit index at any mismatch",
        source="vesoft-inc/nebula#2483; microsoft/CCF#5991, #6016",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogTermination"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "stepdown-rolls-back-acked",
        StepdownRollsBackAcked,
        title="A new term, a fresh start",
        source="microsoft/CCF#589, #5674, #7620",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety", "LogTermination"),
        faults="reordering",
    ),
)
