"""The uniform walk: every enabled single action is as likely as any other. What the other strategies are measured against.

Partitions and crashes inside a handler are composed from single actions, and so not among them (see `World.enabled`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from splitbrain.actions import Action, Connect, Crash, Disconnect, Restart
from splitbrain.cluster.clock import NEVER
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.cluster.process import Process
from splitbrain.nemesis.names import UNIFORM
from splitbrain.nemesis.strategy import Strategy
from splitbrain.world.connections import connectable, severable
from splitbrain.world.power import may_go_down


class Uniform(Strategy):
    """One of `World.enabled`, or a client's request to one of the nodes; found by counting, so that a step stays cheap."""

    name = UNIFORM

    def choose(self) -> Action | None:
        """A place in the list of all that is enabled; None where what stands there cannot happen just now."""
        places = list(self._places())
        place = self.moves.dice.below(sum([count for count, _ in places]))
        for count, propose in places:
            if place < count:
                return propose(place)
            place -= count
        return None

    def _places(self) -> Iterator[tuple[int, Callable[[int], Action | None]]]:
        """The list, in stretches: how long each is, and what stands at a place of it."""
        moves, world = self.moves, self.moves.world
        flight, budget = world.network.flight, world.scenario.budget
        fronts = world.network.fronts()  # where links are FIFO, what is behind the first of a link is not enabled
        yield len(fronts), lambda place: self._deliver(fronts[place])
        if budget.drop:
            yield len(flight), lambda place: self._message(flight[place], Envelope.drop)
        if budget.duplicate:
            yield len(flight), lambda place: self._message(flight[place], Envelope.duplicate)
        for process in moves.processes:
            yield len(process.timers), lambda _, process=process: moves.fire_at(process)  # type: ignore[misc]
        yield len(moves.processes), lambda place: self._crash_or_restart(moves.processes[place])
        yield sum([bool(process.syncs) for process in moves.processes]), lambda _: moves.complete()
        if world.host.next_deadline() < NEVER:
            yield 1, lambda _: moves.advance()
        yield moves.clients.places(), lambda _: moves.request()
        if world.scenario.links == "streams":
            ends, pairs = severable(world), connectable(world)
            yield len(ends), lambda place: Disconnect(*ends[place])
            yield len(pairs), lambda place: Connect(*pairs[place])
        yield len(world.scenario.operations) * len(moves.processes), lambda _: moves.operate()

    def _message(self, envelope: Envelope, deed: Callable[[Envelope], Action]) -> Action | None:
        return None if isinstance(envelope, Notice) else deed(envelope)

    def _deliver(self, envelope: Envelope) -> Action | None:
        return envelope.deliver() if self.moves.world.deliverable(envelope) else None

    def _crash_or_restart(self, process: Process) -> Action | None:
        if not process.running:
            return Restart(process.id)
        return Crash(process.id) if may_go_down(self.moves.world, process) else None
