"""Ways to cut a cluster: each is a set of directed links, as one action."""

from __future__ import annotations

from splitbrain.actions import Cut, Link
from splitbrain.dice import Dice
from splitbrain.node import NodeId


def draw_partition(dice: Dice, nodes: tuple[NodeId, ...]) -> Cut:
    """One of the families below, over nodes in random places."""
    shuffled = dice.shuffled(nodes)
    family = dice.below(6 if len(nodes) > 2 else 3)
    if family == 0:
        return isolate(shuffled)
    if family == 1:
        return one_way(shuffled, inward=dice.chance(0.5))
    if family == 2:
        return split(shuffled, dice.between(1, len(nodes) - 1))
    if family == 3:
        return split(shuffled, len(nodes) // 2)
    if family == 4:
        return bridge(shuffled)
    return majority_ring(shuffled)


def isolate(nodes: list[NodeId]) -> Cut:
    """The first node hears nobody, and nobody hears it."""
    return split(nodes, 1)


def one_way(nodes: list[NodeId], inward: bool) -> Cut:
    """The first node hears nobody (``inward``), or nobody hears it."""
    first, *others = nodes
    return Cut(tuple((other, first) if inward else (first, other) for other in others))


def split(nodes: list[NodeId], left: int) -> Cut:
    """A symmetric partition: the first ``left`` nodes against the others."""
    one, other = nodes[:left], nodes[left:]
    return Cut(_both_ways([(a, b) for a in one for b in other]))


def bridge(nodes: list[NodeId]) -> Cut:
    """Two halves that hear each other only through the first node."""
    half = (len(nodes) + 1) // 2
    return Cut(_both_ways([(a, b) for a in nodes[1:half] for b in nodes[half:]]) or split(nodes, 1).links)


def majority_ring(nodes: list[NodeId]) -> Cut:
    """Every node hears a majority, and no two the same one: each keeps the links to its neighbours on a ring."""
    size = len(nodes)
    reach = size // 4 + (size > 3)
    far = [(nodes[a], nodes[b]) for a in range(size) for b in range(a + 1, size) if min(b - a, size - (b - a)) > max(reach, 1)]
    return Cut(_both_ways(far)) if far else split(nodes, 1)


def _both_ways(pairs: list[Link]) -> tuple[Link, ...]:
    return tuple(link for a, b in pairs for link in ((a, b), (b, a)))
