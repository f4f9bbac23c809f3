"""Outages: a node that loses its power and starts again does in a smaller cluster what several did, or what took many messages.

What a client sees of either is much the same: whoever answers next knows what is durable, and no more. A node of a smaller cluster
may answer sooner, and so it also loses its power while it is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from splitbrain.actions import Action, Crash, Deliver, Fire, Request, Resend, Restart
from splitbrain.counterexample.minimiser.variations import groupings, other_options, renamed
from splitbrain.node import NodeId
from splitbrain.world.run import Setup

_ASKED = (Request, Resend)
_OWN = (Fire, *_ASKED)  # what begins something at a node
_EFFECTS, _KEPT = 5, 3  # of a request, after which the power goes; and what survives an outage

_Variant: TypeAlias = tuple[Setup, list[Action]]


def outages(setup: Setup, actions: Sequence[Action]) -> Iterator[_Variant]:
    """The same in smaller clusters: with an outage where one node hands over to another, with one at any place, and with two.

    Where the outages stand is tried anew, also with another option: those of the schedule go, but for the first of these three.
    """
    for smaller, names in groupings(setup):
        yield smaller, _handed_over(actions, names)
    for outage in (_before_asked, _while_asked, _two):
        for like in (setup, *other_options(setup)):
            for smaller, names in groupings(like):
                for again in outage(_without_outages(renamed(actions, names))):
                    yield smaller, again


def _handed_over(actions: Sequence[Action], names: Mapping[NodeId, NodeId]) -> list[Action]:
    played: dict[NodeId, NodeId] = {}  # of each node that is left, which one it was last
    again: list[Action] = []
    for action in actions:
        actor = action.actor
        if actor is not None and type(action) in _OWN:
            node = names[actor]
            if played.setdefault(node, actor) != actor:
                outage = _outage(again, Crash(node))
                again += outage[:2] if type(action) is Fire else outage
            played[node] = actor
        again += renamed([action], names)
    return again


def _without_outages(actions: Sequence[Action]) -> list[Action]:
    """Without what a node sends to itself, either: of several that are one now, none waits for another."""
    inputs = [action.input for action in actions]
    return [
        each
        for each in inputs
        if not isinstance(each, (Crash, Restart)) and not (isinstance(each, Deliver) and each.sender == each.receiver)
    ]


def _before_asked(actions: Sequence[Action]) -> Iterator[list[Action]]:
    """Whoever is asked may have done nothing yet since it started again: it follows, say, or leads anew."""
    for place, outage in _idle(actions):
        yield [*actions[:place], *outage[:2], *actions[place:]]
        yield [*actions[:place], *outage, *actions[place:]]


def _while_asked(actions: Sequence[Action]) -> Iterator[list[Action]]:
    return (again for _, again in _lost(actions))


def _two(actions: Sequence[Action]) -> Iterator[list[Action]]:
    """One while it is asked, and one before it is asked again, or for something else."""
    for behind, again in _lost(actions):
        for place, outage in _idle(again, behind):
            yield [*again[:place], *outage, *again[place:]]


def _idle(actions: Sequence[Action], start: int = 0) -> Iterator[tuple[int, list[Action]]]:
    """Outages that may come in before a client asks, and where."""
    for place in range(start, len(actions)):
        action = actions[place]
        if isinstance(action, _ASKED):
            for keep in range(_KEPT):
                yield place, _outage(actions[:place], Crash(action.node, keep))


def _lost(actions: Sequence[Action]) -> Iterator[tuple[int, list[Action]]]:
    """With an outage while a client asks; and the place behind it."""
    for place, action in enumerate(actions):
        if isinstance(action, _ASKED):
            for after in range(_EFFECTS):
                for keep in range(_KEPT):
                    outage = _outage(actions[:place], Crash(action.node, keep, action, after))
                    yield place + len(outage), [*actions[:place], *outage, *actions[place + 1 :]]


def _outage(before: Sequence[Action], crash: Crash) -> list[Action]:
    """Then the node does again what it did last of itself: it is elected, say."""
    again = [action for action in before if isinstance(action, Fire) and action.node == crash.node][-1:]
    return [crash, Restart(crash.node), *again]
