"""Moves: what can be done to one world, kind by kind, and the plain list of what was done."""

from __future__ import annotations

from collections.abc import Callable

from splitbrain.actions import Action, Advance, Complete, Connect, Crash, Disconnect, Fire, Mend, Restart
from splitbrain.cluster.clock import NEVER
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.cluster.process import Process
from splitbrain.declared.operations import drawn
from splitbrain.declared.roles import widest
from splitbrain.dice import Dice
from splitbrain.nemesis.clients import Clients
from splitbrain.nemesis.connections import ending
from splitbrain.nemesis.partitions import draw_partition
from splitbrain.nemesis.picture import Picture
from splitbrain.nemesis.sessions import Sessions
from splitbrain.stopwatch import Deadline
from splitbrain.world.connections import connectable
from splitbrain.world.power import crashable, may_go_down
from splitbrain.world.world import World

DEEPEST = 12  # effects into a handler, where a crash inside it is placed
_IDLE = 200  # times that a strategy may find nothing to do, until its run ends

Proposal = Callable[[], "Action | None"]


class Moves:
    """One world under attack. `actions` holds what was done, in order; the dice alone decide, so equal dice give equal runs.

    A proposal is one enabled action of its kind, or None where there is none. deadline: where it comes, `go` ends; whatever else
    ends it does not depend on a clock.
    """

    def __init__(self, world: World, dice: Dice, deadline: Deadline | None = None) -> None:
        self.world = world
        self.dice = dice
        self.deadline = deadline
        self.actions: list[Action] = []
        self.processes = tuple(world.processes.values())
        self.picture = Picture(world)
        world.recorder.listener = self.picture.saw
        self.budget = widest(world.scenario, len(world.nodes))  # what may happen to anybody at all
        self.separable = tuple(each.id for each in self.processes if each.quota.budget.partition)  # those that may be cut off
        self.breakable = tuple(each.id for each in self.processes if each.quota.budget.disconnect)  # whose connections may end
        self.reorders = world.scenario.budget.reorder
        self.clients = Sessions(world, self.picture) if world.scenario.sessions else Clients(world)

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

    def request(self) -> Action | None:
        """A client asks a node, or asks again, or another one goes on for it."""
        return self.clients.next(self.dice)

    def operate(self) -> Action | None:
        """Somebody who operates the cluster tells any node to do something."""
        scenario, process = self.world.scenario, self.dice.pick(self.processes)
        if not scenario.operations or not process.idle():
            return None
        return drawn(scenario, self.dice.pick(tuple(scenario.operations)), process.id, self.world.nodes, self.dice)

    # The network

    def message(self) -> Envelope | None:
        """Any message in flight; where links are FIFO, the first of any link, the more likely the more there is on it."""
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
        return None if envelope is None or type(envelope) is Notice else envelope.drop()

    def duplicate(self) -> Action | None:
        """Any message is doubled."""
        envelope = self.message()
        return None if envelope is None or type(envelope) is Notice else envelope.duplicate()

    def cut(self) -> Action | None:
        """One of the families of partitions."""
        if len(self.separable) < 2:
            return None
        cut = draw_partition(self.dice, self.separable)
        return cut if any(link not in self.world.network.cut_links for link in cut.links) else None

    def mend(self) -> Action | None:
        """All links that are cut, or some of them."""
        links = tuple(self.world.network.cut_links)
        if not links:
            return None
        return Mend(links) if self.dice.chance(0.5) else Mend(tuple(self.dice.sample(links, self.dice.between(1, len(links)))))

    def disconnect(self) -> Action | None:
        """One of the connections ends."""
        pair = ending(self.world, self.dice, self.picture.leader)
        return None if pair is None else Disconnect(*pair)

    def connect(self) -> Action | None:
        """One of the pairs without a connection gets a new one."""
        pairs = connectable(self.world)
        return Connect(*self.dice.pick(pairs)) if pairs else None

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
        """Any node that may go down loses its power."""
        able = crashable(self.world)
        if not able:
            return None
        process = self.dice.pick(able)
        return Crash(process.id, self._kept(process))

    def crash_all(self) -> list[Action]:
        """A power cut of the whole site: nothing happens between these; who may not be down with all others keeps its power."""
        unlimited = [process for process in self.world.running() if process.quota.budget.crashes == "any"]
        return [Crash(process.id, self._kept(process)) for process in unlimited]

    def crash_inside(self, *proposals: Proposal) -> Action | None:
        """A node loses its power while it handles one of what is proposed, or restarts."""
        if not crashable(self.world):
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
        process = self.world.processes[node]
        if not process.quota.budget.mid_handler or not may_go_down(self.world, process):
            return None
        # Mostly near the beginning of a handler, where most of them end.
        after = dice.below(DEEPEST if dice.chance(0.8) else 6 * DEEPEST)
        keep = dice.below(4 if dice.chance(0.8) else 32) if process.quota.budget.torn else 0
        arrive = dice.below(len(self.processes)) if self.world.scenario.links == "streams" else 0
        if arrive and dice.chance(0.5):  # what the node does right behind the message that still arrives is lost
            after, keep = arrive + dice.below(4), 0
        return Crash(node, keep, inner, after, arrive)  # type: ignore[arg-type]

    def complete(self) -> Action | None:
        """A slow disk answers."""
        waiting = [process for process in self.processes if process.syncs]
        return Complete(self.dice.pick(waiting).id) if waiting else None

    def advance(self) -> Action | None:
        """An async node's next deadline comes."""
        return Advance() if self.world.host.next_deadline() < NEVER else None

    def _kept(self, process: Process) -> int:
        unsynced = len(process.storage.unsynced)
        return self.dice.between(0, unsynced) if unsynced and process.quota.budget.torn else 0
