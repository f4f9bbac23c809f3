"""A node with code that never runs: handlers, branches, messages, observations and timers. Its lines are counted by tests."""

from __future__ import annotations

import dataclasses

from splitbrain import observations
from splitbrain.invariant import Invariant
from splitbrain.node import CancelTimer, Observe, Reply, Send, SetTimer, Write
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement


@dataclasses.dataclass(frozen=True)
class Hello:
    value: str


@dataclasses.dataclass(frozen=True)
class Goodbye:
    value: str


class Ancestor:
    """What a node derives from is its own, too."""

    def start(self):
        raise NotImplementedError

    def inherited(self):
        return "never asked for"

    def inherited_and_used(self):
        return [squared(each) for each in range(3)]


class Gappy(Ancestor):
    """Says hello."""

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.patient = disk.get("patient", True)

    def start(self):
        self.inherited_and_used()
        yield SetTimer("hello", 10, 20)
        yield SetTimer("patience", 100, 200)

    def receive(self, sender, message):
        match message:
            case Hello(value):
                yield CancelTimer("patience")
                if not self.patient:
                    yield Observe(observations.Led(1))
                    yield Send(sender, Goodbye(value))
            case _:
                unheard(message)

    def timeout(self, timer):
        yield CancelTimer("patience")
        for peer in self.peers:
            yield Send(peer, Hello(self.me))

    def request(self, request, command):
        yield Write("command", command)
        yield Observe(observations.Decided("one"))
        yield Reply(request, "one")

    def synced(self, token):
        yield from self.start()


class Other(Gappy):
    """Another node, of which nothing is the first one's."""

    def timeout(self, timer):
        return ()


class Aims(Invariant):
    """Nobody ever says what this one waits for."""

    watches = (observations.Promised,)

    def observe(self, event):
        return self.violation("somebody did", event)


def squared(number):
    return number**2


def unheard(message):
    return message


def of_nobody_s_concern():
    return 1


GAPPY = Scenario(name="gappy", factory=Gappy, invariants=(Agreement, Aims), sizes=(2,))
