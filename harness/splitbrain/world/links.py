"""Partitions: links are cut, and mended."""

from __future__ import annotations

from collections.abc import Iterable

from splitbrain.actions import Cut, Link, Mend
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
from splitbrain.node import NodeId
from splitbrain.world.deed import Deed, Plan


def cut(cluster: Cluster, action: Cut, _: Plan | None) -> Plan:
    """What is in flight on these links waits."""
    if all(link in cluster.network.cut_links for link in _known(cluster, action)):
        raise NotEnabled(f"cannot {action}: all of these links are cut already")
    return Plan(action, lambda: cluster.network.cut(action.links))


def mend(cluster: Cluster, action: Mend, _: Plan | None) -> Plan:
    """What waited on these links can arrive."""
    if not any(link in cluster.network.cut_links for link in _known(cluster, action)):
        raise NotEnabled(f"cannot {action}: none of these links is cut")
    return Plan(action, lambda: cluster.network.mend(action.links))


def _known(cluster: Cluster, action: Cut | Mend) -> tuple[tuple[str, str], ...]:
    for sender, receiver in action.links:
        cluster.process(action, sender)
        cluster.process(action, receiver)
    return action.links


def spared(cluster: Cluster, fault: str, links: Iterable[Link]) -> NodeId | None:
    """The first end of these links, or connections, whose fault budget does not have this fault (``partition``, ``disconnect``)."""
    for ends in links:
        for node in ends:
            process = cluster.processes.get(node)
            if process is not None and not getattr(process.quota.budget, fault):
                return node
    return None


def whose(cluster: Cluster, node: NodeId) -> str:
    """Of whom that is said, where not all nodes go by one budget."""
    return "" if len(cluster.quotas) == 1 else f" of {node}"


def _no_partition(cluster: Cluster, action: Cut) -> str | None:
    node = spared(cluster, "partition", action.links)
    return None if node is None else f"links{whose(cluster, node)} are never cut"


DEEDS: dict[type, Deed] = {Cut: Deed(cut, forbidden=_no_partition), Mend: Deed(mend)}
