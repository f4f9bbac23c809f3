"""The canonical form of a failing schedule: of all orders and names that mean the same, the first.

Two runs of one bug end as the same file so: actions that do not depend on each other stand in a fixed order, nodes are called
by the order in which they act, requests are r1, r2, ..., options and seeds have their first values where they do not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import Any, NamedTuple, TypeAlias, get_args

import msgspec

from splitbrain.actions import (
    Action,
    Advance,
    Calm,
    Complete,
    Connect,
    Crash,
    Cut,
    Deliver,
    Disconnect,
    Drop,
    Duplicate,
    Fire,
    Mend,
    Operate,
    Request,
    Resend,
    Restart,
)
from splitbrain.counterexample.minimiser.minimised import Cost, cost
from splitbrain.counterexample.minimiser.rewriting import renumbered
from splitbrain.counterexample.minimiser.shrinker import Shrinker
from splitbrain.events import Event, Replied, Requested
from splitbrain.node import NodeId, Refused, RequestId
from splitbrain.trace.causality import happens_before
from splitbrain.trace.saving import text_or_none
from splitbrain.world.run import Found, Setup

# What nobody has sent comes first, then what it causes; all that is not listed, in the order of the union, comes last.
_FIRST = (
    *(Fire, Request, Resend, Operate, Deliver, Complete, Restart, Crash, Duplicate, Drop, Advance),
    *(Cut, Mend, Disconnect, Connect, Calm),
)
_RANK = {kind: rank for rank, kind in enumerate(dict.fromkeys((*_FIRST, *get_args(Action))))}
_TRIES = 4  # arrangements that are run
_SEEDS = 3  # of a fair phase, to try in place of its own

Form: TypeAlias = tuple[Cost, tuple[int, ...], tuple[Any, ...]]


def form(setup: Setup, actions: Sequence[Action]) -> Form:
    """Less is better: first `cost`, then options and seed at their first values, then the order of the actions."""
    places = {node: place for place, node in enumerate(setup.nodes)}
    return (cost(setup, actions), _ranks(setup), tuple(_rank(action, places) for action in actions))


def _ranks(setup: Setup) -> tuple[int, ...]:
    ranks = [_place(values, setup.options.get(name, values[0])) for name, values in setup.scenario.options.items()]
    return (*ranks, setup.seed)


def _place(values: Sequence[Any], value: Any) -> int:
    return values.index(value) if value in values else len(values)


class _Rank(NamedTuple):
    """Where an action would best stand: by whose turn it is, for a node does all it can before the next one's turn; then by what.

    kind: of the action, and of the input that it gives. details: of that input, alike in shape where the kinds are equal. crash: of
    a crash, what survives it, after how many effects it comes, and how many messages arrive.
    """

    turn: int
    kind: tuple[int, int]
    details: tuple[Any, ...]
    crash: tuple[int, ...]


def _rank(action: Action, places: Mapping[NodeId, int]) -> _Rank:
    return _Rank(
        len(places) if action.turn is None else places.get(action.turn, -1),
        (_RANK[type(action)], _RANK[type(action.input)]),
        _details(action.input, places),
        (action.keep, action.after, action.arrive) if isinstance(action, Crash) else (),
    )


def _details(action: Action, places: Mapping[NodeId, int]) -> tuple[Any, ...]:
    match action:
        case Deliver() | Drop() | Duplicate():
            epoch = -1 if action.epoch is None else action.epoch
            ends = places.get(action.sender, -1), places.get(action.receiver, -1)
            return (*ends, epoch, action.kind, action.ordinal, action.copy)
        case Fire():
            return (action.timer,)
        case Request() if action.session is not None:
            written = text_or_none(action.command) or b""
            return (len(action.id), action.id, len(written), written)
        case Request() | Resend():
            return (len(action.id), action.id)
        case Operate():
            written = text_or_none(action.argument) or b""
            return (action.operation, len(written), written)
        case Disconnect() | Connect():
            return (places.get(action.one, -1), places.get(action.other, -1))
        case Cut() | Mend():
            return tuple((places.get(a, -1), places.get(b, -1)) for a, b in action.links)
        case Calm():
            return (-len(action.core), tuple(places.get(each, -1) for each in action.core), action.seed, action.bound)
        case _:
            return ()


def plain_setup(s: Shrinker) -> None:
    """Options and seeds at their first values, where the same breaks in the same way and at no greater length."""
    for name, values in s.best.setup.scenario.options.items():
        for value in values[: _place(values, s.best.setup.options.get(name, values[0]))]:
            if _simpler(s, s.best.actions, replace(s.best.setup, options=dict(s.best.setup.options) | {name: value})):
                break
    if s.best.setup.seed:
        _simpler(s, s.best.actions, replace(s.best.setup, seed=0))
    *before, last = s.best.actions
    if isinstance(last, Calm):
        for core in dict.fromkeys((s.best.setup.nodes, last.core)):
            for seed in dict.fromkeys((*range(min(_SEEDS, last.seed)), last.seed)):
                if _simpler(s, [*before, Calm(core, seed, last.bound)], s.best.setup):
                    return


def _simpler(s: Shrinker, actions: Sequence[Action], setup: Setup) -> bool:
    if form(setup, actions) >= form(s.best.setup, s.best.actions):
        return False
    found = s.failing(actions, setup)
    return found is not None and improve(s, "by canonical order", found)


def improve(s: Shrinker, what: str, found: Found) -> bool:
    """Keep what fails in the same way and has a smaller form."""
    if not s.may_keep(found) or form(found.setup, found.actions) >= form(s.best.setup, s.best.actions):
        return False
    s.replace(what, found)
    return True


def arrange(s: Shrinker, setup: Setup, actions: Sequence[Action]) -> tuple[bool, Setup, tuple[Action, ...]]:
    """Put a failing schedule, the best or one as short, into canonical order and names.

    Returns whether that is now the best, and what it is.
    """
    traced = s.trace(setup, actions)
    actions = tuple(actions)
    for again in _arrangements(setup, actions, traced.events):
        if tuple(again) == actions:
            break
        found = s.failing(again, setup)
        if found is not None and len(found.actions) <= len(actions):
            return improve(s, "by canonical order", found), setup, found.actions
    return False, setup, actions


def _arrangements(setup: Setup, actions: tuple[Action, ...], events: Sequence[Event]) -> Iterator[Sequence[Action]]:
    """What is worth trying, the best first: a few, each in an order that should mean the same.

    Where connections end or begin, first as if all nodes were told of that, and then for nodes that are not.
    """
    nodes, commands, streams = setup.nodes, setup.scenario.commands, setup.scenario.links == "streams"
    for told in (True, False) if any(isinstance(action, (Disconnect, Connect)) for action in actions) else (True,):
        before = dependencies(actions, events, streams, told)
        forms = [(form(setup, actions), list(actions))]
        for names in _namings(nodes, actions):
            again = [r for action in actions if (r := action.renamed(names)) is not None]
            again = renumbered(_ordered(again, before, nodes), commands)
            forms.append((form(setup, again), again))
        forms.sort(key=lambda each: each[0])
        yield from (again for _, again in forms[:_TRIES])
        yield renumbered(_ordered(actions, before, nodes), commands)


def dependencies(actions: Sequence[Action], events: Sequence[Event], streams: bool = False, told: bool = True) -> list[set[int]]:
    """For each action, by place, those that must stay before it: what happened before, on its node or by message.

    Faults of the whole cluster stay where they are; crashes, restarts and what becomes of connections stay in order, for a budget
    may count the ones, and the others go by them. On streams, what arrives on a connection stays before that ends. A node that is
    told of its connections goes by that; what one does that is not ``told`` stays before or after what becomes of its connections.
    The last action, which completes the violation, stays last. What a session asks stays after all that clients were told before.
    """
    graph = happens_before(events)
    before: list[set[int]] = []
    for step in range(1, len(actions) + 1):
        causes = graph.predecessors(step) if step in graph else ()
        before.append({cause - 1 for cause in causes if cause > 0})  # what starts the cluster is no action
    for later, action in enumerate(actions):
        if later == len(actions) - 1 or not action.nodes:
            before[later].update(range(later))
        if not action.nodes:
            for place in range(later + 1, len(actions)):
                before[place].add(later)
    lives = [place for place, action in enumerate(actions) if isinstance(action, (Crash, Restart, Disconnect, Connect))]
    for one, other in pairwise(lives):
        before[other].add(one)
    for place, causes in _told_before(events):
        before[place].update(causes)
    for one, other in _arrivals(actions) if streams else ():
        before[other].add(one)
    for one, other in () if told else _at_the_ends(actions):
        before[other].add(one)
    return before


def _arrivals(actions: Sequence[Action]) -> Iterator[tuple[int, int]]:
    """What arrives on a connection, and what ends that later; pairs of places."""
    arrived: list[tuple[int, tuple[NodeId, NodeId]]] = []
    for place, action in enumerate(actions):
        match action:
            case Crash():
                yield from ((earlier, place) for earlier, ends in arrived if action.node in ends)
            case Disconnect():
                yield from ((earlier, place) for earlier, ends in arrived if action.one in ends and action.other in ends)
            case _:
                pass
        if isinstance(action.input, Deliver):
            arrived.append((place, action.input.nodes))  # type: ignore[arg-type]


def _at_the_ends(actions: Sequence[Action]) -> Iterator[tuple[int, int]]:
    """What the ends of a connection do before it ends or begins, and after; pairs of places."""
    last: dict[NodeId, int] = {}  # of each node, what it did last, or what became of a connection of its
    changed: dict[NodeId, int] = {}
    for place, action in enumerate(actions):
        ends = action.nodes if isinstance(action, (Disconnect, Connect)) else ()
        for node in ends:
            if node in last:
                yield last[node], place
            last[node] = changed[node] = place
        actor = action.actor
        if actor is not None:
            if actor in changed:
                yield changed[actor], place
            last[actor] = place


def _told_before(events: Sequence[Event]) -> Iterator[tuple[int, set[int]]]:
    """For each action by which a session begins an operation, by place: all by which clients had their answers before it.

    So an operation that precedes another one still does; of two that are concurrent, one may come to precede the other.
    """
    told: set[int] = set()
    waiting: dict[RequestId, bool] = {}
    for event in events:
        if isinstance(event, Requested) and event.session is not None and event.request not in waiting:
            waiting[event.request] = True
            yield event.step - 1, told - {event.step - 1}
        elif isinstance(event, Replied) and waiting.get(event.request) and not isinstance(event.result, Refused):
            waiting[event.request] = False
            told.add(event.step - 1)


def _ordered(actions: Sequence[Action], before: Sequence[set[int]], nodes: Sequence[NodeId]) -> list[Action]:
    """The first of all orders that keep what must stay before what."""
    places = {node: place for place, node in enumerate(nodes)}
    ranks = [_rank(action, places) for action in actions]
    waits = [len(each) for each in before]
    after: list[list[int]] = [[] for _ in actions]
    for place, causes in enumerate(before):
        for cause in causes:
            after[cause].append(place)
    ready = [(ranks[place], place) for place, count in enumerate(waits) if count == 0]
    heapify(ready)
    order: list[Action] = []
    while ready:
        _, place = heappop(ready)
        order.append(actions[place])
        for later in after[place]:
            waits[later] -= 1
            if waits[later] == 0:
                heappush(ready, (ranks[later], later))
    return _copies_in_order(order)


def _copies_in_order(actions: Sequence[Action]) -> list[Action]:
    """Of a message and its copies, the original arrives first."""
    arrive: dict[Action, list[int]] = {}
    for action in actions:
        inner = action.input
        if isinstance(inner, Deliver):
            arrive.setdefault(msgspec.structs.replace(inner, copy=0), []).append(inner.copy)
    for copies in arrive.values():
        copies.sort(reverse=True)
    again: list[Action] = []
    for action in actions:
        inner = action.input
        if isinstance(inner, Deliver):
            inner = msgspec.structs.replace(inner, copy=arrive[msgspec.structs.replace(inner, copy=0)].pop())
            action = action.with_input(inner)
        again.append(action)
    return again


def _namings(nodes: Sequence[NodeId], actions: Sequence[Action]) -> Iterator[dict[NodeId, NodeId]]:
    """New names: any two nodes come first, the others in the order in which they appear; and the old names."""
    seen = dict.fromkeys(node for action in actions for node in reversed(action.nodes))
    appear = [*seen, *(node for node in nodes if node not in seen)]
    for first in appear:
        rest = [node for node in appear if node != first]
        for second in rest:
            yield dict(zip((first, second, *(node for node in rest if node != second)), nodes, strict=True))
    if len(nodes) == 1:
        yield {nodes[0]: nodes[0]}
