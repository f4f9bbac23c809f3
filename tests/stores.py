"""A replicated store to test sessions with, whole and broken: what a client sees is all that is wrong with the broken ones.

A primary and backups, after Oki and Liskov's Viewstamped Replication (1988) but with the whole state in each message. A node takes
over for a view of its own once a majority has told it its state. It answers when a majority has what it answers from. What was
asked before is answered from a table. `broken`: which of these it omits.
"""

from __future__ import annotations

import msgspec

from splitbrain.events import Replied, Requested
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.node import CancelTimer, Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Executed, Led
from splitbrain.scenario import Scenario

BUGS = ("stale-read", "backup-read", "no-dedup", "reply-before-commit", "table-lost")


class Claim(msgspec.Struct, frozen=True):
    view: int


class State(msgspec.Struct, frozen=True):
    """What a node has: of a view, the version of its state, the state, and what was answered; whether that is a copy to be kept."""

    view: int
    version: tuple
    data: tuple
    table: tuple
    copy: bool


class Copied(msgspec.Struct, frozen=True):
    view: int
    version: tuple


class Store:
    def __init__(self, me, peers, disk, broken=""):
        self.me, self.peers, self.broken = me, peers, broken
        self.nodes = sorted((me, *peers))
        self.view, self.version, self.data, table = disk.get("state", (0, (0, 0), (), ()))
        self.table = () if broken == "table-lost" else table
        self.leads = False
        self.states = {}
        self.copied = {}
        self.waiting = []  # request, version from which it may be answered, result

    @property
    def majority(self):
        return len(self.nodes) // 2 + 1

    def start(self):
        yield SetTimer("takeover", 100, 200)

    def keep(self):
        yield Write("state", (self.view, self.version, self.data, self.table))
        yield Sync()

    def step_down(self, view):
        if view > self.view:
            self.view, self.leads, self.waiting, self.states = view, False, [], {}
            yield CancelTimer("repeat")
            yield SetTimer("takeover", 100, 200)

    def timeout(self, timer):
        if timer == "repeat":
            yield from self.replicate()
            return
        view = self.view + 1
        while self.nodes[view % len(self.nodes)] != self.me:
            view += 1
        yield from self.step_down(view)
        yield from self.keep()
        yield SetTimer("takeover", 100, 200)
        for peer in self.peers:
            yield Send(peer, Claim(self.view))
        yield from self.told(self.me, self.state(copy=False))

    def state(self, copy):
        return State(self.view, self.version, self.data, self.table, copy)

    def receive(self, sender, message):
        if message.view < self.view:
            return
        yield from self.step_down(message.view)
        match message:
            case Claim():
                yield from self.keep()
                yield Send(sender, self.state(copy=False))
            case State(copy=False):
                yield from self.told(sender, message)
            case State():
                if message.version > self.version:
                    self.version, self.data, self.table = message.version, message.data, message.table
                yield from self.keep()
                yield Send(sender, Copied(self.view, self.version))
            case Copied() if self.leads:
                yield from self.acknowledged(sender, message.version)

    def told(self, sender, state):
        self.states[sender] = state
        if self.leads or len(self.states) < self.majority:
            return
        latest = max(self.states.values(), key=lambda each: each.version)
        self.leads, self.copied = True, {}
        self.data, self.table = latest.data, latest.table
        yield CancelTimer("takeover")
        yield Observe(Led(self.view))
        yield from self.change(0)

    def change(self, count):
        self.version = (self.view, count)
        yield from self.keep()
        yield from self.replicate()

    def replicate(self):
        yield SetTimer("repeat", 20, 40)
        for peer in self.peers:
            yield Send(peer, self.state(copy=True))
        yield from self.acknowledged(self.me, self.version)

    def acknowledged(self, node, version):
        self.copied[node] = max(version, self.copied.get(node, (0, 0)))
        agreed = sorted(self.copied.values(), reverse=True)[self.majority - 1 : self.majority]
        for waiting in list(self.waiting):
            request, needed, result = waiting
            if agreed and agreed[0] >= needed:
                self.waiting.remove(waiting)
                yield Reply(request, result)

    def request(self, request, command):
        what, key, *values = command
        if self.broken == "backup-read" and what == "get":
            yield Reply(request, self.got(key))
            return
        if not self.leads:
            yield Reply(request, Refused(self.nodes[self.view % len(self.nodes)]))
            return
        if self.broken == "stale-read" and what == "get":
            yield Reply(request, self.got(key))
            return
        known = dict(self.table)
        if request in known and self.broken != "no-dedup":
            result = known[request]
        elif what == "get":
            result = self.got(key)
        else:
            result = (self.view, self.version[1] + 1)
            self.data = tuple(sorted({**dict(self.data), key: (values[0], result)}.items()))
            self.table = (*self.table, (request, result))
            yield Observe(Executed(result[1], self.view, tuple(command), request))
            if self.broken == "reply-before-commit":
                yield Reply(request, result)
                yield from self.change(result[1])
                return
            self.waiting.append((request, result, result))
            yield from self.change(result[1])
            return
        # Only the next round tells that it still leads.
        self.copied = {}
        self.waiting.append((request, self.version, result))
        yield from self.change(self.version[1] + 1)

    def got(self, key):
        """The version at which the value was written."""
        return dict(self.data).get(key, (None, (0, 0)))[1]


class Recent(Invariant):
    """What a client is told is never older than what a client was told before it asked."""

    watches = (Requested, Replied)
    source = "made up: what linearizability comes to where results are versions"

    def __init__(self):
        self.keys = {}
        self.floors = {}
        self.newest = {}
        self.asked = {}

    def observe(self, event):
        if type(event) is Requested:
            key = event.command[1]
            if event.request not in self.keys:
                self.keys[event.request], self.asked[event.request] = key, event
                self.floors[event.request] = self.newest.get(key)
            return None
        floor = self.floors.get(event.request)
        if type(event.result) is not tuple or event.request not in self.keys:
            return None
        key, version = self.keys[event.request], event.result
        if floor is not None and version < floor.result and self.keys.pop(event.request):
            return self.violation(f"{event.request} was told {version} after {floor.request} was told {floor.result}", floor, event)
        if key not in self.newest or version > self.newest[key].result:
            self.newest[key] = event
        return None


class Once(Invariant):
    """An operation takes effect once."""

    watches = (Executed,)
    source = "made up"

    def __init__(self):
        self.first = {}

    def observe(self, event):
        first = self.first.setdefault(event.observation.request, event)
        return None if first is event else self.violation(f"{event.observation.request} took effect twice", first, event)


class Puts:
    """Gets, and puts of values that are all different."""

    def next(self, session, dice, history):
        key = dice.pick(("x", "y"))
        return ["get", key] if dice.chance(0.5) else ["put", key, f"{len(history) + 1}"]


STORE = Scenario(
    name="store", factory=Store, invariants=(Recent,), sizes=(3, 1), workload=Puts(), options={"broken": ("",)}, progress=(Led,)
)


def broken(bug):
    """The store with one of its bugs."""
    return mutant(STORE, Store, name=bug, options={"broken": (bug,)})


BROKEN_FOR_FILES = broken("reply-before-commit")  # by a name at the top level, for schedule files
ONCE = {bug: mutant(STORE, Store, name=bug, options={"broken": (bug,)}, invariants=(Once,)) for bug in ("no-dedup", "table-lost")}
