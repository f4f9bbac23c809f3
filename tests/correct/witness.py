"""Two nodes of which one at most leads, and a witness that sees to that, and never loses its power."""

from __future__ import annotations

import msgspec

from splitbrain.budget import FaultBudget
from splitbrain.node import Observe, Send, SetTimer
from splitbrain.observations import Led
from splitbrain.scenario import Scenario
from splitbrain_invariants import ElectionSafety


class Stands(msgspec.Struct, frozen=True):
    """To the witness: let me lead."""


class Leads(msgspec.Struct, frozen=True):
    """From the witness: lead this term, which nobody else does."""

    term: int


class Pair:
    """The last of the nodes is the witness: it counts terms, in its memory alone."""

    def __init__(self, me, peers, disk):
        self.me = me
        self.witness = max((me, *peers))
        self.term = 0

    def start(self):
        if self.me != self.witness:
            yield SetTimer("stand", 100, 200)

    def timeout(self, timer):
        yield Send(self.witness, Stands())
        yield SetTimer("stand", 100, 200)

    def receive(self, sender, message):
        match message:
            case Stands():
                self.term += 1
                yield Send(sender, Leads(self.term))
            case Leads(term):
                yield Observe(Led(term))

    def request(self, request, command):
        return ()


WITNESS = Scenario(
    name="witness",
    factory=Pair,
    invariants=(ElectionSafety,),
    progress=(Led,),
    sizes=(3,),
    roles={"witness": lambda size: (size - 1,)},
    budgets={"witness": FaultBudget(crashes="none")},
    requests=0,
)
