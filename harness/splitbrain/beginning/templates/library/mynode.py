"""A library made a node, what it promises, and the scenario that attacks it: put your own in their place."""

import json

from firstvote import Voter  # the library

from splitbrain import Invariant, Library, Scenario
from splitbrain.observations import Decided


class Register(Library):
    """Hands the library what happens, and hands on what it calls back: `send`, `store`, `reply`, `observe`.

    What it calls happens in that order. The power may go between any two of them.
    """

    timers = {"tick": (50, 100)}  # virtual milliseconds, the earliest and the latest, again and again

    def start(self):
        """Every restart makes a new node, which knows no more than its disk has kept."""
        members = (self.me, *self.peers)
        self.requests = []  # of clients, to be answered
        self.voter = Voter(self.me, members, self.send, self.save, self.decided, vote=self.disk.get("vote"))

    def request(self, request, command):
        """A client wants the register to have the value ``command``."""
        self.requests.append(request)
        self.voter.propose(command)

    def timeout(self, timer):
        """The library has a tick."""
        self.voter.tick()

    def receive(self, sender, message):
        """The library's messages are bytes."""
        self.voter.on_data(sender, message)

    def save(self, vote):
        """Called back: a vote is to be durable before it is told."""
        self.store(vote=vote)  # BREAK ME: put a # before this line, so that a crash makes a node forget whom it told what

    def decided(self, value):
        """Called back: a majority has voted for this value."""
        self.observe(Decided(value))  # all that an invariant sees of a node is what it says
        while self.requests:
            self.reply(self.requests.pop(), value)


class OneValue(Invariant):
    """The register has one value, for good."""

    watches = (Decided,)

    def __init__(self):
        """There is a new one for each run."""
        self.first = None

    def observe(self, event):
        """Everything that it watches comes by here, in the order in which it happened."""
        if self.first is None:
            self.first = event
        elif event.observation.value != self.first.observation.value:
            return self.violation(f"{self.first.node} and {event.node} decided differently", self.first, event)
        return None


def label(message):
    """What bytes are, for people: the kind of a message, and its epoch (a term, a ballot), where it has one."""
    kind, _ = json.loads(message)
    return kind, None


SCENARIO = Scenario(name="PROJECT", factory=Register, invariants=(OneValue,), progress=(Decided,), label=label)
