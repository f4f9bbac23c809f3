"""Paxos proposers that number their proposals, choose their value, or wait in the wrong way."""

from __future__ import annotations

from typing import Any

from protocols.museum.paxos_record import record
from protocols.paxos.messages import Ballot
from protocols.paxos.node import Paxos


class IgnoreReported(Paxos):
    """A proposer proposes its own value although a promise carries an accepted one."""

    def value_to_propose(self) -> Any:
        return self.command


class ValueNotHighest(Paxos):
    """Of several reported proposals a proposer takes the value of the one that arrived last, not of the highest-numbered one."""

    def value_to_propose(self) -> Any:
        reported = [proposal.value for proposal in self.promises.values() if proposal is not None]
        return reported[-1] if reported else self.command


class NonuniqueBallots(Paxos):
    """A ballot does not bear its proposer's name, so that two proposals with different values can have the same one."""

    def next_ballot(self) -> Ballot:
        return Ballot(super().next_ballot().round, "")


class DuellingProposers(Paxos):
    """Everybody tries again after the same short time, sooner than answers come, so that each ballot is overtaken by the next."""

    def back_off(self) -> tuple[int, int]:
        return 1, 1


PROPOSER_EXHIBITS = (
    record(
        "pax-ignore-reported",
        IgnoreReported,
        title="A proposer ignores what the promises report",
        source="general knowledge (Paxos Made Simple, 2.2, P2c); related: scylladb/scylladb#6299",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 14},
    ),
    record(
        "pax-value-not-highest",
        ValueNotHighest,
        title="The last reported value, not the highest",
        source="general knowledge (Paxos Made Simple, 2.2, P2c); the seeded bug of the CrystalBall and WiDS line of work",
        invariant=("ProposedIsSafe", "OneChosenValue", "Agreement"),
        faults="reorder",
        shortest={"OneChosenValue": 20},
    ),
    record(
        "pax-nonunique-ballots",
        NonuniqueBallots,
        title="Two proposers use the same ballot",
        source="general knowledge; the rule is in Paxos Made Simple, 2.5",
        invariant=("OneValuePerBallot", "OneChosenValue", "Agreement"),
        faults="concurrent proposers",
        shortest={"OneChosenValue": 14},
    ),
    record(
        "pax-duelling-proposers",
        DuellingProposers,
        title="Proposers outbid each other for ever",
        source="Lamport, Paxos Made Simple, 2.4",
        invariant=("Termination",),
        faults="none",
        # Small and short, for a duel fills its fair phase with messages; unbroken Paxos decides within this time as well.
        sizes=(3,),
        calm_bound=2_000,
    ),
)
