"""Moves: what can be done to one world, kind by kind, and the plain list of what was done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import count as counting
from typing import Any

from splitbrain.actions import Action, Advance, Complete, Crash, Fire, Mend, Request, Restart
from splitbrain.cluster.clock import NEVER
from splitbrain.cluster.network import Envelope
from splitbrain.cluster.process import Process
from splitbrain.dice import Dice
from splitbrain.nemesis.partitions import draw_partition
from splitbrain.nemesis.picture import Picture
from splitbrain.node import NodeId, Refused
from splitbrain.stopwatch import Deadline
from splitbrain.world.power import may_crash
from splitbrain.world.world import World

DEEPEST = 12  # effects into a handler, where a crash inside it is placed
_IDLE = 200  # times that a strategy may find nothing to do, until its run ends

Proposal = Callable[[], "Action | None"]


class Moves:
    """One world under attack. `actions` holds what was done, in order; the dice alone decide, so equal dice give equal runs.

    A proposal is one enabled action of its kind, or None where there is none. limit: how many client requests there may be,
    without those that were refused. payload: how many characters longer than the workload has them the commands are. deadline:
    where it comes, `go` ends; whatever else ends it does not depend on a clock.
    """

    def __init__(self, world: World, dice: Dice, deadline: Deadline | None = None) -> None:
        self.world = world
        self.dice = dice
        self.deadline = deadline
        self.actions: list[Action] = []
        self.processes = tuple(world.processes.values())
        self.picture = Picture(world)
        world.recorder.listener = self.picture.saw
        self.reorders = world.scenario.budget.reorder
        self.clients = tuple(world.clients())
        self.limit = world.scenario.requests
        self.payload = 0
        self.requests = 0  # of clients, without those that were refused
        self._refusals = 0
        self._refused: dict[str, bool] = {}  # did this node refuse what it was asked last?
        self._asked: dict[str, str] = {}
        self._hinted: Process | None = None  # whom the last refusal named
        for process in self.processes:
            process.on_reply = self._replied

    def go(self, choose: Proposal, steps: int) -> int:
        """Apply up to ``steps`` actions of ``choose``; fewer when an invariant breaks, it finds nothing, or the time is up.

        Returns how many.
        """
        recorder, apply, append, deadline = self.world.recorder, self.world.apply, self.actions.append, self.deadline
        done = idle = 0
        look = steps if deadline is None else 0  # where the clock is looked at next
        while done < steps and recorder.violation is None:
            if done >= look:
                assert deadline is not None
                look += (further := deadline.steps())
                if not further:
                    break
            action = choose()
            if action is None:
                idle += 1
                if idle > _IDLE:
                    break
                continue
            idle = 0
            append(apply(action))
            done += 1
        return done

    # Clients

    def leave(self, requests: Iterable[Request]) -> None:
        """Count these requests, which others make, and leave their numbers to them."""
        for request in requests:
            self.requests += request.id not in self._asked
            self._asked[request.id] = request.node

    def ask(self, node: NodeId, command: Any = None) -> Request:
        """The next client request, for this node; counted, and numbered, so that no two of a run are alike."""
        self.requests += 1
        number = self.requests + self._refusals
        name = f"r{number}"
        if name in self._asked:  # a schedule that is edited has numbers of its own
            number = next(free for free in counting(1) if f"r{free}" not in self._asked)
            name = f"r{number}"
        self._asked[name] = node
        return Request(node, name, self.world.scenario.command(number, self.payload) if command is None else command)

    def may_ask(self) -> bool:
        """Whether clients have anything left to ask for."""
        return bool(self.clients) and self.requests < self.limit and self._refusals < 4 * self.world.scenario.requests

    def request(self) -> Action | None:
        """A client asks a node; mostly one that did not refuse the last time, or that a refusal named."""
        if not self.may_ask():
            return None
        process = self.dice.pick(self.clients)
        if self._refused.get(process.id) and self.dice.chance(0.7):
            willing = [each for each in self.clients if not self._refused.get(each.id)]
            process = self._hinted or self.dice.pick(willing or self.clients)
        if not process.idle():
            return None
        return self.ask(process.id)

    # The network

    def message(self) -> Envelope | None:
        """Any message in flight; where links are FIFO, the first of any link."""
        flight = self.world.network.flight
        if not flight:
            return None
        envelope = self.dice.pick(flight)
        return envelope if self.reorders else self.world.network.first_on_link(envelope)

    def deliverable(self) -> Envelope | None:
        """Any message, if it can be delivered."""
        envelope = self.message()
        return envelope if envelope is not None and self.world.deliverable(envelope) else None

    def deliver(self) -> Action | None:
        """Any message arrives."""
        envelope = self.deliverable()
        return None if envelope is None else envelope.deliver()

    def drop(self) -> Action | None:
        """Any message is lost."""
        envelope = self.message()
        return None if envelope is None else envelope.drop()

    def duplicate(self) -> Action | None:
        """Any message is doubled."""
        envelope = self.message()
        return None if envelope is None else envelope.duplicate()

    def cut(self) -> Action | None:
        """One of the families of partitions."""
        cut = draw_partition(self.dice, self.world.nodes)
        return cut if any(link not in self.world.network.cut_links for link in cut.links) else None

    def mend(self) -> Action | None:
        """All links that are cut, or some of them."""
        links = tuple(self.world.network.cut_links)
        if not links:
            return None
        return Mend(links) if self.dice.chance(0.5) else Mend(tuple(self.dice.sample(links, self.dice.between(1, len(links)))))

    # The processes

    def fire(self) -> Action | None:
        """One of the timers of any node goes off."""
        return self.fire_at(self.dice.pick(self.processes))

    def fire_at(self, process: Process) -> Action | None:
        """One of the timers of this node goes off."""
        if not process.timers or not process.idle():
            return None
        timers = list(process.timers)
        return Fire(process.id, timers[0] if len(timers) == 1 else self.dice.pick(timers))

    def restart(self) -> Action | None:
        """Any node that is down starts."""
        down = [process for process in self.processes if not process.running]
        return Restart(self.dice.pick(down).id) if down else None

    def crash(self) -> Action | None:
        """Any node loses its power."""
        if not may_crash(self.world):
            return None
        process = self.dice.pick(self.world.running())
        return Crash(process.id, self._kept(process))

    def crash_all(self) -> list[Action]:
        """A power cut of the whole site: nothing happens between these; none where the budget forbids it."""
        if self.world.scenario.budget.crashes != "any":
            return []
        return [Crash(process.id, self._kept(process)) for process in self.world.running()]

    def crash_inside(self, *proposals: Proposal) -> Action | None:
        """A node loses its power while it handles one of what is proposed, or restarts."""
        if not may_crash(self.world):
            return None
        dice = self.dice
        inner = None
        for propose in dice.shuffled(proposals or (self.deliver, self.deliver, self.fire, self.request, self.complete)):
            inner = inner or propose()
        inner = inner or self.restart()
        if inner is None:
            return None
        node = inner.actor
        assert node is not None
        # Mostly near the beginning of a handler, where most of them end.
        after = dice.below(DEEPEST if dice.chance(0.8) else 6 * DEEPEST)
        keep = dice.below(4 if dice.chance(0.8) else 32) if self.world.scenario.budget.torn else 0
        return Crash(node, keep, inner, after)  # type: ignore[arg-type]

    def complete(self) -> Action | None:
        """A slow disk answers."""
        waiting = [process for process in self.processes if process.syncs]
        return Complete(self.dice.pick(waiting).id) if waiting else None

    def advance(self) -> Action | None:
        """An async node's next deadline comes."""
        return Advance() if self.world.host.next_deadline() < NEVER else None

    def _kept(self, process: Process) -> int:
        unsynced = len(process.storage.unsynced)
        return self.dice.between(0, unsynced) if unsynced and self.world.scenario.budget.torn else 0

    def _replied(self, request: str, result: Any) -> None:
        node = self._asked.get(request)
        if node is None:
            return
        refused = isinstance(result, Refused)
        self._refused[node] = refused
        hinted = self.world.processes.get(result.leader or "") if refused else None
        self._hinted = hinted if hinted in self.clients else None
        if refused:  # it was not carried out, and so does not count
            self.requests -= 1
            self._refusals += 1
