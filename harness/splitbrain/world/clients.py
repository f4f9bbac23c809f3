"""Clients: they ask."""

from __future__ import annotations

from splitbrain.actions import Request
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.world.deed import Deed, Plan
from splitbrain.world.workload import check


def request(cluster: Cluster, action: Request, _: Plan | None) -> Plan:
    """A node gets a client's request."""
    process = cluster.process(action, action.node)
    if not process.idle():
        raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
    try:
        check(cluster.scenario, action)
    except ScenarioError as error:
        if cluster.lenient:  # a candidate of the minimiser's may go astray
            raise NotEnabled(f"cannot ask {process.id}: {error}") from error
        raise
    return Plan(action, lambda: cluster.ask(process, action.id, action.command, calm=False))


DEEDS: dict[type, Deed] = {Request: Deed(request)}
