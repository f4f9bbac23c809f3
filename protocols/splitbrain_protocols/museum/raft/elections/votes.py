"""Exhibits: votes given or counted that should not have been (Raft, 5.2, 5.4.1)."""

from __future__ import annotations

from splitbrain.exhibit import Goal
from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import RequestVote, RequestVoteReply
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class VoteQuorumTooSmall(Raft):
    """A candidate takes half of the cluster, rounded down, for a majority.

    Half of the cluster sounds like a majority, and of three nodes rounded down it is one: the candidate itself. Two
    nodes time out at about the same time, each votes for itself, and each leads term 1 before either has sent a message
    that arrived. Safety in Raft is one sentence, namely that any two majorities share a node; `n//2` instead of
    `n//2+1` takes that node away, and everything else in the protocol is still right and no help. The ModelFuzz authors
    seeded this mistake, as n/3 + 1, into etcd: it is the first thing a search should find, and a good check that it
    searches at all.
    """

    def vote_quorum(self) -> int:
        return len(self.voters()) // 2


class VoteStaleTerm(Raft):
    """A candidate counts votes that it was given in an earlier term.

    A reply arrives that says "granted", the node is a candidate, so it counts. But for which election? A asks in term
    1, hears nothing, and asks again in term 2. Now the old reply turns up: B gave it in term 1, and may since have
    given its vote of term 2 to somebody else, or used it itself. A counts it towards term 2, and B and A both lead term
    2.

    DEMi found it by fuzzing akka-raft (#46); SandTable found it again in Xraft (#33), where it was mended two days
    later: the comparison `reply.term == current_term` had been left out. The paper speaks of RPCs, where a reply
    belongs to a call; with messages, that belonging is something to be checked.
    """

    def counts_vote(self, reply: RequestVoteReply) -> bool:
        return self.role == "candidate" and reply.vote_granted


class VoteTwiceInTerm(Raft):
    """A voter grants without looking whether it has voted in this term already.

    The voter looks at terms and at logs, and at everything but the one thing that makes a vote a vote: that it has been
    given. Two candidates of the same term ask it, both are up to date, both get a yes, and both have a majority. In
    kerala (#18) two leaders printed the same two voters in their victory messages, in the same second.

    In Camunda's Zeebe the check was there and the vote was lost from under it (#5356; see vote-forget-on-leader). It
    comes to the same: `voted_for` is the memory that majorities intersect in, and whoever does not read it, or does not
    keep it, has no intersection.
    """

    def may_grant_vote(self, candidate: NodeId, request: RequestVote) -> bool:  # noqa: ARG002
        return request.term >= self.current_term and self.is_up_to_date(request)


class VoteDup(Raft):
    """A candidate counts replies, not voters: a repeated reply is a second vote.

    `votes += 1` for each granted reply: a reply that the network repeats is a second vote. On three nodes nobody ever
    notices, since two votes are a majority and one of them is the candidate's own; on four, two candidates with one
    real supporter each can both win the same term.

    A reader of akka-raft saw it in the code (#45), and DEMi's author triggered it without any duplication: a candidate
    that timed out and asked the same follower again had two answers coming. When Xraft was told of it (#27), the author
    replied that followers do not retry, so that no reply could come twice. That is a promise about the transport, made
    by a protocol whose point is not to need it. Count voters, not votes.
    """

    def tally_vote(self, voter: NodeId) -> None:
        self.votes_granted.append(voter)


class VoteNoLogCheck(Raft):
    """A voter grants its vote to a candidate whose log is behind its own.

    Any majority may elect, so the election seems to be only about numbers. But a leader never asks for entries, it only
    hands them out, so what it lacks is lost for good. Here A commits an entry on A and C; B, which missed it, asks C
    for a vote and gets it; B's log is now the truth, and C's committed entry is overwritten.

    It was missing in akka-raft (#30) and in jgroups-raft (#14). The check of 5.4.1 is where elections and replication
    meet: whoever elects holds what was committed, and must not vote for anyone who does not.
    """

    def is_up_to_date(self, request: RequestVote) -> bool:  # noqa: ARG002
        return True


class VoteTermOrIndex(Raft):
    """A voter takes a log for up to date that has a later last term or is longer, where the term should decide first.

    "Up to date" has two parts, a term and a length, and it seems fair to accept a log that is at least as good in one
    of them. But a log can be long for a bad reason: a deposed leader may have appended to it for as long as it liked,
    alone. Here a candidate with the same last term and a shorter log passes, because the first half of the OR is true;
    the entry that it lacks was committed on the two others.

    liferaft had it (#8): it refused only where term and index were both against the candidate, and its fix (#6) was one
    comparison. The order is lexicographic: terms first, and lengths only between equal terms (5.4.1). vote-overstrict
    is the same mistake with AND for OR, and stops the cluster where this one loses data.
    """

    def is_up_to_date(self, request: RequestVote) -> bool:
        return request.last_log_term >= self.log.last_term or request.last_log_index >= self.log.last_index


class LeaderVotesKeepsLeading(Raft):
    """A leader that votes in a higher term raises its term but goes on leading, now in the new one.

    The vote is right: the term is higher, the log is good. What is missing is what comes with it. The leader raises its
    term, votes for the other, and goes on leading, and because messages are stamped with the current term, it now sends
    entries in a term which it did not win.

    "After it votes yes, it goes back to sending AppendEntries", wrote the user who met it in willemt/raft (#10, "Once a
    leader always a leader..."); a few terms later all of his nodes led. SandTable found it once more years after, in
    DAOS' fork. A higher term is not only a number to take over: it ends whatever the node was doing (5.1).
    """

    def step_down(self) -> list[Effect]:
        return [] if self.role == "leader" else super().step_down()


ELECTIONS = (
    exhibit(
        RAFT,
        "vote-quorum-too-small",
        VoteQuorumTooSmall,
        title="Half of the votes elect a leader",
        source="weng-chenghui/etcd-fuzzing (seeded into etcd for ModelFuzz, there as n/3 + 1)",
        invariant=("LeadsByVotes", "ElectionSafety", "LeaderCompleteness"),
        faults="none",
        shortest={"LeadsByVotes": 1, "ElectionSafety": 2},
    ),
    exhibit(
        RAFT,
        "vote-stale-term",
        VoteStaleTerm,
        title="Votes of an older term are counted",
        source="ktoso/akka-raft#46 (DEMi's raft-46); xnnyygn/xraft#33",
        invariant=("LeadsByVotes", "ElectionSafety", "LeaderCompleteness"),
        faults="reordering",
        shortest={"LeadsByVotes": 4, "ElectionSafety": 7},
    ),
    exhibit(
        RAFT,
        "vote-twice-in-term",
        VoteTwiceInTerm,
        title="Two votes in one term",
        source="camunda/camunda#5356, #1068",
        invariant=("OneVotePerTerm", "ElectionSafety"),
        faults="concurrent candidates",
        shortest={"ElectionSafety": 6},
    ),
    exhibit(
        RAFT,
        "vote-dup",
        VoteDup,
        title="A repeated reply is a second vote",
        source="ktoso/akka-raft#45 (DEMi's raft-45); microsoft/coyote-samples#7, #8",
        invariant=(
            "LeadsByVotes",
            "ElectionSafety",
            "LeaderCompleteness",
            "LogMatching",
            "StateMachineSafety",
            "CommittedIsDurable",
        ),
        faults="duplication",
        shortest={"LeadsByVotes": 5, "ElectionSafety": 10},  # 4 and 8 where to deliver a message twice takes no action of its own
        sizes=(4, 5),  # of three nodes, two votes are a majority, and one of them is the candidate's own
        goal=Goal(runs=100, remark="a uniform random scheduler needs 364, both on four nodes"),
    ),
    exhibit(
        RAFT,
        "vote-no-log-check",
        VoteNoLogCheck,
        title="Anybody's log is good enough",
        source="ktoso/akka-raft#30",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, or a partition",
        shortest={"LeaderCompleteness": 9, "StateMachineSafety": 12},
    ),
    exhibit(
        RAFT,
        "vote-term-or-index",
        VoteTermOrIndex,
        title="A long log is good enough",
        source="markwylde/liferaft#8 (fix: #6)",
        invariant=("LeaderCompleteness", "StateMachineSafety", "CommittedIsDurable"),
        faults="reordering, or a partition",
        shortest={"LeaderCompleteness": 11},
    ),
    exhibit(
        RAFT,
        "leader-votes-keeps-leading",
        LeaderVotesKeepsLeading,
        title="A leader votes for another and goes on leading",
        source="willemt/raft#10; daos-stack/raft#70 (SandTable's DaosRaft#1)",
        # It also follows while it leads, and then looks in its log for what another leader has cut off: IndexError.
        invariant=(
            "TermsRise",
            "LogMatching",
            "LeaderAppendOnly",
            "LeaderCompleteness",
            "StateMachineSafety",
            "CommittedIsDurable",
            "KeepsContract",
        ),
        faults="reordering",
        shortest={"TermsRise": 6},
    ),
)
