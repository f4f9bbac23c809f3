"""A node, what it promises, and the scenario that attacks it: put your own in their place."""

from collections import namedtuple

import trio

from splitbrain import Asked, Invariant, Received, Scenario
from splitbrain.observations import Decided

Ask, Vote = namedtuple("Ask", "value"), namedtuple("Vote", "value")  # messages: any plain data will do


class Register:
    """It is written once: each node votes for the first value that it is asked for, and the votes of a majority decide.

    Between two awaits nothing else happens, but that the power may go.
    """

    def __init__(self, me, peers, disk):
        """Every restart makes a new node, which knows no more than its disk has kept."""
        self.everyone = (me, *peers)
        self.vote = disk.get("vote")
        self.decided = None
        self.voters = {}  # by what they voted for

    async def run(self, env):
        """Go on until the power is cut."""
        async with trio.open_nursery() as nursery:
            while True:
                match await env.receive():
                    case Asked(request, command):
                        nursery.start_soon(self.ask, env, request, command)
                    case Received(sender, Ask(value)):
                        await self.choose(env, value)
                        env.send(sender, Vote(self.vote))
                    case Received(sender, Vote(value)):
                        self.count(env, sender, value)

    async def ask(self, env, request, value):
        """Let everybody vote, this node too, until there is a majority; messages get lost, so ask again."""
        while self.decided is None:
            for node in self.everyone:
                env.send(node, Ask(value))
            await env.sleep(f"ask again, for {request}", 50, 100)  # virtual milliseconds: the earliest, and the latest
        env.reply(request, self.decided)

    async def choose(self, env, value):
        """Vote, if this node has not voted yet."""
        if self.vote is None:
            self.vote = value
            env.write("vote", value)
            await env.sync()  # BREAK ME: put a # before this line, so that a crash makes a node forget whom it told what

    def count(self, env, voter, value):
        """One vote more."""
        voters = self.voters.setdefault(value, set())
        voters.add(voter)
        if len(voters) > len(self.everyone) // 2:
            self.decided = value
            env.observe(Decided(value))  # all that an invariant sees of a node is what it says


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
