"""Concurrent histories whose verdict is known: of a store that does each operation at one instant between its call and its return.

They are linearizable by construction. An operation of unknown outcome happens, or does not, with even odds, and perhaps long after
its client went on under a new name. `spoil` makes one wrong, in ways that are wrong whatever became of those.
"""

# ruff: noqa: ARG001 - services, and ways to be wrong, are each asked alike

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from splitbrain.dice import Dice
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import MODELS
from splitbrain.trace.history import Attempt, Operation

THINKS, TAKES, LATE, GIVES_UP = 50, 200, 10_000, 1_000  # moments
FEW = 5  # values, where they are not unique


class Keyed(Model):
    """Many of a model that knows no keys: a command says first of which it is."""

    def __init__(self, inner: Model) -> None:
        self._inner, self.initial = inner, inner.initial

    def key(self, command: Any) -> Any:
        return command[0]

    def step(self, state: Any, command: Any, result: Any) -> Any:
        return self._inner.step(state, command[1], result)

    def wants(self, command: Any, result: Any) -> Any:
        return [(is_near, lambda other, helps=helps: helps(other[1])) for is_near, helps in self._inner.wants(command[1], result)]


class Mixed(Model):
    """A number that all that was ever added decides, in its order: no two orders come to the same."""

    initial = 1

    def key(self, command: Any) -> Any:
        return command[1]

    def step(self, state: Any, command: Any, result: Any) -> Any:
        if command[0] == "mix":
            return (state * 31 + command[2]) % 1_000_000_007
        return state if result in (UNKNOWN, state) else None


class Service(NamedTuple):
    """What is asked: ``draw(dice, number, key, state)``. What is answered: ``answer(state, command)``. Never: ``wrong``."""

    model: Callable[[], Model]
    draw: Callable[[Dice, int, str, Any], Any]
    answer: Callable[[Any, Any], Any]
    wrong: Any


def _unique(dice: Dice, number: int, key: str, state: Any) -> Any:
    return ("get", key) if dice.chance(0.5) else ("put", key, number)


def _few(dice: Dice, number: int, key: str, state: Any) -> Any:
    new = 1 + dice.below(FEW)
    # A cas expects what is there now in two cases of three, so that some succeed and some fail.
    old = state[0] if dice.chance(0.67) else 1 + dice.below(FEW)
    return dice.pick((("get", key), ("put", key, new), ("cas", key, old, new)))


def _register(state: Any, command: Any) -> Any:
    return {"get": state[0], "put": True}.get(command[0], state[0] == command[2] if command[0] == "cas" else None)


def _text(dice: Dice, number: int, key: str, state: Any) -> Any:
    return ("get", key) if dice.chance(0.5) else ("append", key, "abcde"[dice.below(FEW)])


def _queue(dice: Dice, number: int, key: str, state: Any) -> Any:
    return (key, ("enqueue", 1 + dice.below(FEW)) if dice.chance(0.4) else ("dequeue",))


def _long(dice: Dice, number: int, key: str, state: Any) -> Any:
    return (key, ("enqueue", 1 + dice.below(FEW)) if dice.chance(0.5) else ("dequeue",))


def _head(state: Any, command: Any) -> Any:
    return True if command[1][0] == "enqueue" else state[0] if state else None


def _set(dice: Dice, number: int, key: str, state: Any) -> Any:
    name = dice.pick(("add", "remove", "contains"))
    return (key, (name, dice.below(FEW)))


def _counter(dice: Dice, number: int, key: str, state: Any) -> Any:
    return (key, ("add", dice.below(FEW)) if dice.chance(0.5) else ("read",))


def _lock(dice: Dice, number: int, key: str, state: Any) -> Any:
    return (key, (dice.pick(("acquire", "release")),))


def _mix(dice: Dice, number: int, key: str, state: Any) -> Any:
    return ("get", key) if dice.chance(0.5) else ("mix", key, dice.below(FEW))


SERVICES = {
    "mixed": Service(Mixed, _mix, lambda state, command: state if command[0] == "get" else True, -7),
    "unique": Service(MODELS["register"], _unique, _register, -7),
    "cas": Service(MODELS["register"], _few, _register, -7),
    "kv-append": Service(MODELS["kv-append"], _text, lambda state, command: state if command[0] == "get" else True, "?"),
    "queue": Service(lambda: Keyed(MODELS["queue"]()), _queue, _head, -7),
    "long queue": Service(lambda: Keyed(MODELS["queue"]()), _long, _head, -7),  # what was enqueued is found much later
    "set": Service(
        lambda: Keyed(MODELS["set"]()), _set, lambda state, command: command[1][0] != "contains" or command[1][1] in state, None
    ),
    "counter": Service(
        lambda: Keyed(MODELS["counter"]()), _counter, lambda state, command: state if command[1][0] == "read" else True, -7
    ),
    "lock": Service(lambda: Keyed(MODELS["lock"]()), _lock, lambda state, command: state is (command[1][0] == "release"), None),
}


class Simulated(NamedTuple):
    """Operations in the order of their calls; and when each of them that happens does."""

    operations: list[Operation]
    instants: dict[Operation, int]


def simulate(seed: str, service: Service, *, operations: int, clients: int, keys: int, unknown: float = 0.0) -> Simulated:
    dice, model = Dice(seed), service.model()
    free = [(0, client) for client in range(clients)]
    names = list(range(clients))
    fresh = clients
    happening: list[tuple[int, int, Operation, str]] = []
    never: list[tuple[int, Operation, str]] = []
    history = []
    for number in range(operations):
        at, client = heapq.heappop(free)
        called = at + 1 + dice.below(THINKS)
        took = 2 + int(TAKES * dice.roll() * dice.roll() * 4)
        key = f"k{dice.below(keys)}"
        operation = Operation(str(number), f"c{names[client]}", None, called, [Attempt("n1", number)])
        history.append(operation)
        if dice.chance(unknown):
            if dice.chance(0.5):
                happening.append((called + 1 + dice.below(LATE), number, operation, key))
            else:
                never.append((number, operation, key))
            names[client], fresh = fresh, fresh + 1
            took = GIVES_UP
        else:
            operation.returned = called + took
            happening.append((called + 1 + dice.below(took - 1), number, operation, key))
        heapq.heappush(free, (called + took, client))
    states: dict[str, Any] = defaultdict(lambda: model.initial)
    for _, number, operation, key in sorted(happening, key=lambda each: each[:2]):
        state = states[key]
        operation.command = service.draw(dice, number, key, state)
        result = service.answer(state, operation.command)
        after = model.step(state, operation.command, result)
        assert after is not None or operation.command[-1] in (("acquire",), ("release",)), (state, operation.command, result)
        states[key] = state if after is None else after
        if operation.returned is not None:
            operation.result = result
    for number, operation, key in never:
        operation.command = service.draw(dice, number, key, model.initial)
    return Simulated(sorted(history, key=lambda each: each.called), {each: at for at, _, each, _ in happening})


# What makes one wrong


def spoil(simulated: Simulated, how: str, service: Service, where: float = 0.9) -> None:
    """Make it wrong, at about ``where`` of it."""
    history = simulated.operations
    answered = [each for each in history if each.returned is not None]
    start = int(len(answered) * where)
    order = answered[start:] + answered[:start][::-1]
    if how == "never-read":
        reads = (each for each in order if each.result is not True and each.result is not False)
        next(reads).result = service.wrong
        return
    puts = defaultdict(list)
    for each in history:
        if each.command[0] == "put":
            puts[each.command[1]].append(each)
    if not any(WAYS[how](each, puts[each.command[1]], answered, simulated.instants) for each in order):
        raise ValueError(f"no place for {how}")


def _stale(
    get: Operation, puts: list[Operation], answered: list[Operation], instants: dict[Operation, int], *, first: bool = False
) -> bool:
    """It finds what had been overwritten before it was called; by the one before it, or the very first."""
    before = [each for each in puts if each.returned is not None and each.returned < get.called]
    if get.command[0] != "get" or not before:
        return False
    newer = max(before, key=lambda each: each.called)
    older = [each for each in before if each.returned is not None and each.returned < newer.called]
    if older:
        get.result = (older[0] if first else older[-1]).command[2]
    return bool(older)


def _first(get: Operation, *others: Any) -> bool:
    return _stale(get, *others, first=True)


def _future(get: Operation, puts: list[Operation], *others: Any) -> bool:
    """It finds what somebody asks to put only after it has returned."""
    later = [each for each in puts if get.returned is not None and each.called > get.returned]
    if get.command[0] != "get" or not later:
        return False
    get.result = later[0].command[2]
    return True


def _lost(put: Operation, puts: list[Operation], answered: list[Operation], instants: dict[Operation, int]) -> bool:
    """It was acknowledged, and whoever should have found it finds the one before."""
    if put.command[0] != "put":
        return False
    saw = [each for each in answered if each.command == ("get", put.command[1]) and each.result == put.command[2]]
    saw = [each for each in saw if each.called > put.returned]
    before = [each for each in puts if each.returned is not None and each.returned < put.called]
    if not saw or not before:
        return False
    older = max(before, key=instants.__getitem__)
    for get in saw:
        get.result = older.command[2]
    return True


WAYS: dict[str, Callable[..., bool]] = {"stale-read": _stale, "first-read": _first, "future-read": _future, "lost-write": _lost}
