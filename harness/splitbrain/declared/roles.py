"""Roles: which nodes of a cluster are special, and what the nemesis may do to them instead of what it may do to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Protocol, TypeAlias

from splitbrain.budget import OF_LINKS, FaultBudget
from splitbrain.declared.fields import described, is_count
from splitbrain.declared.places import Declaring, places
from splitbrain.errors import ScenarioError
from splitbrain.node import NodeId

Places: TypeAlias = "tuple[int, ...] | Callable[[int], tuple[int, ...]]"


class WithRoles(Declaring, Protocol):
    """A scenario, as far as this goes."""

    @property
    def name(self) -> str: ...

    @property
    def sizes(self) -> tuple[int, ...]: ...

    @property
    def roles(self) -> Mapping[str, Places]: ...

    @property
    def budget(self) -> FaultBudget: ...

    @property
    def budgets(self) -> Mapping[str, FaultBudget]: ...

    @property
    def ready(self) -> type | None: ...

    @property
    def links(self) -> str: ...


@dataclass(frozen=True)
class Quota:
    """A fault budget, and the nodes that it is for.

    role: whose own it is; None: the scenario's, for all others. nodes: those that go by it. among: those of which, when they are
    down, it counts each: the role's, or the whole cluster.
    """

    budget: FaultBudget
    nodes: tuple[NodeId, ...]
    among: tuple[NodeId, ...]
    role: str | None = None

    @cached_property
    def most(self) -> int:
        """How many of those that it counts may be down at a time."""
        return self.budget.may_be_down(len(self.among))

    @property
    def rule(self) -> str:
        """What it says of crashes, as a sentence."""
        whom = f"{len(self.among)} nodes" if self.role is None else f"{len(self.among)} in the role {self.role!r}"
        return f"at most {self.most} of {whom} may be down at a time"


def roles_of(scenario: WithRoles, size: int) -> dict[NodeId, str]:
    """The role of each node of a cluster of ``size`` that has one. Raises `ScenarioError` for a node with two."""
    names = scenario.nodes(size)
    found: dict[NodeId, str] = {}
    for role, given in scenario.roles.items():
        for place in places(scenario, f"roles[{role!r}]", given, size) if callable(given) else _fixed(scenario, role, given, size):
            node = names[place]
            if found.setdefault(node, role) != role:
                raise scenario.blame(
                    f"of {size} nodes, position {place} is in the roles {found[node]!r} and {role!r}, but a node goes by one fault "
                    "budget; name each position in one role at most"
                )
    return {node: found[node] for node in names if node in found}


def quotas_of(scenario: WithRoles, size: int) -> tuple[Quota, ...]:
    """By which fault budgets the nodes of a cluster of ``size`` go: the scenario's own first. Raises as `roles_of`."""
    names = scenario.nodes(size)
    if not scenario.roles:  # of most scenarios, and worlds are made often
        return (Quota(scenario.budget, names, names),)
    roles = roles_of(scenario, size)
    own = {node: role for node, role in roles.items() if role in scenario.budgets}
    found = [Quota(scenario.budget, tuple(node for node in names if node not in own), names)]
    for role, budget in scenario.budgets.items():
        nodes = tuple(node for node in names if own.get(node) == role)
        found.append(Quota(budget, nodes, nodes, role))
    return tuple(quota for quota in found if quota.nodes)


def widest(scenario: WithRoles, size: int) -> FaultBudget:
    """What may happen to any node of so many at all: what a nemesis draws from. Links go by the scenario's own budget."""
    if not scenario.budgets:
        return scenario.budget
    quotas = quotas_of(scenario, size)
    budgets = [quota.budget for quota in quotas]
    crashing = [quota for quota in quotas if quota.most > 0]
    words = {quota.budget.crashes for quota in crashing}
    return replace(
        scenario.budget,
        crashes=next((word for word in ("any", "minority") if word in words), "none"),
        mid_handler=any(quota.budget.mid_handler for quota in crashing),
        torn=any(quota.budget.torn for quota in crashing),
        partition=sum(len(quota.nodes) for quota in quotas if quota.budget.partition) > 1,
        disconnect=sum(len(quota.nodes) for quota in quotas if quota.budget.disconnect) > 1,
        slow_disks=any(budget.slow_disks for budget in budgets),
    )


def check_roles(scenario: WithRoles) -> None:
    """Raises `ValueError` for ``roles``, ``budgets`` or ``ready`` that cannot be, in a cluster of any of its sizes."""
    wrong = _wrong(scenario.roles, scenario.budgets, scenario.ready) or _of_links(scenario)
    if wrong:
        raise ValueError(f"Scenario {scenario.name!r}: {wrong}")
    try:
        for size in scenario.sizes if scenario.roles else ():
            roles_of(scenario, size)
    except ScenarioError as error:
        raise ValueError(f"{error}") from error


def _wrong(roles: object, budgets: object, ready: object) -> str | None:
    if not isinstance(roles, Mapping):
        return f"roles={roles!r:.80} is {described(roles)}, not a dict; write for instance roles={{'witness': (2,)}}"
    for role, given in roles.items():
        if not isinstance(role, str) or not role.isidentifier():
            return f"role {role!r:.80} is no name that reports could use; call it by one word, for instance 'witness'"
        if not callable(given) and not isinstance(given, tuple):
            advice = f"({given!r},)" if isinstance(given, int) else "(0, 1)"
            return (
                f"roles[{role!r}]={given!r:.80} is {described(given)}, not positions from 0, or a function of the size that "
                f"returns them; write roles={{{role!r}: {advice}}}"
            )
    if not isinstance(budgets, Mapping):
        named = next(iter(roles), "witness")
        return f"budgets={budgets!r:.80} is {described(budgets)}, not a dict; write budgets={{{named!r}: FaultBudget(...)}}"
    for role, budget in budgets.items():
        if role not in roles:
            known = f"there are {', '.join(map(str, roles))}" if roles else "there are no roles at all"
            return f"budgets has {role!r:.80}, but {known}; say in roles which positions it means, or leave it out"
        if not isinstance(budget, FaultBudget):
            return f"budgets[{role!r}]={budget!r:.80} is {described(budget)}, not a FaultBudget; write FaultBudget(crashes='none')"
    if ready is not None and not isinstance(ready, type):
        name = "Ready" if isinstance(ready, str) else type(ready).__name__
        return f"ready={ready!r:.80} is {described(ready)}, not a type of observation; write ready={name}"
    return None


def _of_links(scenario: WithRoles) -> str | None:
    """What a role's budget keeps from its links in vain: they go by the scenario's."""
    for role, budget in scenario.budgets.items() if scenario.links == "datagrams" else ():
        for word in OF_LINKS:
            if getattr(scenario.budget, word) and not getattr(budget, word):
                return (
                    f"budgets[{role!r}] has {word}=False, but what becomes of messages goes by the link and not by the node; "
                    f"leave it out there, or write budget=FaultBudget({word}=False), which is for all links"
                )
    return None


def _fixed(scenario: WithRoles, role: str, given: tuple[int, ...], size: int) -> tuple[int, ...]:
    for place in given:
        if not is_count(place, 0) or place >= size:
            raise scenario.blame(
                f"roles[{role!r}]={given!r:.80}, but a cluster of {size} has no node at position {place!r:.20}; name positions "
                "that clusters of all its sizes have, or give a function, for instance lambda size: (size - 1,)"
            )
    return given
