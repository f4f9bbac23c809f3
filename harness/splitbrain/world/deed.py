"""A deed: what one kind of action does, when it is enabled, and what the fault budget forbids of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from splitbrain.actions import Action
from splitbrain.cluster.cluster import Cluster


class Plan(msgspec.Struct, frozen=True, gc=False):
    """An action that can happen: as it will, what makes it happen, and the virtual ms before which it cannot."""

    action: Action
    happen: Callable[[], None]
    due: int = 0


def nothing(_: Cluster) -> Iterator[Action]:
    """Of a kind that is composed from others, or known to the workload alone, no single action is enabled by itself."""
    yield from ()


@dataclass(frozen=True)
class Deed:
    """One row of the world's table.

    prepare: how an action would happen; of one that comes in the midst of another, it is given the other's plan. Raises
    `NotEnabled`, with nothing changed, for what cannot happen now. enabled: every single action of
    the kind that can happen now and that the budget allows, in a fixed order. forbidden: why the budget forbids an action; None
    where it does not.
    """

    prepare: Callable[[Cluster, Any, Plan | None], Plan]
    enabled: Callable[[Cluster], Iterator[Action]] = nothing
    forbidden: Callable[[Cluster, Any], str | None] | None = None
