"""Exhibits: nodes that stay safe and get nowhere, which only a fair phase can show."""

from __future__ import annotations

from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries, RequestVote
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class VoteOverstrict(Raft):
    """A voter asks for a last term no older and a log no shorter than its own, and of two nodes neither may be electable.

    A voter that asks for a later-or-equal term *and* a longer-or-equal log is stricter than the paper, and so it is
    safe. Take logs [1,1,1,1], [1,1,1,1] and [1,1,2], and let the second node fail: the first refuses the third, which
    is shorter, and the third refuses the first, whose last term is older. Two of three are up, can talk, and will elect
    nobody, ever.

    Diego Ongaro read it out of hashicorp/raft, with this very example (#94); Neo4j had it, too. That a check is
    conservative is an argument about safety; about progress it says that the check may never pass. Logs must be totally
    ordered, or some pair of them is stuck.
    """

    def is_up_to_date(self, request: RequestVote) -> bool:
        return request.last_log_term >= self.log.last_term and request.last_log_index >= self.log.last_index


class NackNoBackoff(Raft):
    """A leader keeps next_index after a refusal, and sends the same again for ever.

    The follower refuses, for its log does not reach so far, and the leader tries again; with the same request. Nothing
    is wrong in any state of the system, and no message is lost. The log of CubeFS' leader shows the same rejection of
    index 432464, every 600 milliseconds, for as long as somebody looked (#2376); Ratis' leader spun likewise
    (RATIS-946).

    Each retry must differ from the last in a way that ends: next_index goes down by one, and at 0 everything matches.
    The fast variants, in which the follower sends a hint, have to promise the same, which is what CubeFS' hint did not.
    """

    def backed_off(self, follower: NodeId, refused: int) -> int:  # noqa: ARG002
        return self.next_index[follower]


class FollowerCommitTermCheck(Raft):
    """A follower, too, commits entries of the current term only, and stops at one that an earlier leader left.

    A leader commits by counting only entries of its own term, so a follower does well to check the same. But they know
    different things. The leader *counts*, and must not count old entries; the follower is *told* that all up to here is
    committed, old ones included. If it stops at the first entry of an earlier term, it never passes it: the leader has
    moved on, and nobody will send that entry again.

    Ratis had the leader's rule in a function that both roles called, and followers stood still (RATIS-1161). A rule
    belongs to who has the evidence; copied to where the evidence is another, it protects from nothing and blocks.
    """

    def follower_commit_index(self, request: AppendEntries) -> int:
        commit_index = self.commit_index
        for index in range(commit_index + 1, super().follower_commit_index(request) + 1):
            if self.log.term(index) != self.current_term:
                break
            commit_index = index
        return commit_index


class AdoptTermKeepVote(Raft):
    """A node that sees a higher term keeps its old vote, and withholds the one that it has in the new term.

    Only half of the line is executed: the term goes up, the vote stays. Safety has nothing to fear, for a voter that
    withholds votes elects nobody wrong; exhaustive search on three nodes agrees. But the vote of the old term is now
    taken for the vote of the new one, and the next, and this node will vote for no one but its old choice in any term
    to come. Two such nodes, with different favourites, and there is no majority.

    term and voted_for are one fact in two fields, namely "in this term, I voted for that one". It is why they are
    stored together, too.
    """

    def adopt_term(self, term: int) -> list[Effect]:
        voted_for = self.voted_for
        effects = super().adopt_term(term)
        self.voted_for = voted_for
        return effects


class CommitLoopBreak(Raft):
    """A leader looks for a new commit index from below, and gives up at the first entry of an earlier term.

    The loop goes up from the commit index, entry by entry, and stops at the first that may not be committed. It reads
    like Figure 2. But an entry of an earlier term may not be committed *by counting*, and that is where the loop stops,
    for ever, although behind it stands an entry of the present term, on every node, that would commit them both.
    Whoever leads after an unfinished term leads a cluster that answers nobody.

    raftos had that `break` (#30; its finders had been after another bug, and mended this one by accident). "There
    exists an N" in the paper means any N, and the highest will do: look from above.
    """

    def new_commit_index(self) -> int:
        held, index = super().new_commit_index(), self.commit_index
        while index < held and self.may_commit(index + 1):
            index += 1
        return index


class StepdownKeepsCommittableSuffix(Raft):
    """A follower refuses whatever would replace entries of its own, which might, it thinks, be committed yet.

    The follower has entries that might be committed yet; to let a leader overwrite them seems reckless. So it refuses
    requests that would. But it has been outvoted: a majority elected that leader without those entries, which proves
    that they were never committed, and the follower, with a refusal that it means to be careful, stands still.

    CCF's nodes kept their signed suffix on stepping down and turned away the new primary's requests because they
    disagreed with it (#2189, and again #2803, "permanent commit lock"). "You should apply it to your log no questions
    asked", writes a maintainer, quoting the paper: leaders force the followers' logs to duplicate their own, and the
    election is what makes that safe.
    """

    def log_matches(self, request: AppendEntries) -> bool:
        return super().log_matches(request) and self.kept(request) == self.log.last_index


class CatchupDeduplicatedForever(Raft):
    """A follower that has all entries of a request already reports no progress, and is sent the same ones for ever.

    A request arrives of which the follower has everything. Nothing new was received, so it reports no progress, and the
    leader, which knows no more than before, sends the same again. If requests are as long as need be, the next entry
    that a client writes makes the request bring something new, and the spell is broken. If they are bounded, the
    request stays as it is, for ever: full of entries that are there already.

    Kudu had it (KUDU-1469), Yugabyte inherited it with the code (#8879), and mended it, and met it again in 2026: a
    tablet caught up nothing for 5.7 hours, with every health signal green, because each single exchange *succeeded*
    (#32876). Success has to say how far the logs match; how much of that was new is nobody's business.
    """

    def matching_index(self, request: AppendEntries) -> int:
        new = request.entries and request.prev_log_index + len(request.entries) > self.kept(request)
        return super().matching_index(request) if new else request.prev_log_index


LIVENESS = (
    exhibit(
        RAFT,
        "vote-overstrict",
        VoteOverstrict,
        title="Nobody is electable",
        source="hashicorp/raft#94 (fix: #95); neo4j/neo4j#6289",
        invariant=("LogTermination",),
        faults="crash of one node",
    ),
    exhibit(
        RAFT,
        "nack-no-backoff",
        NackNoBackoff,
        title="The same refused request, for ever",
        source="RATIS-946; cubefs/cubefs#2376",
        invariant=("LogTermination",),
        faults="partition",
    ),
    exhibit(
        RAFT,
        "follower-commit-term-check",
        FollowerCommitTermCheck,
        title="Followers apply the leader's rule",
        source="RATIS-1161 (there the last entry of a request alone was asked for its term)",
        invariant=("LogTermination",),
        faults="change of leaders",
    ),
    exhibit(
        RAFT,
        "adopt-term-keep-vote",
        AdoptTermKeepVote,
        title="An old vote withheld in a new term",
        source="a mutation of Raft, 5.1",
        invariant=("LogTermination",),
        faults="none",
    ),
    exhibit(
        RAFT,
        "commit-loop-break",
        CommitLoopBreak,
        title="The search for what is committed ends too soon",
        source="zhebrak/raftos#30 (SandTable's RaftOS#4)",
        invariant=("LogTermination",),
        faults="change of leaders",
    ),
    exhibit(
        RAFT,
        "stepdown-keeps-committable-suffix",
        StepdownKeepsCommittableSuffix,
        title="A follower defends its entries",
        source="microsoft/CCF#2189, #2803",
        invariant=("LogTermination",),
        faults="partition",
    ),
    exhibit(
        RAFT,
        "catchup-deduplicated-forever",
        CatchupDeduplicatedForever,
        title="Nothing new, and so no progress",
        source="yugabyte/yugabyte-db#32876, #8879 (KUDU-1469)",
        invariant=("LogTermination",),
        faults="lost messages",
        options={**RAFT.options, "batch": (1, 2)},  # a request without bounds brings something new sooner or later
    ),
)
