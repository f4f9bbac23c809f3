"""Connections end, and are opened again; only where links are streams."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from splitbrain.actions import Action, Connect, Disconnect, Link
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.connections import Streams
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan
from splitbrain.world.links import spared, whose


def severable(cluster: Cluster) -> list[Link]:
    """The pairs whose connection may end now, as far as the budget goes, in the order of the cluster."""
    network = cluster.network
    if not isinstance(network, Streams):
        return []
    return [pair for pair in network.pairs if pair in network.open and _no_end(cluster, Disconnect(*pair)) is None]


def connectable(cluster: Cluster) -> list[Link]:
    """The pairs that run, are not cut off from each other and have no connection, in the order of the cluster."""
    network = cluster.network
    if not isinstance(network, Streams) or not network.closed:
        return []
    return [pair for pair in network.pairs if pair in network.closed and _why_none(cluster, *pair) is None]


def disconnect(cluster: Cluster, action: Disconnect, _: Plan | None) -> Plan:
    """What is in flight between them is lost."""
    network = _streams(cluster, action)
    if not network.connected(action.one, action.other):
        raise NotEnabled(f"cannot {action}: they have no connection that could end; connect them first")
    return Plan(action, partial(network.disconnect, action.one, action.other))


def connect(cluster: Cluster, action: Connect, _: Plan | None) -> Plan:
    """They can send to each other, as soon as they are told."""
    network = _streams(cluster, action)
    if network.connected(action.one, action.other):
        raise NotEnabled(f"cannot {action}: they have a connection, and one is all that a pair has; disconnect them first")
    why = _why_none(cluster, action.one, action.other)
    if why is not None:
        raise NotEnabled(f"cannot {action}: {why}")
    return Plan(action, partial(network.connect, action.one, action.other))


def _streams(cluster: Cluster, action: Connect | Disconnect) -> Streams:
    for node in action.nodes:
        cluster.process(action, node)
    network, name = cluster.network, cluster.scenario.name
    if not isinstance(network, Streams):
        raise NotEnabled(
            f"cannot {action}: the links of scenario {name!r} are datagrams, which have no connections; "
            "leave it out, or give the scenario links='streams'"
        )
    if action.one == action.other:
        raise NotEnabled(f"cannot {action}: a connection is one of two nodes; name another one")
    return network


def _why_none(cluster: Cluster, one: str, other: str) -> str | None:
    """Why no connection can be opened between two nodes that have none."""
    for node in (one, other):
        if not cluster.processes[node].running:
            return f"{node} is down; restart it first"
    for link in ((one, other), (other, one)):
        if link in cluster.network.cut_links:
            return f"the link {link[0]}->{link[1]} is cut; mend it first"
    return None


def _ends(cluster: Cluster) -> Iterator[Action]:
    for pair in severable(cluster):
        yield Disconnect(*pair)


def _beginnings(cluster: Cluster) -> Iterator[Action]:
    for pair in connectable(cluster):
        yield Connect(*pair)


def _no_end(cluster: Cluster, action: Disconnect) -> str | None:
    """Why the budgets of its ends keep this connection."""
    if not isinstance(cluster.network, Streams):
        return None
    node = spared(cluster, "disconnect", ((action.one, action.other),))
    return None if node is None else f"connections{whose(cluster, node)} do not end but with a node"


DEEDS: dict[type, Deed] = {Disconnect: Deed(disconnect, _ends, _no_end), Connect: Deed(connect, _beginnings)}
