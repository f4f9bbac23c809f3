"""Partitions: links are cut, and mended."""

from __future__ import annotations

from splitbrain.actions import Cut, Mend
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
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


def _no_partition(cluster: Cluster, _: Cut) -> str | None:
    return None if cluster.scenario.budget.partition else "links are never cut"


DEEDS: dict[type, Deed] = {Cut: Deed(cut, forbidden=_no_partition), Mend: Deed(mend)}
