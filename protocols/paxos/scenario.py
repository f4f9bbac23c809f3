"""The scenario "paxos": single-decree Paxos under every fault of the harness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.observations import Decided
from harness.scenario import Scenario
from invariants import PAXOS_SAFETY, Termination
from protocols.paxos.messages import Message
from protocols.paxos.node import Paxos
from protocols.quorum import majority


def label(message: Message) -> tuple[str, int | None]:
    """The kind of a message, and the round of its ballot, where it has one."""
    ballot = getattr(message, "ballot", None)
    return type(message).__name__, None if ballot is None else ballot.round


def can_progress(core: tuple[int, ...], size: int, options: Mapping[str, Any]) -> bool:
    """Paxos makes progress while a majority of the acceptors runs; a dedicated learner, the last node, is none of them."""
    acceptors = size - 1 if options["learning"] == "learner" and size > 1 else size
    return sum(place < acceptors for place in core) >= majority(acceptors)


PAXOS = Scenario(
    name="paxos",
    factory=Paxos,
    invariants=(*PAXOS_SAFETY, Termination),
    sizes=(3, 4, 5),
    options={"learning": ("proposer", "learner")},
    label=label,
    can_progress=can_progress,
    calm_bound=3_000,
    progress=(Decided,),
)
