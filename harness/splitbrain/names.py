"""Names of nodes, and others in their place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from splitbrain.node import NodeId

Names: TypeAlias = Mapping[NodeId, NodeId]  # what each node is to be called; one that is left out is there no more


def place(node: NodeId) -> tuple[int, str]:
    """Where a node stands in its cluster: n2 before n10."""
    return len(node), node


def named(value: Any, names: Names) -> Any:
    """A value with other names for the nodes in it."""
    if type(value) is dict:
        return {key: named(each, names) for key, each in value.items()}
    if type(value) in (list, tuple):
        return type(value)(named(each, names) for each in value)
    return names.get(value, value) if type(value) is str else value
