"""Paxos acceptors that promise, accept, report or remember the wrong thing."""

from __future__ import annotations

import harness.observations as say
from harness.node import Effects, NodeId, Observe, Sync, Write
from protocols.museum.paxos_record import record
from protocols.paxos.messages import Accepted, Ballot, Promise, Proposal
from protocols.paxos.node import Paxos


class AcceptNoCheck(Paxos):
    """An acceptor does not compare an accept request with its promise, so that a ballot which was overtaken is chosen as well."""

    def may_accept(self, ballot: Ballot) -> bool:  # noqa: ARG002
        return True


class AcceptOverstrict(Paxos):
    """An acceptor refuses the very ballot that it has promised, so that no majority ever accepts anything."""

    def may_accept(self, ballot: Ballot) -> bool:
        return ballot > self.promised


class AcceptKeepsPromise(Paxos):
    """Accepting a ballot does not promise it, so that a lower one, accepted later, hides the higher one."""

    def promised_by_accepting(self, ballot: Ballot) -> Ballot:  # noqa: ARG002
        return self.promised


class PromisedAsAccepted(Paxos):
    """A promise reports the accepted value under the promised ballot (one variable for both), so that old looks as new as new."""

    def highest_accepted(self) -> Proposal | None:
        return None if self.accepted is None else Proposal(self.promised, self.accepted.value)


class PromiseNotDurable(Paxos):
    """A promise is not written down, so that a restarted acceptor accepts a ballot which was overtaken."""

    def persist_then_promise(self, proposer: NodeId, ballot: Ballot) -> Effects:
        return [Observe(say.Promised(ballot)), *self.send(proposer, Promise(ballot, self.highest_accepted()))]


class AcceptedNotDurable(Paxos):
    """What is accepted is not written down, so that a restarted acceptor does not report the chosen value."""

    def persist_then_accept(self, proposal: Proposal, learners: tuple[NodeId, ...]) -> Effects:
        return [
            Write("promised", self.promised),
            Sync(),
            Observe(say.Accepted(proposal.ballot, proposal.value)),
            *self.send_all(learners, Accepted(proposal.ballot, proposal.value)),
        ]


ACCEPTOR_EXHIBITS = (
    record(
        "pax-accept-no-check",
        AcceptNoCheck,
        title="An acceptor accepts any ballot",
        source="general knowledge; the check is in Paxos Made Simple, 2.2, phase 2 (b)",
        invariant=("PromisesKept", "AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 14},
    ),
    record(
        "pax-accept-keeps-promise",
        AcceptKeepsPromise,
        title="Accepting does not raise the promise",
        source="Brooker, The Bug in Paxos Made Simple, 2021 (brooker.co.za/blog/2021/11/16/paxos.html)",
        invariant=("AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 20},
    ),
    record(
        "pax-promised-as-accepted",
        PromisedAsAccepted,
        title="One ballot variable for promised and accepted",
        source="Sutra, arXiv 1906.10917 (EPaxos); efficient/epaxos#20; Dragoi et al., OOPSLA 2020, Figure 3",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 14},
    ),
    record(
        "pax-promise-not-durable",
        PromiseNotDurable,
        title="The promise is not written down",
        source="efficient/epaxos#28; the rule is in Paxos Made Simple, 2.2 and 2.5",
        invariant=("PromisesKept", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="restart",
        shortest={"OneChosenValue": 15},
    ),
    record(
        "pax-accepted-not-durable",
        AcceptedNotDurable,
        title="The accepted proposal is not written down",
        source="Paxos Made Live (on disk corruption); ezyang, Diskless Paxos",
        invariant=("AcceptedIsDurable", "ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="restart",
        shortest={"OneChosenValue": 15},
    ),
    record(
        "pax-accept-overstrict",
        AcceptOverstrict,
        title="An acceptor wants more than it promised",
        source="luohaha/MyPaxos#19",
        invariant=("Termination",),
        faults="none",
    ),
)
