"""Which nodes decide at all: not all do, where protocols have roles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from splitbrain.node import NodeId

# By position from 0, given the cluster size; None means every node.
Deciders: TypeAlias = Callable[[int], tuple[int, ...]] | None


def among(nodes: Sequence[NodeId], deciders: Deciders) -> Sequence[NodeId]:
    """Those of all ``nodes`` that decide."""
    return nodes if deciders is None else [nodes[place] for place in deciders(len(nodes))]
