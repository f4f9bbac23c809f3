"""The scenario "paxos": single-decree Paxos under every fault of the harness."""

from __future__ import annotations

from harness.observations import Decided
from harness.scenario import Scenario
from invariants import (
    Agreement,
    Integrity,
    OneChosenValue,
    OneValuePerBallot,
    PromisesKept,
    Termination,
    Validity,
)
from protocols.paxos.messages import Message
from protocols.paxos.node import Paxos


def label(message: Message) -> tuple[str, int | None]:
    """The kind of a message, and the round of its ballot, where it has one."""
    ballot = getattr(message, "ballot", None)
    return type(message).__name__, None if ballot is None else ballot.round


PAXOS = Scenario(
    name="paxos",
    factory=Paxos,
    invariants=(PromisesKept, OneValuePerBallot, OneChosenValue, Agreement, Integrity, Validity, Termination),
    sizes=(3, 4, 5),
    options={"learning": ("proposer", "learner")},
    label=label,
    calm_bound=5_000,
    progress=(Decided,),
)
