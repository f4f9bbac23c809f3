"""Nodes that depend on more than their inputs and their disk, each in one way; and a sound one that does not."""

from __future__ import annotations

import datetime
import os
import random
import threading
import time
import uuid
import warnings

import trio

from splitbrain.node import Observe, Reply, Send
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain_invariants import Agreement

COUNTED = []
DRAWN_AT_IMPORT = os.urandom(8).hex()


class Sound:
    """Tells its peers a value, and decides what it is asked, and what it is told."""

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers

    def start(self):
        return ()

    def receive(self, sender, message):
        yield Observe(Decided(message))

    def request(self, request, command):
        yield Observe(Decided(command))
        for peer in self.peers:
            yield Send(peer, self.value())
        yield Reply(request, None)

    def value(self):
        return 1


class Ordered(Sound):
    """The first of a set of names: at random between processes, always the same within one."""

    def value(self):
        return next(iter({"n1", "n2", "n3", "n4", "n5", "n6", "n7"} - {self.me}))


class Counting(Sound):
    def value(self):
        COUNTED.append(self.me)
        return len(COUNTED)


class Saturated(Sound):
    """Remembers, once for all, that there was a run."""

    def value(self):
        COUNTED.append(self.me)
        return len(COUNTED) > 1_000


class Chance(Sound):
    def value(self):
        return random.random()


class Clock(Sound):
    def value(self):
        return time.perf_counter_ns()


class Both(Sound):
    def value(self):
        return random.random(), time.time()


class Calendar(Sound):
    def value(self):
        return datetime.datetime.now().isoformat()


class Unique(Sound):
    def value(self):
        return uuid.uuid4().hex


class Imported(Sound):
    def value(self):
        return DRAWN_AT_IMPORT


class Threaded(Sound):
    def value(self):
        answers = []
        pump = threading.Thread(target=lambda: answers.append(time.perf_counter_ns()), name="pump")
        pump.start()
        pump.join()
        return answers[0]


class Hosted(Sound):
    """Knows what runs it."""

    def value(self):
        return trio.lowlevel.in_trio_task()


class Loud(Sound):
    def value(self):
        print("a node prints")
        warnings.warn("a node warns", UserWarning, stacklevel=1)
        return 1


class Slow(Sound):
    def value(self):
        while True:
            pass


class Fickle(Sound):
    """It is its invariant that judges by something else than the events."""


class Moody(Agreement):
    def observe(self, event):
        violation = super().observe(event)
        return violation if COUNTED else None


def scenario(factory, invariant=Agreement):
    return Scenario(name=factory.__name__.lower(), factory=factory, invariants=(invariant,), sizes=(3,))


SOUND, ORDERED, COUNTING, SATURATED = scenario(Sound), scenario(Ordered), scenario(Counting), scenario(Saturated)
CHANCE, CLOCK, CALENDAR, UNIQUE = scenario(Chance), scenario(Clock), scenario(Calendar), scenario(Unique)
IMPORTED, THREADED, LOUD, SLOW = scenario(Imported), scenario(Threaded), scenario(Loud), scenario(Slow)
FICKLE, HOSTED, BOTH = scenario(Fickle, Moody), scenario(Hosted), scenario(Both)
