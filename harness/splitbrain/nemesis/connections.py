"""Connections: whose ends, and when; and plans by which several end and begin again. Only where links are streams."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.actions import Connect, Disconnect, Link
from splitbrain.dice import Dice
from splitbrain.node import NodeId
from splitbrain.world.connections import severable
from splitbrain.world.world import World

_NEWEST = 3  # messages in flight, one of which was sent just now


def ending(world: World, dice: Dice, leader: NodeId | None) -> Link | None:
    """A connection that may end: often one on which something is in flight that was sent just now, or a leader's; else any."""
    pairs = severable(world)
    if not pairs:
        return None
    family, flight = dice.below(4), world.network.flight
    if family <= 1 and flight:
        newest = flight[len(flight) - 1 - dice.below(min(len(flight), _NEWEST))]
        likely = [pair for pair in pairs if newest.sender in pair and newest.receiver in pair]
    elif family == 2 and leader is not None:
        likely = [pair for pair in pairs if leader in pair]
    else:
        likely = []
    return dice.pick(likely or pairs)


def plan(dice: Dice, nodes: Sequence[NodeId], leader: NodeId | None) -> Sequence[Disconnect | Connect]:
    """Ends and beginnings in a row.

    One connection flaps; or all of one node's end, a leader's say, and come back in another order; or those of several nodes do.
    """
    shuffled = dice.shuffled(nodes)
    family = dice.below(3)
    if family == 0:
        one, other = _in_order(nodes, shuffled[:2])
        return [Disconnect(one, other), Connect(one, other)] * dice.between(1, 4)
    first = leader if leader is not None and dice.chance(0.6) else shuffled[0]
    centres = [first] if family == 1 else [first, *(node for node in shuffled if node != first)][: dice.between(1, len(nodes))]
    pairs = list(dict.fromkeys(_in_order(nodes, (centre, node)) for centre in centres for node in shuffled if node != centre))
    return [*(Disconnect(*pair) for pair in pairs), *(Connect(*pair) for pair in dice.shuffled(pairs))]


def _in_order(nodes: Sequence[NodeId], pair: Sequence[NodeId]) -> Link:
    """Each connection has one name: its ends in the order of the cluster."""
    one, other = sorted(pair, key=nodes.index)
    return (one, other)
