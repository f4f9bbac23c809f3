"""A node, what it promises, and the scenario that attacks it: put your own in their place."""

from collections import namedtuple

from splitbrain import CancelTimer, Invariant, Observe, Reply, Scenario, Send, SetTimer, Sync, Write
from splitbrain.observations import Decided

Ask, Vote = namedtuple("Ask", "value"), namedtuple("Vote", "value")  # messages: any plain data will do


class Register:
    """It is written once: each node votes for the first value that it is asked for, and the votes of a majority decide.

    Its handlers yield effects, which happen in this order. The power may go between any two of them.
    """

    def __init__(self, me, peers, disk):
        """Every restart makes a new node, which knows no more than its disk has kept."""
        self.everyone = (me, *peers)
        self.vote = disk.get("vote")
        self.asked = None  # the value that clients asked this node for
        self.requests = []  # of theirs, to be answered
        self.voters = {}  # by what they voted for

    def start(self):
        """Nothing happens before somebody asks."""
        return ()

    def request(self, request, command):
        """A client wants the register to have the value ``command``."""
        self.requests.append(request)
        if self.asked is None:
            self.asked = command
        yield from self.ask()

    def timeout(self, timer):
        """Messages get lost: ask again."""
        yield from self.ask()

    def ask(self):
        """Everybody is to vote, this node too."""
        for node in self.everyone:
            yield Send(node, Ask(self.asked))
        yield SetTimer("ask again", 50, 100)  # virtual milliseconds: the earliest, and the latest

    def receive(self, sender, message):
        """Vote, or count a vote."""
        if isinstance(message, Ask):
            if self.vote is None:
                self.vote = message.value
                yield Write("vote", self.vote)
                yield Sync()  # BREAK ME: put a # before this line, so that a crash makes a node forget whom it told what
            yield Send(sender, Vote(self.vote))
            return
        voters = self.voters.setdefault(message.value, set())
        voters.add(sender)
        if len(voters) > len(self.everyone) // 2:
            yield Observe(Decided(message.value))  # all that an invariant sees of a node is what it says
            yield CancelTimer("ask again")
            while self.requests:
                yield Reply(self.requests.pop(), message.value)


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


SCENARIO = Scenario(name="PROJECT", factory=Register, invariants=(OneValue,), progress=(Decided,))
