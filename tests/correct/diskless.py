"""A register whose members keep nothing of it on their disks, and recover from a quorum of the others.

It is read and written in two rounds, each with a majority. A node that was restarted has lost what it had stored, and is no member
until a majority, itself not counted, has told it what they have, as in Viewstamped Replication (Liskov and Cowling, Viewstamped
Replication Revisited, 2012). All that is on its disk is how often it has started, which tells answers to this recovery from those
to one before. A quorum of which a member was restarted after it had answered is none: with all that they say, nodes tell each
other how often each has started, so far as they know, and who gathers answers leaves out those that are known to be forgotten
(the crash vectors of Michael, Ports, Sharma and Szekeres, Recovering Shared Objects Without Stable Storage, DISC 2017).
"""

from __future__ import annotations

import msgspec

from splitbrain.budget import FaultBudget
from splitbrain.linearizability.models import Register
from splitbrain.node import Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Ready, Recovering
from splitbrain.scenario import Scenario
from splitbrain_invariants import ClientsAnswered, Linearizable


class Read(msgspec.Struct, frozen=True):
    """Begins a round. name: its node, that one's starts, its number; starts: how often each node has started, as far as known."""

    name: tuple
    starts: tuple


class Store(msgspec.Struct, frozen=True):
    name: tuple
    starts: tuple
    stamp: tuple
    value: object


class Recover(msgspec.Struct, frozen=True):
    name: tuple
    starts: tuple


class Answer(msgspec.Struct, frozen=True):
    """What a member has, to any of these."""

    name: tuple
    starts: tuple
    stamp: tuple
    value: object


class Gathering:
    """The answers to one round. ask: makes its question; then: what is done with a quorum of answers."""

    def __init__(self, ask, then):
        self.ask, self.then, self.answers = ask, then, {}


class Diskless:
    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.nodes = sorted((me, *peers), key=lambda name: int(name[1:]))
        self.place = self.nodes.index(me)
        self.quorum = len(self.nodes) // 2 + 1
        self.starts = [0] * len(self.nodes)
        self.starts[self.place] = disk.get("starts", 0) + 1
        self.stamp, self.value = (), None
        self.member = self.starts[self.place] == 1
        self.number = 0
        self.rounds = {}

    def start(self):
        yield Write("starts", self.starts[self.place])
        yield Sync()
        if not self.member:
            yield from self.announce()
            yield SetTimer("recover", 50, 100)
            yield from self.gather(Recover, self.recovered)

    def announce(self):
        yield Observe(Recovering())

    # Asking

    def gather(self, ask, then):
        """Begin a round; what comes of it goes on with its answers."""
        self.number += 1
        name = (self.me, self.starts[self.place], self.number)
        self.rounds[name] = Gathering(ask, then)
        yield from self.ask(name)
        yield from self.conclude(name)

    def ask(self, name):
        gathering = self.rounds[name]
        for peer in self.peers:
            if peer not in gathering.answers:
                yield Send(peer, gathering.ask(name, tuple(self.starts)))

    def timeout(self, timer):
        """Ask again, as long as it is no member; clients that wait in vain ask again themselves."""
        if not self.member:
            yield SetTimer("recover", 50, 100)
            yield from (each for name in self.rounds for each in self.ask(name))

    def request(self, request, command):
        if not self.member:
            yield Reply(request, Refused())
            return

        def store(answers):
            latest = max(answers, key=lambda each: each.stamp)
            stamp, value, result = latest.stamp, latest.value, latest.value
            if command[0] == "put":
                count = stamp[0] + 1 if stamp else 1
                stamp, value, result = (count, self.place, self.starts[self.place], self.number), command[2], True
            self.keep(stamp, value)
            yield from self.gather(lambda name, starts: Store(name, starts, stamp, value), lambda _: [Reply(request, result)])

        yield from self.gather(Read, store)

    def recovered(self, answers):
        for each in answers:
            self.keep(each.stamp, each.value)
        self.member = True
        yield Observe(Ready())

    # Answering

    def receive(self, sender, message):
        self.starts = [max(each) for each in zip(self.starts, message.starts, strict=True)]
        match message:
            case Answer(name):
                if name in self.rounds:
                    self.rounds[name].answers[sender] = message
                    yield from self.conclude(name)
            case _ if self.answers_to(message):
                if type(message) is Store:
                    self.keep(message.stamp, message.value)
                yield Send(sender, Answer(message.name, tuple(self.starts), self.stamp, self.value))

    def answers_to(self, message):
        return self.member

    def keep(self, stamp, value):
        if stamp > self.stamp:
            self.stamp, self.value = stamp, value

    def conclude(self, name):
        """Go on, if a quorum has answered of which nobody has forgotten."""
        gathering = self.rounds[name]
        for node in [node for node, answer in gathering.answers.items() if self.is_forgotten(node, answer)]:
            del gathering.answers[node]
        answers = list(gathering.answers.values())
        if self.counts_itself():
            answers.append(Answer(name, tuple(self.starts), self.stamp, self.value))
        if len(answers) >= self.quorum:
            del self.rounds[name]
            yield from gathering.then(answers)

    def counts_itself(self):
        return self.member

    def is_forgotten(self, node, answer):
        place = self.nodes.index(node)
        return answer.starts[place] < self.starts[place]


DISKLESS = Scenario(
    name="diskless",
    factory=Diskless,
    invariants=(Linearizable(Register()), ClientsAnswered),
    progress=(Recovering, Ready),
    sizes=(3, 5),
    budget=FaultBudget(crashes="minority"),
    commands=lambda number: ("get", "x") if number % 2 == 0 else ("put", "x", number),
    requests=60,
    calm_bound=3_000,
)
