"""The uniform walk: every enabled single action is as likely as any other. What the other strategies are measured against.

Partitions and crashes inside a handler are composed from single actions, and so not among them (see `splitbrain.world.enabled`).
"""

from __future__ import annotations

from splitbrain.actions import Action, Crash, Restart
from splitbrain.nemesis.names import UNIFORM
from splitbrain.nemesis.strategy import Strategy


class Uniform(Strategy):
    """One of `World.enabled`, or a client's request to one of the nodes; found by counting, so that a step stays cheap."""

    name = UNIFORM

    def choose(self) -> Action | None:
        """A place in the list of all that is enabled; None where what stands there cannot happen just now."""
        moves, world = self.moves, self.moves.world
        budget, flight, processes = world.scenario.budget, world.network.flight, moves.processes
        place = moves.dice.below(
            len(flight) * (1 + budget.drop + budget.duplicate)
            + sum([len(process.timers) + bool(process.syncs) for process in processes])
            + len(processes)  # each may crash, or restart
            + (len(moves.clients) if moves.may_ask() else 0)
            + (world.host.next_deadline() != _NEVER)
        )
        if place < len(flight):
            envelope = flight[place]
            return envelope.deliver() if world.deliverable(envelope) else None
        for allowed, propose in ((budget.drop, "drop"), (budget.duplicate, "duplicate")):
            if allowed:
                place -= len(flight)
                if place < len(flight):
                    return getattr(flight[place], propose)()  # type: ignore[no-any-return]
        place -= len(flight)
        for process in processes:
            if place < len(process.timers):
                return moves.fire_at(process)
            place -= len(process.timers)
        if place < len(processes):
            process = processes[place]
            if not process.running:
                return Restart(process.id)
            return Crash(process.id) if moves.may_crash() else None
        place -= len(processes)
        waiting = sum([bool(process.syncs) for process in processes])
        if place < waiting:
            return moves.complete()
        if world.host.next_deadline() != _NEVER and place == waiting:
            return moves.advance()
        return moves.request()


_NEVER = float("inf")
