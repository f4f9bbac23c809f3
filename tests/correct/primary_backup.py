"""A log that is copied over streams: n1 numbers what clients ask for, the others store it, and a majority decides.

It relies on what streams promise, and on nothing else: entries come in order and without gaps as long as a connection lasts, so a
backup that gets another one than the next gives up. When a connection is opened, the backup says how much it has, and gets the
rest. What is wrong with the others stands in their docstrings.
"""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress

import msgspec

from splitbrain.actions import Calm, Complete, Connect, Crash, Cut, Deliver, Disconnect, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Refused, Reply, Send, Sync, Write
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.world.world import World
from splitbrain_invariants import Agreement, Termination


class Have(msgspec.Struct, frozen=True):
    """A backup stores this many entries, for good."""

    count: int


class Entry(msgspec.Struct, frozen=True):
    index: int  # from 0
    command: str


class Done(msgspec.Struct, frozen=True):
    """This many entries are decided."""

    count: int


class Stored(msgspec.Struct, frozen=True):
    """Says that an entry is durable."""

    index: int
    command: str


class PrimaryBackup:
    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.log = [disk[key] for key in sorted(disk)]
        self.leads = me == "n1"
        self.have = {}  # peer -> how many entries it has said to have
        self.follows = {}  # peer -> how many entries it was sent, on the connection that there is now
        self.decided = 0
        self.waiting = {}  # index -> the request

    def start(self):
        return [Observe(Stored(index, command)) for index, command in enumerate(self.log)]

    def timeout(self, timer):
        return ()

    def connected(self, peer):
        if peer == "n1":
            yield Send("n1", Have(len(self.log)))

    def disconnected(self, peer):
        self.follows.pop(peer, None)
        return ()

    def request(self, request, command):
        if not self.leads:
            yield Reply(request, Refused("n1"))
            return
        self.waiting[len(self.log)] = request
        yield from self.append(command)
        for peer in self.follows:
            yield from self.catch_up(peer)
        yield from self.decide()

    def receive(self, sender, message):
        match message:
            case Have(count):
                self.have[sender] = count
                self.follows.setdefault(sender, count)
                yield from self.catch_up(sender)
                yield from self.decide()
                yield Send(sender, Done(self.decided))
            case Entry(index, command):
                assert index == len(self.log), f"entry {index} comes behind {len(self.log)} of them"
                yield from self.append(command)
                yield from self.answer()
            case Done(count):
                yield from self.learn(count)

    def append(self, command):
        index = len(self.log)
        self.log.append(command)
        yield Write(index, command)
        yield Sync()
        yield Observe(Stored(index, command))

    def answer(self):
        yield Send("n1", Have(len(self.log)))

    def catch_up(self, peer):
        for index in range(self.follows[peer], len(self.log)):
            yield Send(peer, Entry(index, self.log[index]))
        self.follows[peer] = len(self.log)

    def decide(self):
        counts = sorted((len(self.log), *(self.have.get(peer, 0) for peer in self.peers)), reverse=True)
        durable = counts[(len(self.peers) + 1) // 2]
        for index in range(self.decided, durable):
            yield Observe(Decided(self.log[index], index))
            if index in self.waiting:
                yield Reply(self.waiting.pop(index), index)
        if durable > self.decided:
            self.decided = durable
            for peer in self.follows:
                yield Send(peer, Done(durable))

    def learn(self, count):
        for index in range(self.decided, min(count, len(self.log))):
            yield Observe(Decided(self.log[index], index))
        self.decided = max(self.decided, min(count, len(self.log)))


# Near misses


class Trusting(PrimaryBackup):
    """A backup that takes what comes as the next entry, and a primary that sends what is new as soon as there is a connection."""

    def connected(self, peer):
        if self.leads:
            self.follows[peer] = len(self.log)
        return ()

    def receive(self, sender, message):
        if isinstance(message, Entry):
            yield from self.append(message.command)
            yield from self.answer()
        else:
            yield from super().receive(sender, message)


class Forgetful(PrimaryBackup):
    """A primary that does not heed that a connection has ended: it goes on where it was, and what was lost is missing."""

    def disconnected(self, peer):
        return ()


class Hasty(PrimaryBackup):
    """A backup that says that it has what is not yet durable; only on slow disks can that arrive before it is."""

    def append(self, command):
        index = len(self.log)
        self.log.append(command)
        yield Write(index, command)
        if not self.leads:
            yield from self.answer()
        yield Sync()
        yield Observe(Stored(index, command))


class Repeating(PrimaryBackup):
    """A primary that sends all that it has on every new connection."""

    def connected(self, peer):
        if self.leads:
            self.follows[peer] = 0
            yield from self.catch_up(peer)


class OneLog(Invariant):
    """Whatever is durable at an index is the same everywhere, and an entry that is decided is durable on a majority."""

    watches = (Stored, Decided)
    source = "what a copied log is for"

    def __init__(self, size=3):
        self.first, self.holders, self.majority = {}, defaultdict(dict), size // 2 + 1

    def observe(self, event: Observed):
        match event.observation:
            case Stored(index, command):
                first = self.first.setdefault(index, event)
                if first.observation.command != command:
                    return self.violation(f"{first.node} and {event.node} store different entries at {index}", first, event)
                self.holders[index][event.node] = None
            case Decided(_, index) if len(self.holders[index]) < self.majority:
                stored = ", ".join(self.holders[index]) or "nobody"
                return self.violation(f"{event.node} decided entry {index}, which {stored} alone stores", event)
        return None


PRIMARY_BACKUP = Scenario(
    name="primary-backup",
    factory=PrimaryBackup,
    invariants=(OneLog, Agreement, Termination),
    sizes=(3,),
    links="streams",
    budget=FaultBudget(slow_disks=True),
    can_progress=lambda core, size, options: 0 in core and len(core) > size // 2,
    clients=lambda size: (0,),
    calm_bound=3_000,
    progress=(Decided,),
)

_RATES = {Deliver: 30.0, Complete: 20.0, Request: 4.0, Disconnect: 4.0, Connect: 6.0, Crash: 1.0, Restart: 4.0, Cut: 0.5, Mend: 1.0}
_CUT = (("n1", "n2"), ("n2", "n1"))


def attack(scenario, seed, steps, host=None, keep=False):
    """One run, over already: a walk with the faults of streams, at rates drawn for it, and a fair phase."""
    dice = Dice(seed)
    rates = [(rate * dice.pick((0.1, 1.0, 1.0, 3.0)), kind) for kind, rate in _RATES.items()]
    with World(scenario, 3, host=host, keep=keep) as world:
        for number in range(steps):
            kind = dice.weighted(rates)
            with suppress(NotEnabled):
                if kind is Request:
                    world.apply(Request("n1", f"r{number}", f"v{number}"))
                elif kind in (Cut, Mend):
                    world.apply(kind(_CUT))
                elif some := list(world.enabled(kind)):
                    action = dice.pick(some)
                    if isinstance(action, Crash):
                        inner = [each for each in world.enabled(Deliver, Complete, Restart) if each.actor == action.node]
                        keep = dice.below(3)
                        inside = (dice.pick(inner), dice.below(6), dice.below(3)) if inner else ()
                        action = Crash(action.node, keep, *inside)
                    world.apply(action)
            if world.violation is not None:
                return world
        world.apply(Calm(world.nodes, dice.below(1 << 16), scenario.calm_bound))
        return world
