"""The scenario "paxos": single-decree Paxos under every fault of the harness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.exhibit import mutant
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain_invariants import PAXOS_SAFETY, Termination
from splitbrain_protocols.paxos.messages import Message
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.quorum import majority


def label(message: Message) -> tuple[str, int | None]:
    """The kind of a message, and the round of its ballot, where it has one."""
    ballot = getattr(message, "ballot", None)
    return type(message).__name__, None if ballot is None else ballot.round


def can_progress(core: tuple[int, ...], size: int, options: Mapping[str, Any]) -> bool:
    """Paxos makes progress while a majority of the acceptors runs; a dedicated learner, and a spare, are none of them.

    The learner is the last node, and the spare is the last of the others.
    """
    acceptors = size - 1 if options["learning"] == "learner" and size > 1 else size
    if options.get("spare") and acceptors > 1:
        acceptors -= 1
    return sum(place < acceptors for place in core) >= majority(acceptors)


PAXOS = Scenario(
    name="paxos",
    factory=Paxos,
    invariants=(*PAXOS_SAFETY, Termination),
    sizes=(3, 5, 4, 2, 6, 7, 1),
    options={"learning": ("proposer", "learner"), "pruning": (False, True), "spare": (False, True)},
    label=label,
    can_progress=can_progress,
    calm_bound=3_000,
    progress=(Decided,),
)

# Without the optional features, for the bugs that are not in them; and without the clusters of one acceptor, whose quarrels
# with itself are shorter, and teach less.
PLAIN = mutant(PAXOS, Paxos, options={"learning": ("proposer", "learner")}, sizes=(3, 5, 4, 7, 6))

# A majority may have lost its disks for good, so nothing is claimed about progress.
LOST_DISKS = mutant(PLAIN, Paxos, options={"learning": ("proposer", "learner"), "disks": ("lost",)}, calm_bound=0)
