"""The proposer: how it numbers its proposals, which value it may propose, and when it tries again (Paxos Made Simple, 2.2, 2.4)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import splitbrain.observations as say
from splitbrain.node import CancelTimer, DiskView, Effect, Effects, NodeId, Observe, RequestId, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import Accept, Ballot, Preempted, Prepare, Promise, Proposal
from splitbrain_protocols.paxos.role import Role

FIRST_BACKOFF = 100  # ms; a ballot without competition takes four messages
DOUBLINGS = 2


class Proposer(Role):
    """Phases 1 (a) and 2 (a)."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.round: int = disk.get("round", 0)  # the highest that it has used or heard of; what it used is on disk
        self.command: Any = None  # what its first waiting client asked for
        self.attempt = 0
        self.preparing: Ballot | None = None  # the ballot that still wants promises
        self.promises: dict[NodeId, Proposal | None] = {}

    def on_request(self, request: RequestId, command: Any) -> Effects:
        """Propose ``command``; whoever asks meanwhile is told the decision as well."""
        self.waiting.append(request)
        if len(self.waiting) > 1:
            return ()
        self.command = command
        return [CancelTimer("learn"), *self.begin_ballot()]

    def begin_ballot(self) -> list[Effect]:
        """Phase 1 (a); a proposer "can abandon a proposal in the middle of the protocol at any time" (2.2)."""
        self.preparing = ballot = self.next_ballot()
        self.round = ballot.round
        self.promises = {}
        self.attempt += 1
        return self.persist_then_prepare(ballot)

    def on_promise(self, acceptor: NodeId, message: Promise) -> Effects:
        """Phase 2 (a), once a majority has promised."""
        ballot = self.preparing
        if ballot is None or not self.is_acceptor(acceptor) or not self.answers(message, ballot):
            return ()
        self.promises[acceptor] = message.accepted
        if not self.has_quorum(len(self.promises)):
            return ()
        self.first_majority_fixes_value()
        return self.begin_accept_phase(ballot, self.value_to_propose())

    def begin_accept_phase(self, ballot: Ballot, value: Any) -> Effects:
        """Phase 2 (a)."""
        return [Observe(say.Proposed(ballot, value)), *self.send_all(self.asked, Accept(ballot, value, self.learners()))]

    def on_preempted(self, acceptor: NodeId, message: Preempted) -> Effects:  # noqa: ARG002 - who refused makes no difference
        """Nothing to hurry for: the next ballot, when the back-off is over, will be above what stood in the way (2.2)."""
        self.hear_of(message.promised)
        return ()

    def hear_of(self, ballot: Ballot) -> None:
        """Go on above it, the next time."""
        self.round = max(self.round, ballot.round)

    # What is safe

    def next_ballot(self) -> Ballot:
        """Above all that this process has used or heard of, and nobody else's, for it bears the name (2.5)."""
        return Ballot(self.round + 1, self.me)

    def answers(self, message: Promise, ballot: Ballot) -> bool:
        """Whether it is for this prepare request; what was promised, and reported, to an earlier one is out of date (2.2)."""
        return message.ballot == ballot

    def first_majority_fixes_value(self) -> None:
        """Whoever promises later is too late to change it (2.2: one value a proposal)."""
        self.preparing = None

    def value_to_propose(self) -> Any:
        """That "of the highest-numbered proposal among the responses", or else its own (2.2, phase 2 (a): P2c)."""
        reported = [proposal for proposal in self.promises.values() if proposal is not None]
        if not reported:
            return self.command
        return max(reported, key=lambda proposal: proposal.ballot).value

    def persist_then_prepare(self, ballot: Ballot) -> list[Effect]:
        """It "remembers (in stable storage) the highest-numbered proposal it has tried to issue" (2.5): no ballot serves twice."""
        return [Write("round", ballot.round), Sync(), *self.prepare(ballot)]

    def prepare(self, ballot: Ballot) -> list[Effect]:
        """The timer comes before the messages, for a process that is its own quorum decides while they are sent."""
        return [SetTimer("retry", *self.back_off()), *self.ask_for_promises(ballot)]

    def ask_for_promises(self, ballot: Ballot) -> Effects:
        """A proposer "sends a prepare request with number n to a majority of acceptors" (2.2, phase 1 (a)); here to all."""
        return self.send_all(self.asked, Prepare(ballot))

    # What makes progress

    def back_off(self) -> tuple[int, int]:
        """How long to wait for this ballot: two proposers can outbid each other for ever (2.4), unless their timers differ.

        The range doubles with each attempt, up to a cap.
        """
        least = FIRST_BACKOFF << min(self.attempt - 1, DOUBLINGS)
        return least, 2 * least

    def learners(self) -> tuple[NodeId, ...]:
        """Whom the acceptors tell: the distinguished learner, or this proposer where there is none (2.3).

        "The distinguished learner could fail", and "a larger set of distinguished learners provides greater reliability"
        (2.3): whoever has to try again learns by himself as well.
        """
        if self.learner is None:
            return (self.me,)
        if self.attempt == 1:
            return (self.learner,)
        return (self.learner, self.me)
