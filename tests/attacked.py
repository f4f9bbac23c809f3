"""Nodes and scenarios that do what they must not, for attacks on the harness: one mistake each, in the names of the mistakes."""

from __future__ import annotations

import random
import threading
import time
from collections import namedtuple
from dataclasses import replace

from splitbrain import Observe, Reply, Scenario, Send, SetTimer, Sync, Write
from splitbrain.observations import Appended, Committed, Decided, Recovered
from splitbrain_invariants import COMMON, Agreement, CommittedIsDurable, Validity
from splitbrain_protocols.paxos.scenario import PAXOS


class Base:
    """Sends on what it is asked for; who hears of it has decided the same as everybody."""

    def __init__(self, me, peers, disk):
        self.me, self.peers, self.disk = me, peers, disk

    def start(self):
        yield SetTimer("t", 50, 100)

    def timeout(self, timer):
        yield SetTimer("t", 50, 100)

    def request(self, request, command):
        for peer in self.peers:
            yield Send(peer, self.message(command))
        yield Reply(request, "ok")

    def message(self, command):
        return ("m", command)

    def receive(self, sender, message):
        yield Observe(Decided("v1"))


def said_as(record):
    class Says(Base):
        """Decides whatever it is asked for, and something else."""

        def request(self, request, command):
            yield Observe(record(command))
            yield Observe(record("nobody asked for this"))

        def receive(self, sender, message):
            return ()

    return Says


class DecidedAt(Decided, frozen=True, tag=True):
    """A shipped observation with a field more."""

    ballot: int = 0


Namesake = namedtuple("Decided", "value slot", defaults=(None,))


class AsksTheFirstOfASet(Base):
    decided = None

    def request(self, request, command):
        for peer in list(set(self.peers))[:1]:
            yield Send(peer, ("m", command))

    def receive(self, sender, message):
        if self.decided is None:
            self.decided = message[1]
            yield Observe(Decided(message[1]))


class Clock(Base):
    def message(self, command):
        return ("m", command, time.time())


class Chance(Base):
    def message(self, command):
        return ("m", command, random.random())


class SetOrder(Base):
    def request(self, request, command):
        for peer in set(self.peers):
            yield Send(peer, ("m", command))
        yield Reply(request, "ok")


class Thread(Base):
    def receive(self, sender, message):
        threading.Thread(target=int, name="later").start()
        yield Observe(Decided("v1"))


class Outlives(Base):
    asked = 0

    def request(self, request, command):
        Outlives.asked += 1
        yield Observe(Decided(Outlives.asked))


class Raises(Base):
    def receive(self, sender, message):
        if message[1] == "v3":
            raise ValueError("no way: v3")
        return ()


class Endless(Base):
    def receive(self, sender, message):
        while True:
            yield Send(sender, message)


class Opaque(Base):
    def message(self, command):
        return lambda: command


class ToNobody(Base):
    def request(self, request, command):
        yield Send("n99", "x")


class NoEffect(Base):
    def request(self, request, command):
        yield "hello"


class ReturnsNothing(Base):
    def request(self, request, command):
        return None


class AnswersTwice(Base):
    def request(self, request, command):
        yield Reply(request, 1)
        yield Reply(request, 2)


class AnswersNobody(Base):
    def request(self, request, command):
        yield Reply("zzz", 1)


class NegativeTimer(Base):
    def start(self):
        yield SetTimer("t", 100, 50)


class Leaves(Base):
    def receive(self, sender, message):
        raise SystemExit(3)


class NoTimeout:
    def __init__(self, me, peers, disk): ...

    def start(self):
        return ()


class NotANode:
    def __init__(self, me): ...


class SaysAppendedBehindItsSync(Base):
    """Correct, but for when it says so."""

    def start(self):
        self.log = list(self.disk.get("log", ()))
        yield Observe(Recovered(1, None, tuple((1, command) for command in self.log)))

    def timeout(self, timer):
        return ()

    def request(self, request, command):
        self.log.append(command)
        yield Write("log", tuple(self.log))
        yield Sync()
        yield Observe(Appended(len(self.log), 1, command))
        yield Observe(Committed(len(self.log), 1))

    def receive(self, sender, message):
        return ()


class Echo(Base):
    """Decides whatever it is asked for."""

    def request(self, request, command):
        yield Observe(Decided(command))


def scenario(factory, **changes):
    return Scenario(**{"name": "attacked", "factory": factory, "invariants": (Agreement,), **changes})


NODES = (
    *(AsksTheFirstOfASet, Clock, Chance, SetOrder, Thread, Outlives, Raises, Endless, Opaque, ToNobody, NoEffect),
    *(ReturnsNothing, AnswersTwice, AnswersNobody, NegativeTimer, Leaves, NoTimeout, NotANode),
)
SCENARIOS = {each.__name__: scenario(each) for each in NODES}
SCENARIOS |= {
    "Real": scenario(said_as(Decided), invariants=COMMON, progress=(Decided,)),
    "Subclass": scenario(said_as(DecidedAt), invariants=COMMON, progress=(Decided,)),
    "SubclassAsProgress": scenario(said_as(DecidedAt), invariants=COMMON, progress=(DecidedAt,)),
    "SubclassAlone": scenario(said_as(DecidedAt), invariants=COMMON),
    "Namesake": scenario(said_as(Namesake), invariants=COMMON, progress=(Decided,)),
    "NamesakeAlone": scenario(said_as(Namesake), invariants=COMMON),
    "OneClient": replace(PAXOS, clients=lambda _: (0,)),
    "Late": scenario(SaysAppendedBehindItsSync, invariants=(CommittedIsDurable,), sizes=(1,)),
    "Infinite": scenario(Echo, invariants=(Agreement, Validity), commands=lambda n: float("inf") if n % 2 else float("-inf")),
    "NotANumber": scenario(Echo, invariants=(Agreement, Validity), commands=lambda _: float("nan")),
    "NumbersAsKeys": scenario(Echo, invariants=(Agreement, Validity), commands=lambda n: {n: n}),
    "Beyond64Bits": scenario(Echo, invariants=(Agreement, Validity), commands=lambda n: 2**70 + n),
    "Mixed": scenario(Echo, invariants=(Agreement, Validity), commands=lambda n: [1, True, 1.0, None][n % 4]),
}
globals().update({name.upper(): each for name, each in SCENARIOS.items()})
