"""A node that speaks pickled bytes, and says handles: nobody can read either, but for what the scenario makes of them.

It is a register that forgets: whoever is told another value decides that, too.
"""

from __future__ import annotations

import ctypes
import pickle

from splitbrain.events import Observed
from splitbrain.invariant import Invariant, Witness
from splitbrain.node import Observe, Reply, Send, Sync, Write
from splitbrain.observations import Decided, Observation
from splitbrain.scenario import Scenario


class Handle:
    """Of something that a library keeps: nobody sees what is in it."""

    def __init__(self, number):
        self.pointer = ctypes.c_void_p(0x7F00_0000_0000 + number)
        self.number = number

    def __repr__(self):
        return f"<Handle at {id(self):#x}>"

    def __deepcopy__(self, memo):
        return Handle(self.number)


class Holds(Observation, frozen=True, tag=True):
    what: object


class Pickler:
    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers

    def start(self):
        return ()

    def timeout(self, timer):
        return ()

    def request(self, request, command):
        message = pickle.dumps({"op": "put", "term": 3, "value": command}, protocol=4)
        yield Write("last", message)
        yield Sync()
        yield Observe(Decided(message))
        yield Observe(Holds(Handle(len(command))))
        for peer in self.peers:
            yield Send(peer, message)
        yield Reply(request, message)

    def receive(self, sender, message):
        yield Observe(Decided(message))


class OneDecision(Invariant):
    """All decide the same."""

    watches = (Decided,)
    source = "made up"

    def __init__(self):
        self.first = None

    def observe(self, event: Observed):
        if self.first is None or self.first.observation.value == event.observation.value:
            self.first = self.first or event
            return None
        return self.violation(
            f"{self.first.node} decided {self.first.observation.value!r}, and {event.node} {event.observation.value!r}",
            self.first,
            event,
        )

    def witnesses(self, violation, events):
        return tuple(
            Witness(f"{event.node} wanted {event.observation.value!r}", (event.node,), (event.step,))
            for event in violation.evidence
        )


def label(message):
    told = pickle.loads(message)  # noqa: S301 - the test's own
    return told["op"].capitalize(), told["term"]


def show(thing):
    if isinstance(thing, bytes):
        return pickle.loads(thing)  # noqa: S301 - the test's own
    if isinstance(thing, Handle):
        return f"handle of {thing.number}"
    raise TypeError(f"what is a {type(thing).__name__}?")


PICKLER = Scenario(
    name="pickler", factory=Pickler, invariants=(OneDecision,), sizes=(2,), label=label, show=show, progress=(Decided,)
)
