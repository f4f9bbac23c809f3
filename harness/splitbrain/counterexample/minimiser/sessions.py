"""Schedules with sessions rewritten: operations left out with all their attempts, moved to other sessions, and named anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs

from splitbrain.actions import Action, Request, Resend
from splitbrain.node import RequestId
from splitbrain.trace.saving import text_or_none
from splitbrain.world.run import Setup


def asked(actions: Sequence[Action]) -> Iterator[tuple[int, Request]]:
    """The first attempt of each operation of a session, with its place."""
    for place, action in enumerate(actions):
        request = action.input
        if isinstance(request, Request) and request.session is not None:
            yield place, request


def operations(actions: Sequence[Action]) -> dict[str, list[RequestId]]:
    """The operations of each session, in the order of their first attempts."""
    found: dict[str, list[RequestId]] = {}
    for _, request in asked(actions):
        assert request.session is not None
        found.setdefault(request.session, []).append(request.id)
    return found


def without(actions: Sequence[Action], gone: Collection[RequestId]) -> list[Action]:
    """Without these operations, and all their attempts.

    A session that went on for one that is gone goes on for whom that one went on for.
    """
    kept: list[Action] = []
    there: set[str] = set()
    before: dict[str, str | None] = {}  # whom a session that has lost its first operation went on for
    for action in actions:
        request = action.input
        if isinstance(request, (Request, Resend)) and request.id in gone:
            if isinstance(request, Request) and request.session is not None and request.session not in there:
                before.setdefault(request.session, request.replaces)
            continue
        if isinstance(request, Request) and request.session is not None:
            replaces = request.replaces
            if request.session not in there:
                replaces = replaces or before.get(request.session)
            while replaces is not None and replaces not in there:
                replaces = before.get(replaces)
            there.add(request.session)
            if replaces != request.replaces:
                action = action.with_input(structs.replace(request, replaces=replaces))
        kept.append(action)
    return kept


def asked_later(actions: Sequence[Action], operation: RequestId) -> list[Action] | None:
    """Without the first attempt of an operation: the next one is the first. None where there is no other."""
    first: Request | None = None
    again: list[Action] = []
    for action in actions:
        request = action.input
        if isinstance(request, Request) and request.id == operation and first is None:
            first = request
            continue
        if isinstance(request, Resend) and request.id == operation and first is not None:
            rest = actions[len(again) + 2 :]
            return [*again, action.with_input(structs.replace(first, node=request.node)), *rest]
        again.append(action)
    return None


def renamed(actions: Sequence[Action], owners: Mapping[RequestId, str] | None = None) -> list[Action]:
    """Sessions as s1, s2, ... in the order in which they first ask, and their operations as s1.1, s1.2, ...

    owners: who asks for an operation from now on, where that is another session.
    """
    names: dict[str, str] = {}
    ids: dict[RequestId, RequestId] = {}
    counts: Counter[str] = Counter()
    again: list[Action] = []
    for action in actions:
        request = action.input
        if isinstance(request, Request) and request.session is not None:
            session = names.setdefault((owners or {}).get(request.id, request.session), f"s{len(names) + 1}")
            counts[session] += 1
            ids[request.id] = f"{session}.{counts[session]}"
            replaces = None if counts[session] > 1 or request.replaces is None else names.get(request.replaces)
            action = action.with_input(Request(request.node, ids[request.id], request.command, session, replaces))
        elif isinstance(request, Resend) and request.id in ids:
            action = action.with_input(Resend(request.node, ids[request.id]))
        again.append(action)
    return again


def numbered(commands: Callable[[int], Any], number: int) -> tuple[Any, ...]:
    """The n-th command, as the only item; nothing, where there is none."""
    try:
        return (commands(number),)
    except (Exception, SystemExit):  # noqa: BLE001 - the user's commands may end anywhere
        return ()


def strain(setup: Setup, actions: Sequence[Action]) -> int:
    """What it takes to follow who asks what: later sessions, replacements, attempts at other nodes, and different commands."""
    weight = 0
    order: dict[str, int] = {}
    last: dict[RequestId, str] = {}
    different: set[bytes | None] = set()
    scenario = setup.scenario
    for action in actions:
        request = action.input
        if type(request) is Request and request.session is not None:
            weight += order.setdefault(request.session, len(order)) + (request.replaces is not None)
            last[request.id] = request.node
            if scenario.workload is not None:
                different.add(text_or_none(request.command))
            elif numbered(scenario.commands, len(last)) not in ((), (request.command,)):
                weight += 10
        elif type(request) is Resend:
            weight += last.get(request.id) != request.node
            last[request.id] = request.node
    return weight + len(different)
