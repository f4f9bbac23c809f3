"""Power: nodes lose it, between two inputs or while they handle one, and get it back."""

from __future__ import annotations

from collections.abc import Iterator

from splitbrain.actions import Action, Crash, Restart
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan


def may_crash(cluster: Cluster) -> bool:
    """Whether the budget allows one more node to be down."""
    return _down(cluster) < cluster.scenario.budget.may_be_down(len(cluster.nodes))


def crash(cluster: Cluster, action: Crash, midst: Plan | None) -> Plan:
    """A node's power goes, between two inputs, or in the ``midst`` of one."""
    process = cluster.process(action, action.node)
    if action.keep < 0 or action.after < 0 or (midst is None and action.after):
        raise NotEnabled(f"cannot {action}: `keep` and `after` count from 0, and `after` counts the effects of `during`")
    if midst is None and not process.running:
        raise NotEnabled(f"cannot {action}: {process.id} is down already")

    def lose_power() -> None:
        if midst is not None:
            process.effects_left = action.after
            midst.happen()
        if cluster.power_off(process, action.keep):
            cluster.recorder.count("crash losing writes")

    return Plan(action, lose_power)


def restart(cluster: Cluster, action: Restart, _: Plan | None) -> Plan:
    """A node that is down starts again, from its disk."""
    process = cluster.process(action, action.node)
    if process.running:
        raise NotEnabled(f"cannot {action}: {process.id} runs")
    return Plan(action, lambda: cluster.power_on(process))


def _down(cluster: Cluster) -> int:
    return len(cluster.nodes) - len(cluster.running())


def _up(cluster: Cluster) -> Iterator[Action]:
    if may_crash(cluster):
        for process in cluster.running():
            yield Crash(process.id)


def _startable(cluster: Cluster) -> Iterator[Action]:
    for process in cluster.processes.values():
        if not process.running:
            yield Restart(process.id)


def _too_many(cluster: Cluster, action: Crash) -> str | None:
    budget, size, process = cluster.scenario.budget, len(cluster.nodes), cluster.processes.get(action.node)
    if process is None:
        return None  # whoever prepares it says so
    down = _down(cluster) - (not process.running)  # it starts in the inner action, or the crash is refused for another reason
    if down >= budget.may_be_down(size):
        return f"at most {budget.may_be_down(size)} of {size} nodes may be down at a time"
    if action.during is not None and not budget.mid_handler:
        return "no crash comes inside a handler"
    if action.keep and not budget.torn:
        return "a crash loses all unsynced writes"
    return None


DEEDS: dict[type, Deed] = {Crash: Deed(crash, _up, _too_many), Restart: Deed(restart, _startable)}
