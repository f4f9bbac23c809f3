"""Actions rewritten: what the minimiser does to them beside leaving them out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, assert_never

import msgspec

from harness.actions import (
    Action,
    Advance,
    Calm,
    Complete,
    Crash,
    Cut,
    Deliver,
    Drop,
    Duplicate,
    Fire,
    Input,
    Mend,
    Request,
    Restart,
    input_of,
)
from harness.node import NodeId


def nodes_of(action: Action) -> tuple[NodeId, ...]:
    """The nodes that the action is about; none for what concerns the whole cluster."""
    match action:
        case Deliver() | Drop() | Duplicate():
            return (action.sender, action.receiver)
        case Fire() | Request() | Restart() | Crash() | Complete():
            return (action.node,)
        case Cut() | Mend() | Advance() | Calm():
            return ()
        case _:
            assert_never(action)


def epoch_of(action: Action) -> int | None:
    """The term or ballot round of the message that the action is about, if it is about one."""
    match action:
        case Deliver() | Drop() | Duplicate():
            return action.epoch
        case Crash() if action.during is not None:
            return epoch_of(action.during)
        case _:
            return None


def moved_down(action: Action, epoch: int) -> Action:
    """The action in a run without that epoch: later ones are one less."""
    match action:
        case Deliver() | Drop() | Duplicate() if action.epoch is not None and action.epoch > epoch:
            return type(action)(action.sender, action.receiver, action.kind, action.epoch - 1, action.ordinal, action.copy)
        case Crash() if isinstance(action.during, Deliver):
            inner = moved_down(action.during, epoch)
            assert isinstance(inner, Deliver)
            return Crash(action.node, action.keep, inner, action.after)
        case _:
            return action


def renamed(action: Action, names: Mapping[NodeId, NodeId]) -> Action | None:
    """The action in a cluster with other names; None when it is about a node that has none."""
    if any(node not in names for node in nodes_of(action)):
        return None
    match action:
        case Deliver() | Drop() | Duplicate():
            sender, receiver = names[action.sender], names[action.receiver]
            return type(action)(sender, receiver, action.kind, action.epoch, action.ordinal, action.copy)
        case Cut() | Mend():
            links = tuple((names[a], names[b]) for a, b in action.links if a in names and b in names)
            return type(action)(links) if links else None
        case Crash():
            return Crash(names[action.node], action.keep, _renamed_input(action.during, names), action.after)
        case Fire():
            return Fire(names[action.node], action.timer)
        case Request():
            return Request(names[action.node], action.id, action.command)
        case Restart() | Complete():
            return type(action)(names[action.node])
        case Calm():
            core = {names[node] for node in action.core if node in names}
            return Calm(tuple(sorted(core, key=lambda node: (len(node), node))), action.seed, action.bound)
        case Advance():
            return action
        case _:
            assert_never(action)


def _renamed_input(action: Input | None, names: Mapping[NodeId, NodeId]) -> Input | None:
    again = None if action is None else renamed(action, names)
    assert again is None or isinstance(again, (Deliver, Fire, Request, Restart, Complete))
    return again


def plainer(action: Action, commands: Callable[[int], Any] | None = None) -> Iterator[list[Action]]:
    """Simpler faults and requests to try in place of this one, simplest first. commands: the workload's."""
    request = input_of(action)
    if commands is not None and isinstance(request, Request):
        for own in own_command(request, commands):
            if own != request.command:
                yield [_asking(action, Request(request.node, request.id, own))]
    match action:
        case Crash():
            if action.during is not None:
                yield [Crash(action.node, action.keep)]
                yield [action.during]
                yield [action.during, Crash(action.node, action.keep)]
                for after in range(action.after):
                    yield [Crash(action.node, action.keep, action.during, after)]
            for keep in range(action.keep):
                yield [Crash(action.node, keep, action.during, action.after)]
        case Cut() | Mend() if len(action.links) > 1:
            for place in range(len(action.links)):
                yield [type(action)(action.links[:place] + action.links[place + 1 :])]
        case _:
            return


def renumbered(actions: Sequence[Action], commands: Callable[[int], Any]) -> list[Action]:
    """The client requests under the first numbers: r1, r2, ... in order, each asking for what the workload has for its number.

    Requests that somebody named, and commands that somebody wrote, stay as they are.
    """
    numbers: dict[str, int] = {}
    again: list[Action] = []
    for action in actions:
        request = input_of(action)
        if isinstance(request, Request) and _NUMBERED.fullmatch(request.id):
            number = numbers.setdefault(request.id, len(numbers) + 1)
            again_asked = Request(request.node, f"r{number}", request.command)
            if own_command(request, commands) == (request.command,):
                again_asked = Request(request.node, f"r{number}", *own_command(again_asked, commands) or (request.command,))
            action = _asking(action, again_asked)
        again.append(action)
    return again


_NUMBERED = re.compile(r"(?:r|calm-)(\d+)")  # what searches and fair phases call theirs


def own_command(request: Request, commands: Callable[[int], Any]) -> tuple[Any, ...]:
    """What the workload has for the number of this request, as the only item; nothing, where it has nothing for it."""
    match = _NUMBERED.fullmatch(request.id)
    if match is None:
        return ()
    try:
        return (commands(int(match[1])),)
    except Exception:  # noqa: BLE001 - the user's workload may end anywhere
        return ()


def _asking(action: Action, request: Request) -> Action:
    return msgspec.structs.replace(action, during=request) if isinstance(action, Crash) else request
