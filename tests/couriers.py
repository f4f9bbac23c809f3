"""Two small protocols on streams, each right, and with the mistakes that are made with connections.

`Courier`: what clients ask n1 for is copied to the others, in order and letter by letter, each exactly once: the k-th entry of
the log is the same at all. `Cloakroom`: n1 has one token, which whoever asks for it holds for a while, and nobody else meanwhile.
"""

from __future__ import annotations

import msgspec

from splitbrain.events import Crashed, Observed
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Appended, Observation
from splitbrain.scenario import Scenario


class Hello(msgspec.Struct, frozen=True):
    """The first thing that is said on a connection: so many entries have come here, or whether the token has."""

    has: int


class Letter(msgspec.Struct, frozen=True):
    """One more letter of the next entry; without one, the entry is complete."""

    letter: str | None


class Courier:
    """n1 sends its log on; on each new connection its peer says first how much it has, and n1 goes on from there."""

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.log = list(disk.get("log", ()))
        self.sent = {}  # of each peer that has said hello on this connection: how many entries it was sent
        self.begun = ""  # of the next entry, the letters that have come

    def start(self):
        return ()

    def timeout(self, timer):
        return ()

    def request(self, request, command):
        if self.me != "n1":
            yield Reply(request, Refused("n1"))
            return
        yield from self.append(command)
        for peer in list(self.sent):
            yield from self.catch_up(peer)
        yield Reply(request, len(self.log))

    def connected(self, peer):
        if peer == "n1":
            yield Send(peer, Hello(len(self.log)))

    def disconnected(self, peer):
        self.sent.pop(peer, None)
        if peer == "n1":
            self.begun = ""
        return ()

    def receive(self, sender, message):
        match message:
            case Hello(has):
                self.greeted(sender, has)
                yield from self.catch_up(sender)
            case Letter(None):
                entry, self.begun = self.begun, ""
                yield from self.append(entry)
            case Letter(letter):
                self.begun += letter

    def greeted(self, peer, has):
        self.sent[peer] = has

    def catch_up(self, peer):
        while self.sent[peer] < len(self.log):
            for letter in (*self.log[self.sent[peer]], None):
                yield Send(peer, Letter(letter))
            self.sent[peer] += 1

    def append(self, value):
        self.log.append(value)
        yield Write("log", tuple(self.log))
        yield Sync()
        yield Observe(Appended(len(self.log), 1, value))


class ResendsNothing(Courier):
    """What it has sent it takes to have arrived: on a new connection it goes on where it was on the old one."""

    def disconnected(self, peer):
        if peer == "n1":
            self.begun = ""
        return ()

    def greeted(self, peer, has):
        self.sent.setdefault(peer, has)


class ResendsAll(Courier):
    """On a new connection it begins from the beginning, and its peer takes what it has already for new."""

    def greeted(self, peer, has):
        self.sent[peer] = 0


class ResendsLast(Courier):
    """On a new connection it sends the last entry once more, to be sure, and its peer takes it for new."""

    def greeted(self, peer, has):
        self.sent[peer] = max(has - 1, 0)


class KeepsHalf(Courier):
    """Half an entry that came on the old connection is taken for the beginning of what comes on the new one."""

    def disconnected(self, peer):
        self.sent.pop(peer, None)
        return ()


class SameLog(Invariant):
    """The k-th entry is the same at all nodes."""

    watches = (Appended,)
    source = "made up"

    def __init__(self):
        self.first = {}

    def observe(self, event: Observed):
        said = event.observation
        first = self.first.setdefault(said.index, event)
        if first.observation.command == said.command:
            return None
        return self.violation(
            f"entry {said.index} is {first.observation.command} at {first.node}, and {said.command} at {event.node}", first, event
        )


class Ask(msgspec.Struct, frozen=True):
    """Give me the token."""


class Token(msgspec.Struct, frozen=True):
    """Here it is; or, from who has it, here it is again."""


class Holds(Observation, frozen=True, tag=True):
    """Has the token."""


class Gave(Observation, frozen=True, tag=True):
    """Has it no more."""


class Cloakroom:
    """n1 remembers who has the token, and who that is says so on each new connection: else the token was lost, or its power."""

    def __init__(self, me, peers, disk):
        self.me, self.peers = me, peers
        self.holder, self.waiting = disk.get("holder"), []
        self.holds = False

    def start(self):
        return ()

    def request(self, request, command):
        yield Reply(request, "soon")
        if self.me != "n1":
            yield Send("n1", Ask())

    def timeout(self, timer):
        if self.holds:
            self.holds = False
            yield Observe(Gave())
            yield Send("n1", Token())

    def connected(self, peer):
        if peer == "n1":
            yield Send(peer, Hello(self.holds))

    def disconnected(self, peer):
        self.waiting = [each for each in self.waiting if each != peer]
        return ()

    def receive(self, sender, message):
        match message:
            case Ask():
                self.waiting.append(sender)
            case Hello(has) if self.holder == sender and not has:
                yield from self.give(None)
            case Token() if self.me == "n1" and self.holder == sender:
                yield from self.give(None)
            case Token() if self.me != "n1":
                self.holds = True
                yield Observe(Holds())
                yield SetTimer("work", 10, 50)
        if self.waiting and self.holder is None:
            next_one = self.waiting.pop(0)
            yield from self.give(next_one)
            yield Send(next_one, Token())

    def give(self, holder):
        self.holder = holder
        yield Write("holder", holder)
        yield Sync()


class FreesAtEnd(Cloakroom):
    """It takes the end of a connection to be known at both ends at once: its peer, it thinks, has stopped working, too."""

    def disconnected(self, peer):
        yield from super().disconnected(peer)
        if self.me == "n1" and self.holder == peer:
            yield from self.give(None)


class TrustsLate(Cloakroom):
    """Who comes back is asked nothing: it cannot have the token any more, it thinks."""

    def connected(self, peer):
        if peer == "n1":
            yield Send(peer, Hello(False))


class OneHolder(Invariant):
    """One node has the token at a time."""

    watches = (Holds, Gave, Crashed)
    source = "made up"

    def __init__(self):
        self.has = {}

    def observe(self, event):
        if isinstance(event, Observed) and isinstance(event.observation, Holds):
            for other, before in self.has.items():
                if other != event.node:
                    return self.violation(f"{other} and {event.node} have the token", before, event)
            self.has[event.node] = event
        else:
            self.has.pop(event.node, None)
        return None


COURIER = Scenario(
    name="courier",
    factory=Courier,
    invariants=(SameLog,),
    links="streams",
    sizes=(2, 3),
    requests=8,
    payload=lambda command, size: command,  # or a node would send so many letters that it counts as hung
    progress=(Appended,),
)
CLOAKROOM = Scenario(
    name="cloakroom",
    factory=Cloakroom,
    invariants=(OneHolder,),
    links="streams",
    sizes=(3, 4),
    requests=20,
    progress=(Holds,),
)
RIGHT = (COURIER, CLOAKROOM)
WRONG = (
    (COURIER, ResendsNothing),
    (COURIER, ResendsAll),
    (COURIER, ResendsLast),
    (COURIER, KeepsHalf),
    (CLOAKROOM, FreesAtEnd),
    (CLOAKROOM, TrustsLate),
)
