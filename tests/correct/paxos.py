"""Small Paxos nodes that are correct, and differ from the shipped ones: no invariant may take them for wrong.

``Flexible`` chooses by small quorums, and prepares by large ones; ``Late`` answers first and says so afterwards; ``ASlot`` runs a
Paxos for each slot; ``Multi`` promises once for all slots. Their ballots, slots and values are of many types.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import count

import msgspec

from splitbrain.node import Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Promised, Proposed
from splitbrain.scenario import Scenario
from splitbrain_invariants import PAXOS_SAFETY, Termination
from splitbrain_protocols.paxos import messages
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import PAXOS, label


def flexible(acceptors):
    """The least counts that prepare a ballot, and that choose a value: together one more than there are."""
    decide = max(acceptors // 2, 1)
    return acceptors - decide + 1, decide


class Flexible(Paxos):
    """The shipped node, with other quorums (Howard, Malkhi and Spiegelman, Flexible Paxos, 2016)."""

    def has_quorum(self, count):
        return count >= flexible(len(self.acceptors))[0]

    def is_chosen(self, acceptor, message):
        return self.count_accepted(acceptor, message) >= flexible(len(self.acceptors))[1]


class Late(Paxos):
    """The shipped node, which says what it did when others may know of it already; but for what it tells itself."""

    def promise(self, proposer, ballot):
        said, *answer = super().promise(proposer, ballot)
        return [said, *answer] if proposer == self.me else [*answer, said]

    def tell_learners(self, proposal, learners):
        said, *answers = super().tell_learners(proposal, learners)
        return [said, *answers] if self.me in learners else [*answers, said]

    def begin_accept_phase(self, ballot, value):
        said, *effects = super().begin_accept_phase(ballot, value)
        requests = [each for each in effects if isinstance(each, Send) and isinstance(each.message, messages.Accept)]
        return [*requests, said, *(each for each in effects if each not in requests)]


class Prepare(msgspec.Struct, frozen=True):
    ballot: object
    slot: int | None = None


class Promise(msgspec.Struct, frozen=True):
    ballot: object
    slot: int | None
    accepted: tuple[tuple[int, object, object], ...]


class Refusal(msgspec.Struct, frozen=True):
    ballot: object


class Accept(msgspec.Struct, frozen=True):
    ballot: object
    slot: int
    value: object


class Taken(msgspec.Struct, frozen=True):
    ballot: object
    slot: int


class Decision(msgspec.Struct, frozen=True):
    slot: int
    value: object


class Query(msgspec.Struct, frozen=True):
    slot: int


class Slots:
    """What both nodes of several slots do alike; each of its kinds says how it promises."""

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.everybody = sorted((me, *peers))
        self.acceptors = self.everybody[:3]
        self.round = disk.get("round", 0)
        self.promised, self.accepted, self.decided = (
            {name[1]: disk[name] for name in disk if name[0] == kind} for kind in ("promised", "accepted", "decided")
        )
        self.waiting = {}  # request -> command
        self.ballot = None
        self.promises = None  # acceptor -> what it reports; None: not asked, or answered by enough
        self.proposed = {}  # slot -> value, at this ballot
        self.taken = {}  # slot -> who has accepted that

    def start(self):
        if self.me in self.acceptors:
            yield from self.recovered()
        for slot, value in self.decided.items():
            yield Observe(Decided(value, self.slot(slot)))
        yield SetTimer("learn", 200, 400)

    def request(self, request, command):
        self.waiting[request] = command
        yield from self.ask_for(command)

    def timeout(self, timer):
        if timer == "learn":
            yield SetTimer("learn", 200, 400)
            yield from self.tell(self.peers, Query(self.open_slot()))
        elif self.waiting:
            yield from self.begin()

    def receive(self, sender, message):
        match message:
            case Prepare(ballot, slot):
                yield from self.on_prepare(sender, ballot, slot)
            case Accept(ballot, slot, value):
                yield from self.on_accept(sender, ballot, slot, value)
            case Promise(ballot, slot, accepted):
                if ballot == self.ballot and self.promises is not None:
                    self.promises[sender] = accepted
                    if len(self.promises) >= self.elect:
                        yield from self.prepared(slot)
            case Taken(ballot, slot):
                if ballot == self.ballot and slot in self.proposed:
                    self.taken.setdefault(slot, set()).add(sender)
                    if len(self.taken[slot]) >= self.decide:
                        value = self.proposed[slot]
                        yield from self.learn(slot, value)
                        yield from self.tell(self.peers, Decision(slot, value))
            case Refusal(ballot):
                self.round = max(self.round, ballot[0])
            case Query(slot):
                if slot in self.decided:
                    yield Send(sender, Decision(slot, self.decided[slot]))
            case Decision(slot, value):
                yield from self.learn(slot, value)

    @property
    def elect(self):
        return len(self.acceptors) // 2 + 1

    @property
    def decide(self):
        return len(self.acceptors) // 2 + 1

    # The proposer

    def begin(self):
        self.round += 1
        self.ballot = self.numbered(self.round)
        self.promises, self.proposed, self.taken = {}, {}, {}
        yield Write("round", self.round)
        yield Sync()
        yield SetTimer("retry", 100, 200)
        yield from self.tell(self.acceptors, Prepare(self.ballot, self.slot_to_prepare()))

    def propose(self, slot, value):
        self.proposed[slot] = value
        yield Observe(Proposed(self.ballot, value, self.slot(slot)))
        yield from self.tell(self.acceptors, Accept(self.ballot, slot, value))

    def highest(self):
        """The highest of what the promises report, for each slot: ballot and value."""
        found = {}
        for slot, ballot, value in (each for reported in self.promises.values() for each in reported):
            if slot not in found or found[slot][0] < ballot:
                found[slot] = (ballot, value)
        return found

    # The acceptor

    def on_prepare(self, proposer, ballot, slot):
        if self.below_promise(ballot, slot):
            yield from self.tell((proposer,), Refusal(self.promised[slot]))
            return
        yield from self.promise(ballot, slot)
        yield Sync()
        yield Observe(Promised(ballot, self.slot(slot)))
        yield from self.tell((proposer,), Promise(ballot, slot, self.reported(slot)))

    def on_accept(self, proposer, ballot, slot, value):
        if self.below_promise(ballot, self.promise_for(slot)):
            yield from self.tell((proposer,), Refusal(self.promised[self.promise_for(slot)]))
            return
        yield from self.promise(ballot, self.promise_for(slot))
        yield from self.store(ballot, slot, value)
        yield Sync()
        yield Observe(Accepted(ballot, value, self.slot(slot)))
        yield from self.tell((proposer,), Taken(ballot, slot))

    def below_promise(self, ballot, slot):
        return slot in self.promised and ballot < self.promised[slot]

    def promise(self, ballot, slot):
        self.promised[slot] = ballot
        yield Write(("promised", slot), ballot)

    def store(self, ballot, slot, value):
        self.accepted[slot] = (ballot, value)
        yield Write(("accepted", slot), (ballot, value))

    # The learner

    def learn(self, slot, value):
        if slot in self.decided:
            return
        self.decided[slot] = value
        yield Write(("decided", slot), value)
        yield Sync()
        yield Observe(Decided(value, self.slot(slot)))
        for request in [request for request, command in self.waiting.items() if command == value]:
            del self.waiting[request]
            yield Reply(request, slot)

    def open_slot(self):
        return next(slot for slot in count() if slot not in self.decided)

    def tell(self, nodes, message):
        for node in nodes:
            if node == self.me:
                yield from self.receive(node, message)
            else:
                yield Send(node, message)


class ASlot(Slots):
    """A Paxos a slot: promises are made for one slot. Whose command is not decided in a slot tries the next."""

    def ask_for(self, command):
        if len(self.waiting) == 1:
            yield from self.begin()

    def slot_to_prepare(self):
        self.at = self.open_slot()
        return self.at

    def prepared(self, slot):
        value = self.highest().get(slot, (None, next(iter(self.waiting.values()), None)))[1]
        self.promises = None
        yield from self.propose(slot, value)

    def learn(self, slot, value):
        news = slot not in self.decided
        yield from super().learn(slot, value)
        if news and self.ballot is not None and slot == self.at and self.waiting:
            yield from self.begin()

    def recovered(self):
        for slot, promised in self.promised.items():
            yield Observe(AcceptorStarted(promised, *self.accepted.get(slot, (None, None)), self.slot(slot)))
        if not self.promised:
            yield Observe(AcceptorStarted(None, None, None))

    def reported(self, slot):
        return ((slot, *self.accepted[slot]),) if slot in self.accepted else ()

    def promise_for(self, slot):
        return slot

    def numbered(self, turn):
        return (turn, self.me)

    def slot(self, slot):
        return ["slot", slot]


class Multi(Slots):
    """Multi-Paxos: a promise is for all slots, and a leader with them proposes in one after the other (Paxos Made Simple, 3)."""

    def ask_for(self, command):
        if self.ballot is not None and self.promises is None:
            yield from self.propose(self.next_slot(), command)
        elif len(self.waiting) == 1:
            yield from self.begin()

    def slot_to_prepare(self):
        return None

    def prepared(self, slot):
        highest = self.highest()
        self.promises = None
        for each in range(max((*highest, *self.decided), default=-1) + 1):
            if each not in self.decided:
                yield from self.propose(each, highest.get(each, (None, None))[1])  # a no-op fills a hole
        for command in [*self.waiting.values()]:
            yield from self.propose(self.next_slot(), command)

    def next_slot(self):
        return max((*self.proposed, *self.decided), default=-1) + 1

    def recovered(self):
        yield Observe(AcceptorStarted(self.promised.get(None), None, None))
        for slot, (ballot, value) in self.accepted.items():
            yield Observe(AcceptorStarted(None, ballot, value, slot))

    def reported(self, slot):
        return tuple((slot, *each) for slot, each in self.accepted.items())

    def promise_for(self, slot):
        return None

    def numbered(self, turn):
        return [turn, self.me]

    def slot(self, slot):
        return slot


class FlexibleMulti(Multi):
    """The same, where all nodes are acceptors, and two of four choose."""

    def __init__(self, me, peers, disk):
        super().__init__(me, peers, disk)
        self.acceptors = self.everybody

    @property
    def elect(self):
        return flexible(len(self.acceptors))[0]

    @property
    def decide(self):
        return flexible(len(self.acceptors))[1]


def progress(core, size, options):
    acceptors = size - 1 if options["learning"] == "learner" else size
    return sum(place < acceptors for place in core) >= max(flexible(acceptors))


def records(number):
    """Commands with numbers and truth values in them."""
    return {"put": [number, number % 2 == 0, float(number), None], "at": {"key": number % 3}}


FLEXIBLE = Scenario(
    name="flexible paxos",
    factory=Flexible,
    invariants=(*PAXOS_SAFETY, Termination),
    sizes=(4, 3, 5),
    options={"learning": ("proposer", "learner")},
    label=label,
    quorums=flexible,
    can_progress=progress,
    calm_bound=PAXOS.calm_bound,
    progress=(Promised, Proposed, Accepted, Decided),
)


def of_slots(name, factory, **changes):
    given = {"sizes": (3,), "requests": 8, "progress": (AcceptorStarted, Promised, Proposed, Accepted, Decided), **changes}
    return Scenario(name=name, factory=factory, invariants=PAXOS_SAFETY, **given)


LATE = replace(PAXOS, name="paxos that says so later", factory=Late)
A_SLOT = of_slots("a paxos a slot", ASlot, commands=records)
MULTI = of_slots("multi-paxos", Multi, sizes=(3, 5), voters=lambda size: range(3))
FLEXIBLE_MULTI = of_slots("flexible multi-paxos", FlexibleMulti, sizes=(4,), quorums=flexible, commands=records)

SCENARIOS = (FLEXIBLE, LATE, A_SLOT, MULTI, FLEXIBLE_MULTI)
