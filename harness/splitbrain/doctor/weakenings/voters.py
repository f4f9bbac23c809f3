"""Nodes that count one voter less: their quorums are smaller by one, so that two of them need have no node in common."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from splitbrain.doctor.weakenings.weakening import Weakening
from splitbrain.errors import ScenarioError
from splitbrain.node import DiskView, Factory, NodeId
from splitbrain.scenario import Scenario
from splitbrain.world.world import World

_ROOM = 4  # nodes, at least, for each to have a peer, and two quorums of two to have no node in common


def ignorant(factory: Factory) -> Factory:
    """A factory whose nodes know of so many peers less that a majority, of the nodes that they know, is smaller by one.

    That is one peer of an even cluster, and two of an odd one. Each knows those that come next behind it, as in a ring, so that
    no part of the cluster is a cluster by itself. Who asks it, it answers, known or not.
    """

    def make(me: NodeId, peers: tuple[NodeId, ...], disk: DiskView, **options: Any) -> Any:
        nodes = sorted((me, *peers), key=lambda name: int(name[1:]))  # n1, n2, ...
        place, size = nodes.index(me), len(nodes)
        left = max(size - 1 - (1 + size % 2), 0)
        known = {nodes[(place + 1 + step) % size] for step in range(left)}
        return factory(me, tuple(peer for peer in peers if peer in known), disk, **options)

    return make


def _ignorant(scenario: Scenario) -> Scenario:
    """In small clusters, it is alone that a node counts so; so there are larger ones as well, where the scenario bears that."""
    weak = replace(scenario, factory=ignorant(scenario.factory))
    if max(scenario.sizes) >= _ROOM:
        return weak
    larger = replace(weak, sizes=(*scenario.sizes, _ROOM))
    try:
        World(larger, _ROOM, check=False, host=scenario.host).close()
        larger.voting(_ROOM)
    except ScenarioError:
        return weak
    return larger


VOTERS = Weakening(
    name="voters",
    says="each node counts one voter less, so that a majority of those it knows is smaller by one",
    unfelt="its nodes do not go by the peers that their factory is given",
    scenario=_ignorant,
    pointless=lambda scenario: "its clusters have one node, who asks nobody" if max(scenario.sizes) == 1 else None,
)
