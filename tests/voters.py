"""n1 votes, once in each term, and whom it votes for leads; and the mistake to say so, and then to store it, in one handler."""

from __future__ import annotations

import msgspec

from splitbrain.node import Observe, Send, SetTimer, Sync, Write
from splitbrain.observations import Led
from splitbrain.scenario import Scenario
from splitbrain_invariants import ElectionSafety


class Ask(msgspec.Struct, frozen=True):
    """Whom do you vote for? Best for me."""

    term: int


class Vote(msgspec.Struct, frozen=True):
    """For this one."""

    term: int
    candidate: str


class Voter:
    """Who has no answer asks again; it uses whatever connections there are."""

    def __init__(self, me, peers, disk):
        self.me, self.disk = me, disk
        self.term = 1
        self.votes = {term: candidate for term, candidate in disk.items() if type(term) is int}

    def start(self):
        yield SetTimer("election", 100, 200)

    def timeout(self, timer):
        yield SetTimer("election", 100, 200)
        if self.me != "n1":
            yield Send("n1", Ask(self.term))

    def request(self, request, command):
        return ()

    def receive(self, sender, message):
        if isinstance(message, Ask):
            yield from self.vote(message.term, sender)
        elif message.term == self.term:
            self.term += 1
            if message.candidate == self.me:
                yield Observe(Led(message.term))

    def vote(self, term, candidate):
        yield from self.store(term, candidate)
        yield Send(candidate, Vote(term, self.votes[term]))

    def store(self, term, candidate):
        if term not in self.votes:
            self.votes[term] = candidate
            yield Write(term, candidate)
            yield Write("last", term)
            yield Sync()


class SaysThenStores(Voter):
    """Its vote may leave before it is durable."""

    def vote(self, term, candidate):
        yield Send(candidate, Vote(term, self.votes.get(term, candidate)))
        yield from self.store(term, candidate)


VOTERS = Scenario(
    name="voters", factory=Voter, invariants=(ElectionSafety,), links="streams", sizes=(3,), requests=0, progress=(Led,)
)
