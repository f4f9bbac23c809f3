"""A log that is compacted and whose leader hands over, by control operations; and two ways to get that wrong.

A node that leads a term numbers what clients ask for and copies it to the others, which keep it. Somebody tells a leader to
``transfer`` its leadership to another node, and any node to ``compact`` the beginning of its log. Terms belong to nobody else: the
term t of a cluster of n nodes is for the t-th of them, counted round and round, so that no election is needed.
"""

from __future__ import annotations

import msgspec

from splitbrain.events import Observed
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Refused, Reply, Send, Sync, Write
from splitbrain.observations import Applied, Led, SteppedDown
from splitbrain.scenario import Scenario


class Entry(msgspec.Struct, frozen=True):
    term: int
    index: int
    command: object


class TimeoutNow(msgspec.Struct, frozen=True):
    """Lead this term."""

    term: int
    length: int


class Ledger:
    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.term, self.leads = disk.get("term", 1), disk.get("leads", me == "n1")
        self.base, self.log = disk.get("log", (0, ()))

    @property
    def length(self):
        return self.base + len(self.log)

    def start(self):
        if self.leads:
            yield Observe(Led(self.term))

    def request(self, request, command):
        if not self.leads:
            yield Reply(request, Refused())
            return
        yield from self.add(command)
        yield Reply(request, self.length)

    def add(self, command):
        self.log = (*self.log, command)
        yield from self.keep()
        yield Observe(Applied(self.length, self.term, command))
        for peer in self.peers:
            yield Send(peer, Entry(self.term, self.length, command))

    def receive(self, sender, message):
        match message:
            case Entry() if message.term >= self.term and message.index == self.length + 1:
                self.log = (*self.log, message.command)
                yield from self.keep()
            case TimeoutNow() if message.term > self.term and message.length == self.length:
                self.term, self.leads = message.term, True
                yield from self.keep()
                yield Observe(Led(self.term))

    def timeout(self, timer):
        return ()

    def operate(self, operation, argument):
        match operation:
            case "compact":
                yield from self.compact(argument)
            case "transfer" if self.leads and argument in self.peers:
                yield from self.transfer(argument)

    def compact(self, leave):
        gone = max(len(self.log) - leave, 0)
        self.base, self.log = self.base + gone, self.log[gone:]
        yield from self.keep()

    def transfer(self, heir):
        yield from self.step_down()
        yield Send(heir, TimeoutNow(self.term + 1, self.length))

    def step_down(self):
        self.leads = False
        yield from self.keep()
        yield Observe(SteppedDown(self.term))

    def keep(self):
        yield Write("term", self.term)
        yield Write("leads", self.leads)
        yield Write("log", (self.base, self.log))
        yield Sync()


class ForgetsLength(Ledger):
    """What is compacted is counted no more."""

    def compact(self, leave):
        self.log = self.log[max(len(self.log) - leave, 0) :]
        yield from self.keep()


class KeepsLeading(Ledger):
    """The old leader hands over, and goes on, in the term of its successor."""

    def step_down(self):
        return ()

    def transfer(self, heir):
        yield Send(heir, TimeoutNow(self.term + 1, self.length))
        self.term += 1


class OneLeads(Invariant):
    """A term has one leader, who gives each index to one command."""

    watches = (Led, Applied)
    source = "made up"

    def __init__(self):
        self.first = {}

    def observe(self, event: Observed):
        said = event.observation
        key = ("led", said.term) if isinstance(said, Led) else ("applied", said.index)
        mine = event.node if isinstance(said, Led) else said.command
        first, before = self.first.setdefault(key, (mine, event))
        return None if first == mine else self.violation(f"{key[0]} {key[1]} twice", before, event)


def heir(me, peers, dice):
    """Whom somebody tells a leader to hand over to."""
    return dice.pick(peers) if peers else None


LEDGER = Scenario(
    name="ledger",
    factory=Ledger,
    invariants=(OneLeads,),
    operations={"compact": (0, 1), "transfer": heir},
    progress=(Led, Applied),
)
