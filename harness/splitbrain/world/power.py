"""Power: nodes lose it, between two inputs or while they handle one, and get it back.

A node counts as down until it is a full member: one that has started and recovers is charged to the fault budget as well.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from splitbrain.actions import Action, Crash, Restart
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.process import Process
from splitbrain.declared.roles import Quota
from splitbrain.errors import NotEnabled
from splitbrain.node import NodeId
from splitbrain.world.deed import Deed, Plan
from splitbrain.world.messages import arrive_at_once


def may_go_down(cluster: Cluster, process: Process) -> bool:
    """Whether the fault budget that this node goes by allows it to be down now.

    One that counts as down already, for it recovers, or starts only to lose its power again, is not counted twice.
    """
    return _room(cluster, process.quota) + _counts(process) > 0


def crashable(cluster: Cluster) -> list[Process]:
    """The nodes that run, and may go down now."""
    rooms = {quota.role: _room(cluster, quota) for quota in cluster.quotas}
    return [process for process in cluster.running() if rooms[process.quota.role] + process.recovering > 0]


def why_too_few(cluster: Cluster, core: Collection[NodeId]) -> str | None:
    """Why a fair phase may not have this core, for the fault budgets; None where it may.

    Who is outside it is dead then; and a member that recovers, or must once it is started, cannot help the others yet.
    """
    dead, late = [], []
    for process in cluster.processes.values():
        if process.id not in core:
            dead.append(process)
        elif process.recovering or (process.recovers and not process.running):
            late.append(process)
    for quota in cluster.quotas:
        down = [process for process in (*dead, *late) if process.id in quota.among]
        if len(down) > quota.most and any(process.quota is quota for process in down):
            left = sum([process.id in quota.among for process in dead])
            more = _unrecovered([process for process in late if process.id in quota.among])
            whose = "" if quota.role is None else f" of the role {quota.role!r}"
            many = "1 node" if left == 1 else f"{left} nodes"
            return f"it leaves {many} dead{more}, which is more than the fault budget{whose} allows"
    return None


def _counts(process: Process) -> bool:
    return not process.running or process.recovering


def _room(cluster: Cluster, quota: Quota) -> int:
    """How many more may go down of those that it counts."""
    processes = cluster.processes
    room = quota.most
    for node in quota.among:  # asked at every crash that is drawn: no call a node
        process = processes[node]
        if not process.running or process.recovering:
            room -= 1
    return room


def _unrecovered(processes: Sequence[Process]) -> str:
    names = [process.id for process in processes]
    return f", and {' and '.join(names)} {'has' if len(names) == 1 else 'have'} not recovered yet" if names else ""


def crash(cluster: Cluster, action: Crash, midst: Plan | None) -> Plan:
    """A node's power goes, between two inputs, or in the ``midst`` of one."""
    process = cluster.process(action, action.node)
    if action.keep < 0 or action.after < 0 or (midst is None and action.after):
        raise NotEnabled(f"cannot {action}: `keep` and `after` count from 0, and `after` counts the effects of `during`")
    if action.arrive:
        _must_be_able_to_arrive(cluster, action, midst)
    if midst is None and not process.running:
        raise NotEnabled(f"cannot {action}: {process.id} is down already")

    def lose_power() -> None:
        if midst is not None:
            process.effects_left = action.after
            before = cluster.network.sent
            midst.happen()
            if action.arrive:
                arrive_at_once(cluster, process, before, action.arrive)
        if cluster.power_off(process, action.keep):
            cluster.recorder.count("crash losing writes")

    return Plan(action, lose_power)


def _must_be_able_to_arrive(cluster: Cluster, action: Crash, midst: Plan | None) -> None:
    """A crash says that messages arrive just before it: from where, and why only so?"""
    if action.arrive < 0 or midst is None:
        raise NotEnabled(
            f"cannot {action}: `arrive` counts from 0 the messages that are sent in `during`"
            f"{', and there is none' if midst is None else ''}; leave it out"
        )
    if cluster.scenario.links != "streams":
        raise NotEnabled(
            f"cannot {action}: the links of scenario {cluster.scenario.name!r} are datagrams, and what was sent there before the "
            "power goes can arrive at any time after; leave `arrive` out, and deliver it"
        )


def restart(cluster: Cluster, action: Restart, _: Plan | None) -> Plan:
    """A node that is down starts again, from its disk."""
    process = cluster.process(action, action.node)
    if process.running:
        raise NotEnabled(f"cannot {action}: {process.id} runs")
    return Plan(action, lambda: cluster.power_on(process))


def _up(cluster: Cluster) -> Iterator[Action]:
    for process in crashable(cluster):
        yield Crash(process.id)


def _startable(cluster: Cluster) -> Iterator[Action]:
    for process in cluster.processes.values():
        if not process.running:
            yield Restart(process.id)


def _too_many(cluster: Cluster, action: Crash) -> str | None:
    process = cluster.processes.get(action.node)
    if process is None:
        return None  # whoever prepares it says so
    quota = process.quota
    if not may_go_down(cluster, process):
        others = [cluster.processes[node] for node in quota.among if node != process.id]
        return f"{quota.rule}{_unrecovered([each for each in others if each.recovering])}"
    if action.during is not None and not quota.budget.mid_handler:
        return "no crash comes inside a handler"
    if action.keep and not quota.budget.torn:
        return "a crash loses all unsynced writes"
    return None


DEEDS: dict[type, Deed] = {Crash: Deed(crash, _up, _too_many), Restart: Deed(restart, _startable)}
