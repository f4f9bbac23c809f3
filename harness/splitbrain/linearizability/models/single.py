"""Models of one thing: a queue, a set, a counter, a lock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from splitbrain.linearizability.model import UNKNOWN, Want
from splitbrain.linearizability.models.shipped import NEVER, Shipped, done
from splitbrain.linearizability.values import canonical


class Queue(Shipped):
    """One queue, first in, first out: ``("enqueue", value)`` and ``("dequeue",)``, which finds the value, or None in an empty one.

    initial: what is in it before all, the oldest first.

        {"op": "enqueue", "value": 1}
        {"op": "dequeue", "found": 1}
    """

    noun = "queue"
    knows = "enqueue and dequeue"
    begins = "a list of what is in it, the oldest first"

    def __init__(self, initial: Iterable[Any] | None = ()) -> None:
        self.initial = tuple(map(canonical, _held(self, initial)))

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is what is in it."""
        match command:
            case ("enqueue", value):
                return (*state, canonical(value))
            case ("dequeue",):
                if result is not UNKNOWN and canonical(result) != (state[0] if state else None):
                    return None
                return state[1:]
        raise self.unknown(command)

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        """What a dequeue finds: somebody enqueues it."""
        match command:
            case ("dequeue",) if result is not None:
                value = canonical(result)
                return ((lambda state: value in state, lambda other: _gives(other, "enqueue", value)),)
        return ()

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        match line["op"]:
            case "enqueue":
                return ("enqueue", line["value"]), True
            case "dequeue":
                return ("dequeue",), line.get("found")
            case other:
                raise self.unknown(other)


class Set(Shipped):
    """One set: ``("add", value)``, ``("remove", value)``, ``("contains", value)`` and ``("read",)``, which finds all its values.

    initial: the values that are in it before all.

        {"op": "add", "value": 1}
        {"op": "remove", "value": 1}
        {"op": "contains", "value": 1, "found": true}
        {"op": "read", "found": [1, 2]}             in any order
    """

    noun = "set"
    knows = "add, remove, contains and read"
    begins = "a list of its values"

    def __init__(self, initial: Iterable[Any] | None = ()) -> None:
        self.initial = frozenset(map(canonical, _held(self, initial)))

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is its values."""
        match command:
            case ("add", value):
                return state | {canonical(value)}
            case ("remove", value):
                return state - {canonical(value)}
            case ("contains", value):
                return state if result is UNKNOWN or bool(result) == (canonical(value) in state) else None
            case ("read",):
                return state if result is UNKNOWN or _all_of(result) == state else None
        raise self.unknown(command)

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        """A value that is found is added by somebody, and one that is not is removed."""
        match command:
            case ("contains", given):
                value, there = canonical(given), bool(result)
                name = "add" if there else "remove"
                return ((lambda state: (value in state) == there, lambda other: _gives(other, name, value)),)
            case ("read",) if result is not UNKNOWN and _all_of(result) is None:
                return (NEVER,)  # it has found what is no set
        return ()

    def misfit(self, command: Any, result: Any) -> str | None:
        """A read finds values, which may be wrong ones."""
        return "a list" if command[0] == "read" and not isinstance(result, (list, tuple, set, frozenset)) else None

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        match line["op"]:
            case "add" | "remove" as name:
                return (name, line["value"]), True
            case "contains":
                return ("contains", line["value"]), done(line, "found", "ok")
            case "read":
                return ("read",), line.get("found")
            case other:
                raise self.unknown(other)


class Counter(Shipped):
    """One counter: ``("add", number)`` and ``("read",)``, which finds the sum. initial: where it begins.

    {"op": "add", "value": 3}
    {"op": "read", "found": 3}
    """

    noun = "counter"
    knows = "add of a number and read"
    begins = "a number"

    def __init__(self, initial: float | None = 0) -> None:
        if initial is not None and not _is_number(initial):
            raise self.no_beginning(initial)
        self.initial = initial or 0

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is the sum."""
        match command:
            case ("add", number) if _is_number(number):
                return state + number
            case ("read",):
                return state if result is UNKNOWN or canonical(result) == state else None
        raise self.unknown(command)

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        """A sum that is too low is raised by somebody, and one that is too high is lowered."""
        match command:
            case ("read",) if _is_number(result):
                return (
                    (lambda state: state >= result, lambda other: _summand(other) > 0),
                    (lambda state: state <= result, lambda other: _summand(other) < 0),
                )
            case ("read",) if result is not UNKNOWN:
                return (NEVER,)  # it has found what is no number
        return ()

    def misfit(self, command: Any, result: Any) -> str | None:
        """A read finds a number."""
        return "a number" if command[0] == "read" and not _is_number(result) else None

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        match line["op"]:
            case "add":
                return ("add", line["value"]), True
            case "read":
                return ("read",), line.get("found")
            case other:
                raise self.unknown(other)


class Lock(Shipped):
    """One lock: ``("acquire",)`` and ``("release",)``; each answers whether it did so, and false where the lock was held, or free.

    Who holds it is not looked at: it is enough that nobody else could acquire it before it was released. initial: whether it is
    held before all.

        {"op": "acquire", "ok": true}
        {"op": "release"}
    """

    noun = "lock"
    knows = "acquire and release"
    begins = "true, held, or false, free"

    def __init__(self, initial: bool | None = False) -> None:
        if not isinstance(initial, bool | None):
            raise self.no_beginning(initial)
        self.initial = bool(initial)

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is whether it is held."""
        match command:
            case ("acquire",):
                return True if result is UNKNOWN or _done(result) != state else None
            case ("release",):
                return False if result is UNKNOWN or _done(result) == state else None
        raise self.unknown(command)

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        match line["op"]:
            case "acquire" | "release" as name:
                return (name,), done(line, "ok")
            case other:
                raise self.unknown(other)


def _held(model: Shipped, initial: Any) -> Iterable[Any]:
    """What a collection begins with; a text and a mapping are iterable, too, but nobody means their letters and keys."""
    if initial is None:
        return ()
    if isinstance(initial, (str, bytes, Mapping)) or not isinstance(initial, Iterable):
        raise model.no_beginning(initial)
    return initial


def _gives(command: Any, name: str, value: Any) -> bool:
    """Whether it is the one of that name, of a value that stands for itself as `canonical` has it."""
    match command:
        case (str(own), given):
            return own == name and canonical(given) == value
    return False


def _is_number(value: Any) -> bool:
    """True is none: it equals 1 in Python alone."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _summand(command: Any) -> float:
    """What it adds; 0 where it adds nothing, or nothing that can be added."""
    match command:
        case ("add", (int() | float()) as number) if _is_number(number):
            return number
    return 0


def _done(result: Any) -> bool:
    """Whether that is the answer of a lock which did what it was asked; None is one that has nothing else to say."""
    return result is None or bool(result)


def _all_of(result: Any) -> Any:
    """The values that a read of a set found, or None where they are no set: it has no value twice."""
    if not isinstance(result, (list, tuple, set, frozenset)):
        return None
    values = frozenset(map(canonical, result))
    return values if len(values) == len(result) else None
