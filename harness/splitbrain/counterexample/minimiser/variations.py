"""Variations: schedules that are like a failing one, and perhaps fail in the same way with fewer actions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import combinations, islice

from splitbrain.actions import Action, Calm
from splitbrain.node import NodeId
from splitbrain.world.run import Setup

_MERGES = 40  # ways to make some nodes one, for each cluster size


def other_options(setup: Setup) -> Iterator[Setup]:
    """The same with one option at another value."""
    for name, values in setup.scenario.options.items():
        for value in values:
            if value != setup.options.get(name, values[0]):
                yield replace(setup, options=dict(setup.options) | {name: value})


def merged(setup: Setup, actions: Sequence[Action]) -> Iterator[tuple[Setup, list[Action]]]:
    """The same in a smaller cluster, where one node does what several did."""
    for smaller, names in groupings(setup):
        yield smaller, renamed(actions, names)


def groupings(setup: Setup) -> Iterator[tuple[Setup, dict[NodeId, NodeId]]]:
    """The smaller clusters, the smallest first, and for each node which of theirs does what it did."""
    for size in sorted(size for size in setup.scenario.sizes if size < setup.size):
        smaller = replace(setup, size=size)
        for blocks in islice(_partitions(setup.size, size), _MERGES):
            yield smaller, {node: smaller.nodes[block] for node, block in zip(setup.nodes, blocks, strict=True)}


def swapped(setup: Setup, actions: Sequence[Action]) -> Iterator[list[Action]]:
    """Two nodes change places from some action on, or in the messages of one epoch."""
    nodes = setup.nodes
    epochs = sorted({e for a in actions if (e := a.epoch) is not None})
    for one, other in combinations(nodes, 2):
        names = {node: node for node in nodes} | {one: other, other: one}
        for place in range(1, len(actions)):
            yield [*actions[:place], *renamed(actions[place:], names)]
        for epoch in epochs:
            yield [renamed([a], names)[0] if a.epoch == epoch else a for a in actions]


def exchanged(actions: Sequence[Action], place: int, action: Action) -> Iterator[tuple[int, list[Action]]]:
    """``action`` comes in at ``place``, and one of the others goes: its place, and what is left."""
    count = len(actions) - (type(actions[-1]) is Calm)
    more = [*actions[:place], action, *actions[place:]]
    for gone in range(count - 1, -1, -1):
        again = list(more)
        del again[gone + (gone >= place)]
        yield gone, again


def renamed(actions: Sequence[Action], names: Mapping[NodeId, NodeId]) -> list[Action]:
    """The same with other names of nodes."""
    return [again for action in actions if (again := action.renamed(names)) is not None]


def _partitions(count: int, blocks: int) -> Iterator[tuple[int, ...]]:
    """All ways to put ``count`` things into ``blocks`` groups, none empty: the group of each thing."""

    def further(groups: tuple[int, ...], used: int) -> Iterator[tuple[int, ...]]:
        if len(groups) == count:
            if used == blocks:
                yield groups
            return
        for group in range(min(used + 1, blocks)):
            yield from further((*groups, group), max(used, group + 1))

    return further((), 0)
