"""Models of many keys, which have nothing to do with each other: registers, and texts that grow."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from splitbrain.linearizability.model import UNKNOWN, Want, Zoned
from splitbrain.linearizability.models.shipped import NEVER, Shipped, done
from splitbrain.linearizability.values import canonical


class Register(Shipped):
    """Registers, one a key: ``("get", key)``, ``("put", key, value)``, ``("cas", key, old, new)`` and ``("delete", key)``.

    A get finds the value, or None where there is none, as after a delete. A cas puts ``new`` where ``old`` is, and answers
    whether it was. initial: the value of each register before anybody wrote to it.

        {"op": "get", "key": "x", "found": 1}       also "read"
        {"op": "put", "key": "x", "value": 1}       also "write"
        {"op": "cas", "key": "x", "old": 1, "value": 2, "ok": true}
        {"op": "delete", "key": "x"}
    """

    noun = "register"
    knows = "get, put, cas and delete"

    def __init__(self, initial: Any = None) -> None:
        self.initial = (canonical(initial),)

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is the value, in a tuple."""
        match command:
            case ("get", _):
                return state if result is UNKNOWN or state == (canonical(result),) else None
            case ("put", _, value):
                return (canonical(value),)
            case ("cas", _, old, new):
                found = state == (canonical(old),)
                if result is not UNKNOWN and bool(result) != found:
                    return None
                return (canonical(new),) if found else state
            case ("delete", _):
                return (None,)
        raise self.unknown(command)

    def key(self, command: Any) -> Hashable:
        """Each register is one of its own."""
        return _second(self, command)

    def zone(self, command: Any, result: Any) -> Zoned | None:
        """Gets and puts."""
        match command:
            case ("get", _):
                return "read", result
            case ("put", _, value):
                return "write", value
        return None

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        """What a get finds, and what a cas that was done expects: somebody writes it."""
        match command:
            case ("get", _):
                value = canonical(result)
            case ("cas", _, old, _) if result:
                value = canonical(old)
            case _:
                return ()
        return (((value,).__eq__, lambda other: _left(other) == value),)

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        key = line.get("key")
        match line["op"]:
            case "get" | "read":
                return ("get", key), line.get("found")
            case "put" | "write":
                return ("put", key, line["value"]), True
            case "cas":
                return ("cas", key, line["old"], line["value"]), done(line, "ok")
            case "delete":
                return ("delete", key), True
            case other:
                raise self.unknown(other)


class KvAppend(Shipped):
    """Texts that grow, one a key: ``("get", key)``, ``("append", key, text)`` and ``("put", key, text)``.

    A get finds the whole text; None is the empty one. initial: the text of each key before anybody wrote to it.

        {"op": "get", "key": "x", "found": "ab"}    also "read"
        {"op": "append", "key": "x", "value": "b"}
        {"op": "put", "key": "x", "value": "a"}     also "write"
    """

    noun = "kv-append"
    knows = "get, append and put of texts"
    begins = "a text"

    def __init__(self, initial: str | None = "") -> None:
        if not isinstance(initial, str | None):
            raise self.no_beginning(initial)
        self.initial = initial or ""

    def step(self, state: Any, command: Any, result: Any) -> Any:
        """The state is the text."""
        match command:
            case ("get", _):
                return state if result is UNKNOWN or state == ("" if result is None else result) else None
            case ("append", _, str(text)):
                return state + text
            case ("put", _, str(text)):
                return text
        raise self.unknown(command)

    def key(self, command: Any) -> Hashable:
        """Each text is one of its own."""
        return _second(self, command)

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        """What a get finds begins with what is there, or with what somebody puts there, and ends with what somebody writes."""
        match command:
            case ("get", _) if result is None or isinstance(result, str):
                text = result or ""
                return (
                    (text.startswith, lambda other: _writes(other, text.startswith, "put")),
                    (text.__eq__, lambda other: _writes(other, text.endswith, "put", "append")),
                )
            case ("get", _) if result is not UNKNOWN:
                return (NEVER,)  # it has found what is no text
        return ()

    def read(self, line: Mapping[str, Any]) -> tuple[Any, Any]:
        """Lines as above."""
        key = line.get("key")
        match line["op"]:
            case "get" | "read":
                return ("get", key), line.get("found")
            case "append":
                return ("append", key, line["value"]), True
            case "put" | "write":
                return ("put", key, line["value"]), True
            case other:
                raise self.unknown(other)


def _second(model: Shipped, command: Any) -> Hashable:
    if isinstance(command, (tuple, list)) and len(command) > 1:
        return canonical(command[1])
    raise model.unknown(command)


def _writes(command: Any, fits: Callable[[str], bool], *names: str) -> bool:
    """Whether it is one of these, of a text that fits."""
    match command:
        case (name, _, str(text)):
            return name in names and fits(text)
    return False


def _left(command: Any) -> Any:
    """The value that a command may leave in a register."""
    match command:
        case ("put", _, value) | ("cas", _, _, value):
            return canonical(value)
        case ("delete", _):
            return None
    return UNKNOWN
