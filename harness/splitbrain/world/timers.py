"""Time: timers go off, and the deadlines of async nodes come."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from splitbrain.actions import Action, Advance, Fire
from splitbrain.cluster.clock import NEVER
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.process import Process
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan


def fire(cluster: Cluster, action: Fire, _: Plan | None) -> Plan:
    """An armed timer goes off; virtual time is then at least the earliest moment at which it may."""
    process = cluster.process(action, action.node)
    timer = process.timers.get(action.timer)
    if timer is None or not process.idle():
        raise NotEnabled(f"cannot {action}: {'that timer is not armed' if process.idle() else process.why_not()}")
    return Plan(action, partial(_go_off, cluster, process, action.timer), timer.armed + timer.earliest)


def _go_off(cluster: Cluster, process: Process, timer: str) -> None:
    del process.timers[timer]
    cluster.give(process, (process.handler("timeout"), (timer,)))


def advance(cluster: Cluster, action: Advance, _: Plan | None) -> Plan:
    """The next deadline of an async node comes, and no other: those that are equal, and those that are late, one by one."""
    deadline = cluster.host.next_deadline()
    if deadline == NEVER:
        raise NotEnabled(f"cannot {action}: no node waits for one")
    return Plan(action, cluster.wake, int(deadline))


def _armed(cluster: Cluster) -> Iterator[Action]:
    for process in cluster.running():
        if process.idle():
            for timer in tuple(process.timers):
                yield Fire(process.id, timer)


def _awaited(cluster: Cluster) -> Iterator[Action]:
    if cluster.host.next_deadline() < NEVER:
        yield Advance()


DEEDS: dict[type, Deed] = {Fire: Deed(fire, _armed), Advance: Deed(advance, _awaited)}
