"""Slow disks: a sync completes."""

from __future__ import annotations

from collections.abc import Iterator

from splitbrain.actions import Action, Complete
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan


def complete(cluster: Cluster, action: Complete, _: Plan | None) -> Plan:
    """The disk answers the oldest outstanding sync of this node."""
    process = cluster.process(action, action.node)
    if not process.syncs:
        raise NotEnabled(f"cannot {action}: it waits for no sync")

    def answer() -> None:
        cluster.complete_sync(process)
        cluster.settle_inputs(process)

    return Plan(action, answer)


def _outstanding(cluster: Cluster) -> Iterator[Action]:
    for process in cluster.running():
        if process.syncs:
            yield Complete(process.id)


DEEDS: dict[type, Deed] = {Complete: Deed(complete, _outstanding)}
