"""Correct Raft with learners: the first three nodes vote and count; the others receive entries and apply them."""

from __future__ import annotations

from dataclasses import replace

from splitbrain_protocols.raft.core.server import ELECTION_TIMEOUT
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT

VOTERS = 3


class Learners(Raft):
    """A learner neither campaigns nor votes, and its copies do not count (dissertation, 4.2.1: non-voting members)."""

    def voters(self):
        return tuple(sorted(self.cluster)[:VOTERS])

    def start_election(self):
        return super().start_election() if self.me in self.voters() else [ELECTION_TIMEOUT]

    def may_grant_vote(self, candidate, request):
        return self.me in self.voters() and super().may_grant_vote(candidate, request)


class CountsLearners(Learners):
    """Wrong: a leader counts the copies of learners like those of voters."""

    def new_commit_index(self):
        held = sorted(map(self.held_by, self.cluster), reverse=True)
        return held[self.commit_quorum() - 1]


class LearnersVote(Learners):
    """Wrong: a learner is asked for its vote, gives it, and it counts."""

    def may_grant_vote(self, candidate, request):
        return Raft.may_grant_vote(self, candidate, request)

    def tally_vote(self, voter):
        if voter not in self.votes_granted:
            self.votes_granted.append(voter)


LEARNERS = replace(
    RAFT,
    name="raft-learners",
    factory=Learners,
    sizes=(5, 4),
    voters=lambda size: tuple(range(VOTERS)),
    clients=lambda size: (0, 1, 2),
)
