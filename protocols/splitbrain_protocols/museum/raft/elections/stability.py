"""Exhibits: pre-votes and quorum checks, which keep a leader in peace, and a cluster stuck (Ongaro's dissertation, 6.2, 9.6)."""

from __future__ import annotations

from splitbrain.node import Effect, NodeId
from splitbrain_protocols.museum.exhibit import exhibit
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.extensions.prevote import PreVote
from splitbrain_protocols.raft.node import Raft
from splitbrain_protocols.raft.scenario import RAFT


class PrevoteIgnoreLowerTerm(Raft):
    """A node does not answer a pre-vote of a lower term, and whoever asked never learns that it is behind.

    Messages of lower terms are old, so they are dropped. In plain Raft that is harmless: the sender will time out,
    raise its term, and be heard. Pre-vote takes that away, for a node raises its term only when a majority would vote
    for it. Here the node with the best log is in an old term: it asks, and those ahead of it do not answer, so that it
    never learns the term; they ask, and it refuses, for their logs are worse.

    In etcd#8243 three nodes are stuck like that, and so they are in #8501, where a rolling upgrade that turned pre-vote
    on wedged CockroachDB's ranges; canonical/raft met it in a user's log (#279). The fix is to answer: a refusal
    carries the term. Each optimisation of a protocol takes away some message that something else had silently relied
    on.
    """

    def deny_pre_vote(self, candidate: NodeId, request: PreVote) -> list[Effect]:
        return [] if request.term <= self.current_term else super().deny_pre_vote(candidate, request)


class CheckquorumStuckCandidate(Raft):
    """A node does not answer a leader of a lower term, and that leader never learns that it must make way.

    A node was cut off, and went through elections alone; now it is back, in term 5, where the others live happily in
    term 1. They are loyal to their leader, and ignore its requests for votes, which is just what loyalty is for. The
    leader's entries it ignores in turn, for their term is old. So each side ignores the other, and the node is in the
    cluster and not part of it; should another fail, there is no majority.

    etcd's pull requests #5451 and #5468 built this protection and then the way out: whoever gets a request from a
    leader of a lower term *answers*, with its own term, and that leader steps down and is elected anew in a term in
    which all can meet. A disruption of one election is the price, and the paper's plain rule, to refuse with one's
    term, had been paying it all along.
    """

    def turn_away(self, leader: NodeId, request: AppendEntries) -> list[Effect]:  # noqa: ARG002
        return []


STABILITY = (
    exhibit(
        RAFT,
        "prevote-ignore-lower-term",
        PrevoteIgnoreLowerTerm,
        title="Too old to be answered",
        source="etcd-io/etcd#8243 (fix: #8288), #8501; canonical/raft#279; redpanda-data/redpanda#2071",
        invariant=("LogTermination",),
        faults="partition",
        options={**RAFT.options, "pre_vote": (True,)},
    ),
    exhibit(
        RAFT,
        "checkquorum-stuck-candidate",
        CheckquorumStuckCandidate,
        title="A node too far ahead to come back",
        source="etcd-io/etcd#5451, #5468",
        invariant=("LogTermination",),
        faults="partition",
        options={**RAFT.options, "check_quorum": (True,), "loyal": (True,)},
    ),
)
