"""A pass over what becomes of connections: one that ends in place of a node, and a node in place of several that end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from splitbrain.actions import Action, Connect, Crash, Deliver, Disconnect, Restart
from splitbrain.cluster.network import DISCONNECTED
from splitbrain.counterexample.minimiser.shrinker import Shrinker
from splitbrain.node import NodeId


def plainer_connections(s: Shrinker) -> None:
    """Where links are streams: what nobody needs of them goes by itself, and what one fault can do is not done by several."""
    if s.best.setup.scenario.links != "streams":
        return
    for place in range(len(s.best.actions) - 1, -1, -1):
        if place < len(s.best.actions):
            for simpler in _simpler(s.best.actions, place, s.best.setup.nodes):
                if s.attempt("by plainer faults", simpler):
                    break


def _simpler(actions: Sequence[Action], place: int, nodes: Sequence[NodeId]) -> Iterator[list[Action]]:
    action = actions[place]
    match action:
        case Crash():  # where it only ended a connection, the node needs not have stopped: it is told of the end instead
            node = action.node
            given = [] if action.during is None else [action.during]
            for peer in nodes:
                if peer != node:
                    told = Deliver(peer, node, DISCONNECTED)
                    rest = [told if each == Restart(node) else each for each in actions[place + 1 :]]
                    yield [*actions[:place], *given, Disconnect(*sorted((node, peer), key=nodes.index)), *rest]
        case Disconnect():
            for node in action.nodes:
                for again in (False, True):
                    yield list(_stopped(actions, place, node, again))
        case _:
            return


def _stopped(actions: Sequence[Action], place: int, node: NodeId, again: bool) -> Iterator[Action]:
    """The node loses its power where its connection ends, and so do its others; ``again``: it starts before its next one begins."""
    yield from actions[:place]
    yield Crash(node)
    down = True
    for action in actions[place + 1 :]:
        if down and node in action.nodes:
            if isinstance(action, Disconnect):
                continue
            if isinstance(action, Connect) and again:
                yield Restart(node)
            down = not isinstance(action, (Connect, Restart))
        yield action
