"""Control operations: somebody tells a node to do something."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from splitbrain.actions import Action, Operate
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.process import Process
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Operated
from splitbrain.filed.arguments import check
from splitbrain.trace.freezing import freeze
from splitbrain.world.deed import Deed, Plan


def operate(cluster: Cluster, action: Operate, _: Plan | None) -> Plan:
    """A node is told to do one of the scenario's operations."""
    process = cluster.process(action, action.node)
    known = cluster.scenario.operations
    if action.operation not in known:
        there = f"it has {', '.join(known)}" if known else "it has none"
        raise NotEnabled(f"cannot {action}: scenario {cluster.scenario.name!r} has no operation {action.operation!r}; {there}")
    if not process.idle():
        raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
    try:
        check(cluster.scenario, action)
    except ScenarioError as error:
        if cluster.lenient:  # a candidate of the minimiser's may go astray
            raise NotEnabled(f"cannot operate {process.id}: {error}") from error
        raise
    return Plan(action, partial(_told, cluster, process, action))


def _told(cluster: Cluster, process: Process, action: Operate) -> None:
    recorder = cluster.recorder
    if recorder.wants(Operated):
        recorder.emit(Operated(recorder.step, process.id, action.operation, action.argument))
    cluster.give(process, (process.handler("operate"), (action.operation, freeze(action.argument))))


def _possible(cluster: Cluster) -> Iterator[Action]:
    """Of the operations whose arguments the scenario names; what a function draws, it alone knows."""
    for process in cluster.running() if cluster.scenario.operations else ():
        if process.idle():
            for operation, arguments in cluster.scenario.operations.items():
                for argument in () if callable(arguments) else arguments:
                    yield Operate(process.id, operation, argument)


DEEDS: dict[type, Deed] = {Operate: Deed(operate, _possible)}
