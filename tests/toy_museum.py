"""A museum of toys for the score: a bug, a control, and the register that they are made of; and a museum that raises alarms."""

from __future__ import annotations

from dataclasses import replace

from toys import REGISTER, Forgetful, OneValue, Register

from splitbrain.exhibit import Exhibit, mutant
from splitbrain.scenario import Scenario


class Hasty(Register):
    """A register that reminds its peers twice as often.

    It looks like a fault, for twice as many copies are under way.

    But a copy of a value that is known already changes nothing.
    """

    def timeout(self, timer):
        yield from self.remind()
        yield from self.remind()


BUG = Exhibit(
    id="toy-forgets",
    title="a register that forgets",
    protocol="register",
    source="made up",
    mechanism="It decides before the value is durable.",
    scenario=mutant(REGISTER, Forgetful),
    invariant=("OneValue",),
    faults="a crash",
    shortest={"OneValue": 3},
)
CONTROL = Exhibit(
    id="toy-hasty",
    title="A hasty register",
    protocol="register",
    source="made up",
    mechanism="It reminds its peers twice.",
    scenario=mutant(REGISTER, Hasty),
    control=True,
)
EXHIBITS = (BUG, CONTROL)

# What must be clean is not.
BROKEN = Scenario(name="leaky", factory=Forgetful, invariants=(OneValue,), sizes=(2,))
ALARMS = [
    Exhibit(
        id="no-control",
        title="A control that is none",
        protocol="leaky",
        source="made up",
        mechanism="It decides before the value is durable.",
        scenario=mutant(BROKEN, Forgetful),
        control=True,
    )
]

TWICE = (BUG, BUG)
MIXED = [BUG, REGISTER]
NOT_A_SEQUENCE = {"toy-forgets": BUG}
EMPTY = ()


class Crumbles(Scenario):
    """One that raises what nobody expects."""

    def monitor(self):
        raise AttributeError("it crumbled")


CRUMBLING = [replace(BUG, id="toy-crumbles", scenario=Crumbles(name="register", factory=Forgetful, invariants=(OneValue,)))]
