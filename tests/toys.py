"""Two tiny protocols to test the harness with: a register that keeps its promise, and one that forgets it.

A register is written by a client at node n1 and copied to its peers; each node stores the value and *decides* it. The first
value that a node decides is for good (the invariant `OneValue`). `Register` looks on its disk before it decides; `Forgetful`
answers before the value is durable, so that a crash makes it decide a second value: the shortest schedule has four actions.
It uses messages (`Copy`), a timer ("remind", which sends the copies again) and the disk.
"""

from __future__ import annotations

from enum import Enum

import msgspec

from splitbrain.events import Observed
from splitbrain.exhibit import Exhibit, mutant
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario


class Copy(msgspec.Struct, frozen=True):
    value: object


class Register:
    def __init__(self, me, peers, disk, patience=20):
        self.me, self.peers, self.patience = me, peers, patience
        self.value = disk.get("value")

    def start(self):
        if self.value is not None:
            yield from self.remind()

    def request(self, request, command):
        yield from self.adopt(command)
        yield from self.remind()
        yield Reply(request, self.value)

    def receive(self, sender, message):
        yield from self.adopt(message.value)

    def timeout(self, timer):
        yield from self.remind()

    def remind(self):
        for peer in self.peers:
            yield Send(peer, Copy(self.value))
        yield SetTimer("remind", self.patience, 2 * self.patience)

    def adopt(self, value):
        if self.value is None:
            self.value = value
            yield from self.persist_then_decide()

    def persist_then_decide(self):
        yield Write("value", self.value)
        yield Sync()
        yield Observe(Decided(self.value))


class Forgetful(Register):
    """Decides before the value is durable."""

    def persist_then_decide(self):
        yield Write("value", self.value)
        yield Observe(Decided(self.value))


class OneValue(Invariant):
    """A node that has decided a value never decides another one."""

    watches = (Decided,)
    source = "the promise of a register"

    def __init__(self):
        self.first = {}

    def observe(self, event: Observed):
        first = self.first.setdefault(event.node, event)
        if first.observation.value == event.observation.value:
            return None
        return self.violation(f"{event.node} decided {first.observation.value!r}, then {event.observation.value!r}", first, event)


class NothingDecided(Invariant):
    """No node decides anything: what is known to break, and hides all else."""

    watches = (Decided,)
    source = "made up"

    def observe(self, event: Observed):
        return self.violation(f"{event.node} decided", event)


REGISTER = Scenario(
    name="register",
    factory=Register,
    invariants=(OneValue,),
    sizes=(2, 3),
    options={"patience": (20, 50)},
    progress=(Decided,),
)
FORGETFUL = mutant(REGISTER, Forgetful)


class GivesUp(OneValue):
    """No node decides two values, as far as one could follow it."""

    def observe(self, event):
        return None

    def undecided(self):
        return "it counts to two at most"


UNSURE = mutant(REGISTER, Register, invariants=(GivesUp,))
HIDDEN = mutant(FORGETFUL, Forgetful, invariants=(NothingDecided, OneValue))  # the second is broken, too, but never first
EXHIBITS = (
    Exhibit(
        id="toy-forgetful",
        title="A register that forgets",
        protocol="register",
        source="made up",
        mechanism="It decides before the value is durable.",
        scenario=FORGETFUL,
        invariant=("OneValue",),
    ),
)


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


COLOURS = (Colour.RED, Colour.BLUE, ("mixed", Colour.RED))
# Commands that JSON turns into something else: enums, and a tuple.
COLOURFUL = mutant(FORGETFUL, Forgetful, name="colourful", commands=lambda number: COLOURS[number - 1])
