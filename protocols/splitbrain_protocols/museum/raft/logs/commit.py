"""Exhibits: entries taken for committed that are not (Raft, 5.3, 5.4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.exhibit import Goal
from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class CommitQuorumHalf(Raft):
    """A leader takes half of the cluster, rounded down, for a majority of copies.

    Half of the copies, rounded down: on three nodes the leader's own is enough, and it tells its client "committed"
    before the entry has left the machine. The next leader is elected by a true majority which need not include it, and
    rightly so.

    Elections and commitment need quorums that meet, one of each kind: `n//2` and `n//2+1` do not. Four actions break
    it, and no fault is needed, only that somebody else is elected.
    """

    def commit_quorum(self) -> int:
        return len(self.voters()) // 2


class CommitModeNotMedian(Raft):
    """A leader commits up to an index that some follower has, not up to the one that a majority has.

    What index does a majority have? Given 1, 1, 2, 3, 4, akka-raft answered 1, for that is what most members have in
    common (#42); the right answer is 2, the median. The mode errs on both sides, as one would expect of a statistic
    that has nothing to do with the question, and where it errs upwards it commits what a minority holds.

    Here the leader takes the highest, and shows the harm sooner. On three nodes there is nothing to see: the leader and
    one follower *are* a majority. DEMi's trace had four nodes, this one needs five.
    """

    def new_commit_index(self) -> int:
        return max(self.match_index.values(), default=self.log.last_index)


class FollowerCommitPastMatch(Raft):
    """A follower commits up to the end of its log, not up to the last entry known to be equal to the leader's.

    The leader says "commit index 1", the follower has an entry at index 1, so it applies it. The request was empty, and
    its check was of what lies before: nothing in it says that the *leader's* entry 1 is the one that the follower has.
    Here it is not; A wrote it in term 1, nobody else ever saw it, and B's entry 1 of term 2 is committed. A applies the
    one, B the other, and their state machines differ for ever.

    The paper says "min(leaderCommit, index of last new entry)", and its last three words keep being read as "last
    entry": atomix/copycat#265, ScyllaDB#9965, etcd#1203, and CCF's followers as late as 2026 (#8172). What a follower
    may commit is what this request has just proved to match.
    """

    def follower_commit_index(self, request: AppendEntries) -> int:
        return max(self.commit_index, min(request.leader_commit, self.log.last_index))


class CommitRegress(Raft):
    """A follower takes over what an old request lets it commit, and its commit index goes back.

    A new leader starts with an old idea of the commit index and sends it along; the follower takes it over. Its commit
    index falls from 2 to 1. No entry is lost, but everything that is driven by that number now runs twice: what is
    applied "up to the commit index", what is answered, what is thought safe to compact.

    PySyncObj set it unconditionally (#166). The TLA+ specification of Raft lets it fall, too, as two readers found out
    by model checking (ongardie/raft.tla#19). Figure 2 sets it only "if leaderCommit > commitIndex"; the reference here
    also has a `max`, because the last new entry of an old request may lie lower still.
    """

    def follower_commit_index(self, request: AppendEntries) -> int:
        return min(request.leader_commit, request.prev_log_index + len(request.entries))


class Figure8(Raft):
    """A leader commits entries of earlier terms by counting copies, and a later leader may overwrite them.

    The most famous bug that Raft does not have. A leader finds an entry on a majority; what else should committed mean?
    But A wrote this one in term 1, before B led term 2 and wrote another, alone; in term 3 A leads again, copies its
    old entry to C, counts two of three and commits. Now B asks for votes in term 4: its last entry is of term 2, C's is
    of term 1, so B is *more* up to date, gets C's vote, and replaces the committed entry by its own.

    Counting copies proves something only for entries of the leader's own term, since only those make a log that wins
    elections (5.4.2). The paper's author filed this bug against his own implementation, LogCabin (#44, "critical Raft
    data corruption bug"); PySyncObj had it (#169), and canonical/raft (#220) for most of a year after it was pointed
    out. It needs four elections, and hides from tests that do not search.
    """

    def may_commit(self, index: int) -> bool:  # noqa: ARG002
        return True


class Figure8WithNoop(Raft):
    """A leader commits entries of earlier terms by counting copies, before its own no-op has reached those who hold them.

    The cure for Figure 8 that everybody remembers is the no-op: a new leader appends an entry of its own term, and once
    that is on a majority, all before it is safe. Surely, then, the check of the term can go? Wherever the old entry is
    copied, the no-op follows in the same request, and random search finds nothing in millions of actions.

    Then requests are bounded, as they are in every real system. The old entry goes out in one batch and is
    acknowledged; the leader counts a majority for it and commits, before a single copy of its no-op exists elsewhere,
    and the rest is Figure 8. The no-op makes progress possible and the rule of 5.4.2 makes it safe; one does not
    replace the other.
    """

    def may_commit(self, index: int) -> bool:  # noqa: ARG002
        return True


class HeartbeatCommitUnchecked(Raft):
    """A follower commits what an empty heartbeat says even where it refuses the heartbeat, for its log does not match.

    Heartbeats are light: no entries, and so nothing to check, and they are a good place to pass on the commit index.
    But the commit index is about entries, and "up to 1" is true of the leader's. A follower whose log does not match
    has another entry there; it refuses the heartbeat, and commits all the same.

    etcd's followers set the commit index from heartbeats unchecked, which is safe only because the leader takes care to
    send each of them no more than it has acknowledged; in 2024 a maintainer called for the follower's own check as a
    second line of defence (etcd-io/raft#139). Two sides of a protocol that rely on the same assumption should not both
    leave it to the other.
    """

    def refuse(self, leader: NodeId, request: AppendEntries) -> list[Effect]:
        commit_index = min(request.leader_commit, self.log.last_index)
        committed = self.commit_up_to(commit_index) if not request.entries and commit_index > self.commit_index else []
        return [*committed, *super().refuse(leader, request)]


class ApplySkipsGapAfterRestart(Raft):
    """What is to be applied is cut in pages of two, and each page begins one entry further than the last one ended.

    After a restart thousands of committed entries wait to be applied, so they are handed over in pages. One part
    computes how far this page goes, another fetches it, and each counts bytes in its own way; they differ by one entry.
    The cursor goes where the first says, the second returned one entry less, and the next page begins one too far. That
    entry is in every log, committed, and applied by all nodes but this.

    "Applied index jumped from 71744 to 71746", said CockroachDB (#28918), and died, luckily; replicas that came up
    inconsistent had led there. The fix in etcd's library was to move the cursor to the last entry that was really
    handed over (etcd-io/etcd#10063). Nothing that looks at logs can find this: only the order of what is applied shows
    it.
    """

    def due_to_apply(self) -> Sequence[int]:
        return [index for place, index in enumerate(super().due_to_apply()) if place % 3 < 2]


COMMIT = (
    exhibit(
        RAFT,
        "commit-quorum-half",
        CommitQuorumHalf,
        title="Half of the copies commit an entry",
        source="a mutation of Raft, 5.3; an off-by-one",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="none",
        shortest={"CommittedIsDurable": 4, "LeaderCompleteness": 7, "StateMachineSafety": 8},
    ),
    exhibit(
        RAFT,
        "commit-mode-not-median",
        CommitModeNotMedian,
        title="Not the median of match_index",
        source="ktoso/akka-raft#42 (DEMi's raft-42: the most frequent one; here the highest)",
        invariant=("CommittedIsDurable", "LeaderCompleteness", "StateMachineSafety"),
        faults="none",
        shortest={"CommittedIsDurable": 8, "LeaderCompleteness": 13},
        sizes=(5,),  # of three nodes, one follower and the leader are a majority
    ),
    exhibit(
        RAFT,
        "follower-commit-past-match",
        FollowerCommitPastMatch,
        title="An empty heartbeat commits what the leader never had",
        source="atomix/copycat#265; scylladb/scylladb#9965; etcd-io/etcd#1203; databendlabs/databend#3914",
        invariant=("StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
        shortest={"StateMachineSafety": 12},
    ),
    exhibit(
        RAFT,
        "commit-regress",
        CommitRegress,
        title="The commit index goes back",
        source="bakwc/PySyncObj#166 (SandTable's PySyncObj#2); ongardie/raft.tla#19",
        invariant=("CommitIndexNeverGoesBack", "StateMachineSafety"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "figure-8",
        Figure8,
        title="Raft, Figure 8: an old entry on a majority is not committed",
        source="Raft, 5.4.2, Figure 8; logcabin/logcabin#44; bakwc/PySyncObj#169; canonical/raft#220",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering",
        shortest={"LeaderCompleteness": 20, "StateMachineSafety": 24},
        options={**RAFT.options, "noop": (False,)},  # a no-op would commit the older entries properly
        goal=Goal(runs=16_000, remark="a uniform random scheduler needs 162,425"),
    ),
    exhibit(
        RAFT,
        "figure-8-with-noop",
        Figure8WithNoop,
        title="Raft, Figure 8, in spite of a no-op",
        source="Raft, 5.4.2 and 8; a mutation of Raft, 5.4.2",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, crash and restart",
        # Where a request holds all entries there are, an old one hardly ever arrives without the no-op behind it.
        options={**RAFT.options, "noop": (True,), "batch": (1, 2)},
        goal=Goal(runs=None, remark="with the no-op"),
    ),
    exhibit(
        RAFT,
        "heartbeat-commit-unchecked",
        HeartbeatCommitUnchecked,
        title="A heartbeat commits what it does not match",
        source="etcd-io/raft#139; tinykv#191",
        invariant=("StateMachineSafety", "LeaderCompleteness", "CommittedIsDurable"),
        faults="reordering",
    ),
    exhibit(
        RAFT,
        "apply-skips-gap-after-restart",
        ApplySkipsGapAfterRestart,
        title="An entry falls between two pages",
        source="cockroachdb/cockroach#28918; etcd-io/etcd#10063",
        invariant=("AppliedInOrder", "LogTermination"),
        faults="crash and restart",
    ),
)
