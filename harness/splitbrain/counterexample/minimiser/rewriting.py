"""Actions rewritten: what the minimiser does to them beside leaving them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import structs

from splitbrain.actions import (
    Action,
    Crash,
    Cut,
    Deliver,
    Drop,
    Duplicate,
    Mend,
    Operate,
    Request,
)
from splitbrain.counterexample.minimiser.operations import plainer_arguments
from splitbrain.counterexample.minimiser.sessions import numbered, renamed


def moved_down(action: Action, epoch: int) -> Action:
    """The action in a run without that epoch: later ones are one less."""
    match action:
        case Deliver() | Drop() | Duplicate() if action.epoch is not None and action.epoch > epoch:
            return type(action)(action.sender, action.receiver, action.kind, action.epoch - 1, action.ordinal, action.copy)
        case Crash() if isinstance(action.during, Deliver):
            inner = moved_down(action.during, epoch)
            assert isinstance(inner, Deliver)
            return action.with_input(inner)
        case _:
            return action


def plainer(
    action: Action, commands: Callable[[int], Any] | None = None, operations: Mapping[str, Any] | None = None
) -> Iterator[list[Action]]:
    """Simpler faults and inputs to try in place of this one, simplest first. commands, operations: the scenario's."""
    request = action.input
    if isinstance(request, Operate):
        for argument in plainer_arguments(request, operations or {}):
            yield [action.with_input(Operate(request.node, request.operation, argument))]
    if commands is not None and isinstance(request, Request):
        for own in own_command(request, commands):
            if own != request.command:
                yield [action.with_input(Request(request.node, request.id, own))]
    match action:
        case Crash():
            if action.during is not None:
                yield [Crash(action.node, action.keep)]
                yield [action.during]
                yield [action.during, Crash(action.node, action.keep)]
                for arrive in range(action.arrive):
                    yield [structs.replace(action, arrive=arrive)]
                for after in range(action.after):
                    yield [structs.replace(action, after=after)]
            for keep in range(action.keep):
                yield [structs.replace(action, keep=keep)]
        case Cut() | Mend() if len(action.links) > 1:
            for place in range(len(action.links)):
                yield [type(action)(action.links[:place] + action.links[place + 1 :])]
        case _:
            return


def renumbered(actions: Sequence[Action], commands: Callable[[int], Any]) -> list[Action]:
    """The client requests under the first numbers: r1, r2, ... in order, each asking for what the workload has for its number.

    Sessions are s1, s2, ..., and their requests s1.1, s1.2, ... Requests of no session that somebody named, and commands that
    somebody wrote, stay as they are.
    """
    numbers: dict[str, int] = {}
    again: list[Action] = []
    for action in actions:
        request = action.input
        if isinstance(request, Request) and _NUMBERED.fullmatch(request.id):
            number = numbers.setdefault(request.id, len(numbers) + 1)
            again_asked = Request(request.node, f"r{number}", request.command)
            if own_command(request, commands) == (request.command,):
                again_asked = Request(request.node, f"r{number}", *own_command(again_asked, commands) or (request.command,))
            action = action.with_input(again_asked)
        again.append(action)
    return renamed(again)


_NUMBERED = re.compile(r"(?:r|calm-)(\d+)")  # what searches and fair phases call theirs


def own_command(request: Request, commands: Callable[[int], Any]) -> tuple[Any, ...]:
    """What the workload has for the number of this request, as the only item; nothing, where it has nothing for it."""
    match = _NUMBERED.fullmatch(request.id)
    return () if match is None else numbered(commands, int(match[1]))
