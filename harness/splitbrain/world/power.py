"""Power: nodes lose it, between two inputs or while they handle one, and get it back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from splitbrain.actions import Action, Crash, Restart
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
from splitbrain.world.deed import Deed, Plan


def may_crash(cluster: Cluster) -> bool:
    """Whether the budget allows one more node to be down."""
    return _down(cluster) < cluster.scenario.budget.may_be_down(len(cluster.nodes))


def crash(cluster: Cluster, action: Crash, prepare: Callable[[Action], Plan]) -> Plan:
    """A node's power goes; ``prepare`` is the world's, for the input in whose midst that is."""
    process = cluster.process(action, action.node)
    input_: Plan | None = None
    if action.during is None:
        if not process.running:
            raise NotEnabled(f"cannot {action}: {process.id} is down already")
    elif action.during.actor != process.id:
        raise NotEnabled(f"cannot {action}: it is {action.during.actor} that handles the inner action")
    else:
        input_ = prepare(action.during)
        action = action.with_input(input_.action)  # type: ignore[arg-type]  # what stands in for an input is one of its kind

    def lose_power() -> None:
        if input_ is not None:
            process.effects_left = action.after
            input_.happen()
        if cluster.crash(process, action.keep):
            cluster.recorder.count("crash losing writes")

    return Plan(action, lose_power, 0 if input_ is None else input_.due)


def restart(cluster: Cluster, action: Restart) -> Plan:
    """A node that is down starts again, from its disk."""
    process = cluster.process(action, action.node)
    if process.running:
        raise NotEnabled(f"cannot {action}: {process.id} runs")
    return Plan(action, lambda: cluster.restart(process))


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


def deeds(prepare: Callable[[Cluster, Action], Plan]) -> dict[type, Deed]:
    """``prepare``: any action's plan, for a crash may come while a node handles any input."""
    return {
        Crash: Deed(lambda cluster, action: crash(cluster, action, lambda inner: prepare(cluster, inner)), _up, _too_many),
        Restart: Deed(restart, _startable),
    }
