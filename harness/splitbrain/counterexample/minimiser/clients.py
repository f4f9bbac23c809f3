"""Passes over what clients do: whole sessions and operations left out, fewer sessions, plainer attempts, plainer commands.

Where there are no sessions, they do nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

from msgspec import structs

from splitbrain.actions import Action, Request, Resend
from splitbrain.counterexample.minimiser.canonical import form, improve
from splitbrain.counterexample.minimiser.sessions import asked, asked_later, numbered, operations, renamed, without
from splitbrain.counterexample.minimiser.shrinker import Shrinker
from splitbrain.node import RequestId
from splitbrain.trace.saving import text_or_none

_CANDIDATES = 8  # commands to try in place of one
_TRADES = 400  # runs for that where an operation goes


def leave_out_clients(s: Shrinker) -> None:
    """A whole session; an operation, with all its attempts; a first attempt, where there is another one."""
    for session in operations(s.best.actions):
        s.attempt("of one session", without(s.best.actions, operations(s.best.actions).get(session, ())))
    for ids in reversed(operations(s.best.actions).values()):
        for operation in reversed(ids):
            s.attempt("of one operation", without(s.best.actions, (operation,)))
    for session in operations(s.best.actions):
        for operation in operations(s.best.actions).get(session, ()):
            while (later := asked_later(s.best.actions, operation)) is not None:
                if not s.attempt("of first attempts", later):
                    break


def plainer_clients(s: Shrinker) -> None:
    """Operations of earlier sessions, none that go on for others, attempts at the same node, the numbered commands."""
    if not operations(s.best.actions):
        return
    _fewer_sessions(s)
    for place in range(len(s.best.actions) - 1, -1, -1):
        if place < len(s.best.actions):
            for simpler in _plainer(s, place):
                if s.attempt("by plainer actions", simpler):
                    break


def _fewer_sessions(s: Shrinker) -> None:
    """Whatever helps changes the names, and so all is looked at anew."""
    while any(s.attempt("by fewer sessions", renamed(s.best.actions, owners)) for owners in _movings(s.best.actions)):
        pass


def _movings(actions: Sequence[Action]) -> Iterator[dict[RequestId, str]]:
    """All operations of a session, or one of them, to one of the sessions before it."""
    sessions = operations(actions)
    for place, ids in enumerate(sessions.values()):
        for moved in (ids, *([each] for each in ids if len(ids) > 1)):
            for earlier in list(sessions)[:place]:
                yield dict.fromkeys(moved, earlier)


def _plainer(s: Shrinker, place: int) -> Iterator[list[Action]]:
    actions = s.best.actions
    request = actions[place].input
    if isinstance(request, Resend):
        before = [each.input for each in actions[:place]]
        nodes = [each.node for each in before if isinstance(each, (Request, Resend)) and each.id == request.id]
        if nodes and nodes[-1] != request.node:
            yield _with(actions, place, Resend(nodes[-1], request.id))
    elif isinstance(request, Request) and request.session is not None:
        if request.replaces is not None:
            yield _with(actions, place, structs.replace(request, replaces=None))
        scenario = s.best.setup.scenario
        if scenario.workload is None:
            for own in numbered(scenario.commands, 1 + sum(1 for _ in asked(actions[:place]))):
                if own != request.command:
                    yield _with(actions, place, structs.replace(request, command=own))


def plain_commands(s: Shrinker) -> None:
    """What somebody else asks for, in place of what is asked; else what comes first of all that stood in the schedule.

    A command stands in the result no more often than in what was to be minimised: who draws values that are all different, asks
    for none of them twice.
    """
    if s.best.setup.scenario.workload is None:
        return
    for place, _ in list(asked(s.best.actions)):
        for command in _candidates(s, place):
            actions = s.best.actions
            request = actions[place].input
            assert isinstance(request, Request)
            again = _with(actions, place, structs.replace(request, command=command))
            if form(s.best.setup, again) < form(s.best.setup, actions):
                found = s.failing(again)
                if found is not None and len(found.actions) == len(actions) and improve(s, "by plainer actions", found):
                    break


def without_one_for_others(s: Shrinker) -> None:
    """An operation goes, and one or two others ask for something else: what they asked for may be of use only after it."""
    if s.best.setup.scenario.workload is None:
        return None
    runs = s.budget.runs + _TRADES
    for ids in operations(s.best.actions).values():
        for operation in reversed(ids):
            for again in _trades(s, operation):
                if s.budget.runs > runs:
                    return None
                if s.attempt("of one operation", again):
                    return without_one_for_others(s)
    return None


def _trades(s: Shrinker, operation: RequestId) -> Iterator[list[Action]]:
    rest = without(s.best.actions, (operation,))
    free = _free(s, rest)
    left = list(asked(rest))
    alike = {place: [each for each in free if _alike(each, request.command)][:_CANDIDATES] for place, request in left}

    def trade(actions: list[Action], place: int, command: Any) -> list[Action]:
        request = actions[place].input
        assert isinstance(request, Request)
        return _with(actions, place, structs.replace(request, command=command))

    for place, _ in left:
        for command in alike[place]:
            yield trade(rest, place, command)
    for (place, _), (other, _) in combinations(left, 2):
        for command, another in product(alike[place], alike[other]):
            if command is not another:
                yield trade(trade(rest, place, command), other, another)


def _alike(one: Any, other: Any) -> bool:
    """Whether two commands ask for the same kind of thing, of the same key, as far as one can tell."""
    if isinstance(one, (tuple, list)) and isinstance(other, (tuple, list)):
        return len(one) == len(other) and list(one[:2]) == list(other[:2])
    return type(one) is type(other)


def _free(s: Shrinker, actions: Sequence[Action]) -> list[Any]:
    """What stood in the schedule more often than it does in this one, the shortest text first."""
    stood, used = _commands(s.original), _commands(actions)
    pool = {text: each.command for _, each in asked(s.original) if (text := text_or_none(each.command)) is not None}
    return [pool[text] for text in sorted(pool, key=lambda text: (len(text), text)) if used[text] < stood[text]]


def _candidates(s: Shrinker, place: int) -> list[Any]:
    """Plainer commands for a request: those of others first, then by the length of their text."""
    here = [each for other, each in asked(s.best.actions) if other != place]
    others = {text_or_none(each.command) for each in here}
    free = sorted(_free(s, s.best.actions), key=lambda command: text_or_none(command) not in others)
    return free[:_CANDIDATES]


def _commands(actions: Sequence[Action]) -> Counter[bytes]:
    return Counter(text for _, each in asked(actions) if (text := text_or_none(each.command)) is not None)


def _with(actions: Sequence[Action], place: int, given: Request | Resend) -> list[Action]:
    return [*actions[:place], actions[place].with_input(given), *actions[place + 1 :]]
