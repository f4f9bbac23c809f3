"""The acceptor: what it may promise and accept, and what it must remember (Paxos Made Simple, 2.2)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import splitbrain.observations as say
from splitbrain.node import DiskView, Effects, NodeId, Observe, Sync, Write
from splitbrain_protocols.paxos.messages import NO_BALLOT, Accept, Accepted, Ballot, Preempted, Prepare, Promise, Proposal
from splitbrain_protocols.paxos.role import Role


class Acceptor(Role):
    """Phases 1 (b) and 2 (b).

    It "needs to remember only the highest-numbered proposal that it has ever accepted and the number of the
    highest-numbered prepare request to which it has responded", "even if it fails and then restarts" (2.2).
    """

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.promised: Ballot = disk.get("promised", NO_BALLOT)
        self.accepted: Proposal | None = disk.get("accepted")

    def on_prepare(self, proposer: NodeId, message: Prepare) -> Effects:
        """Phase 1 (b)."""
        if not self.may_promise(message.ballot):
            return self.preempt(proposer, message.ballot)
        self.promised = message.ballot
        return self.persist_then_promise(proposer, message.ballot)

    def on_accept(self, proposer: NodeId, message: Accept) -> Effects:
        """Phase 2 (b)."""
        if not self.may_accept(message.ballot):
            return self.preempt(proposer, message.ballot)
        self.promised = self.promised_by_accepting(message.ballot)
        self.accepted = Proposal(message.ballot, message.value)
        return self.persist_then_accept(self.accepted, message.learners)

    def preempt(self, proposer: NodeId, ballot: Ballot) -> Effects:
        """Who ignores a request "should probably inform the proposer, who should then abandon its proposal" (2.2)."""
        return self.send(proposer, Preempted(ballot, self.promised))

    def on_query(self, learner: NodeId) -> Effects:
        """A learner "could ask the acceptors what proposals they have accepted" (2.3)."""
        if self.accepted is None:
            return ()
        return self.send(learner, Accepted(self.accepted.ballot, self.accepted.value))

    # What is safe

    def may_promise(self, ballot: Ballot) -> bool:
        """Only above every prepare request that it has answered (2.2, phase 1 (b)).

        Ballots are unique, so an equal one is a copy of the last request, and the same answer again is harmless.
        """
        return ballot >= self.promised

    def may_accept(self, ballot: Ballot) -> bool:
        """Unless it "has already responded to a prepare request having a number greater than n" (2.2, phase 2 (b))."""
        return ballot >= self.promised

    def promised_by_accepting(self, ballot: Ballot) -> Ballot:
        """To accept a ballot is to promise it: else a lower proposal, accepted later, would hide this one.

        The paper leaves it to "the highest-numbered proposal that it has ever accepted"; who remembers the last one instead
        breaks P2c (brooker.co.za/blog/2021/11/16/paxos.html).
        """
        return ballot

    def highest_accepted(self) -> Proposal | None:
        """What a promise reports: "the proposal with the highest number less than n that it has accepted, if any" (2.2)."""
        return self.accepted

    # "An acceptor records its intended response in stable storage before actually sending the response" (2.5)

    def persist_then_promise(self, proposer: NodeId, ballot: Ballot) -> Effects:
        """Stable storage first, then the answer (2.5)."""
        return [Write("promised", ballot), Sync(), *self.promise(proposer, ballot)]

    def promise(self, proposer: NodeId, ballot: Ballot) -> Effects:
        """The answer to a prepare request: a promise, with what has been accepted (2.2, phase 1 (b))."""
        return [Observe(say.Promised(ballot)), *self.send(proposer, Promise(ballot, self.highest_accepted()))]

    def persist_then_accept(self, proposal: Proposal, learners: tuple[NodeId, ...]) -> Effects:
        """Stable storage first, then the answer (2.5) "to some set of distinguished learners" (2.3).

        The promise is written first of all, so that half of it is safe as well.
        """
        return [Write("promised", self.promised), Write("accepted", proposal), Sync(), *self.tell_learners(proposal, learners)]

    def tell_learners(self, proposal: Proposal, learners: tuple[NodeId, ...]) -> Effects:
        """The answer to an accept request; the proposer has said which learners are the distinguished ones (2.3)."""
        accepted = Accepted(proposal.ballot, proposal.value)
        return [Observe(say.Accepted(proposal.ballot, proposal.value)), *self.send_all(learners, accepted)]

    def recovered(self) -> Observe:
        """What the acceptor found on its disk."""
        accepted = self.accepted
        promised = None if self.promised == NO_BALLOT else self.promised
        if accepted is None:
            return Observe(say.AcceptorStarted(promised, None, None))
        return Observe(say.AcceptorStarted(promised, accepted.ballot, accepted.value))
