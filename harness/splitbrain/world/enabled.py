"""What is enabled: the single actions that a world could do next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from splitbrain.actions import Action, Advance, Complete, Crash, Fire, Restart

if TYPE_CHECKING:
    from splitbrain.world.world import World


def enabled(world: World) -> Iterator[Action]:
    """Every single action that is enabled now and that the fault budget allows, in a fixed order.

    Partitions, crashes inside a handler and fair phases are composed from these by the nemesis; requests too, since only
    the workload knows what to ask.
    """
    budget = world.scenario.budget
    for envelope in tuple(world.network.flight):
        if world.deliverable(envelope):
            yield envelope.deliver()
        if budget.drop:
            yield envelope.drop()
        if budget.duplicate:
            yield envelope.duplicate()
    processes = tuple(world.processes.values())
    down = sum(not process.running for process in processes)
    for process in processes:
        if not process.running:
            yield Restart(process.id)
            continue
        if process.idle():
            for timer in tuple(process.timers):
                yield Fire(process.id, timer)
        if process.syncs:
            yield Complete(process.id)
        if down < budget.may_be_down(len(processes)):
            yield Crash(process.id)
    if world.host.next_deadline() < float("inf"):
        yield Advance()
