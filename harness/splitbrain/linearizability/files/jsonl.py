"""One JSON object a line: an operation each; or a whole history each, with its operations as ``ops``, or as `shown` has it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, NoReturn, TypeGuard

import msgspec

from splitbrain.linearizability.files import shown
from splitbrain.linearizability.files.told import DEEPEST, Entry, Told, wrong

_FORM = '{"client": 0, "op": "get", "key": "x", "found": 1, "call": 3, "return": 5}'


def read(text: str, source: str) -> list[Told]:
    """All histories in such a text: one of all lines, or one a line. Raises `HistoryError`."""
    lines = _pretty(text) or list(_objects(text, source))
    if lines and all(shown.is_one(line) for _, line in lines):
        return [shown.read(line, source if len(lines) == 1 else f"{source}, line {number}") for number, line in lines]
    if not any("ops" in line for _, line in lines):
        return [Told(source, tuple(_entries(lines, source)), timed=True)]
    return [_whole(line, source, number) for number, line in lines]


def value(text: str) -> Any:
    """A JSON value, with tuples for lists. Raises `ValueError`."""
    try:
        made = _plain(_DECODER.decode(text))
        too_deep = text.count("[") + text.count("{") > DEEPEST and _is_deep(made, DEEPEST)
    except RecursionError:
        too_deep = True
    if too_deep:
        raise ValueError(f"it is nested more than {DEEPEST} deep")
    return made


def _is_deep(thing: Any, most: int) -> bool:
    """Whether it has more than ``most`` things within each other."""
    if not isinstance(thing, (tuple, dict)):
        return False
    within = thing.values() if isinstance(thing, dict) else thing
    return most == 0 or any(_is_deep(each, most - 1) for each in within)


def _pretty(text: str) -> list[tuple[int, dict[str, Any]]]:
    """The one object of a text whose first line is none by itself, where it is what `shown` reads."""
    if text.lstrip().partition("\n")[0].strip() != "{":
        return []
    try:
        whole = value(text)
    except ValueError:
        return []
    return [(1, whole)] if shown.is_one(whole) else []


def _objects(text: str, source: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            found = value(line)
        except ValueError as error:
            wrong(
                source,
                number,
                f"no JSON ({error})",
                f"every line is one object, such as {_FORM}; mend it, or name another --format",
            )
        if not isinstance(found, dict):
            wrong(
                source,
                number,
                f"{line.strip()[:40]!r} is no object",
                f"every line is one, such as {_FORM}; mend it, or name another --format",
            )
        shown.no_schedule(found, source)
        yield number, found


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = {name: _plain(value) if type(value) is list else value for name, value in pairs}
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"one object has {twice!r} twice")
    return made


def _plain(thing: Any) -> Any:
    """Lists as tuples, which models can match, and keep."""
    return tuple(map(_plain, thing)) if isinstance(thing, list) else thing


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number)


def _whole(line: dict[str, Any], source: str, number: int) -> Told:
    ops = line.get("ops")
    if not isinstance(ops, tuple) or not all(isinstance(each, dict) for each in ops):
        wrong(source, number, "no list `ops` of objects", "a line has it where others have; split the file, or mend the line")
    name, model, verdict = line.get("name"), line.get("model"), line.get("linearizable")
    for what, value, kind in (("name", name, str), ("model", model, str), ("linearizable", verdict, bool)):
        if value is not None and not isinstance(value, kind):
            wrong(
                source,
                number,
                f"{what} {value!r}",
                f"it is a {'text' if kind is str else 'true or false'}; mend it, or leave it out",
            )
    where = f"{source}, line {number}"
    entries = tuple(_entries(enumerate(ops, 1), where, "operation"))
    return Told(where, entries, name, model, line.get("initial", msgspec.UNSET), verdict, "operation", timed=True)


def _entries(lines: Iterable[tuple[int, dict[str, Any]]], source: str, unit: str = "line") -> list[Entry]:
    """The operations, in the order of their calls; in errors each is called by its ``unit`` and number."""
    entries = [_entry(line, number, source, unit) for number, line in lines]
    entries.sort(key=lambda entry: entry.called)
    busy: dict[str, Entry] = {}  # what each client was answered last
    for entry in entries:
        before = busy.get(entry.client)
        if before is not None and before.returned is not None and before.returned > entry.called:
            wrong(
                source,
                f"{unit} {entry.at}",
                f"client {entry.client} calls at {entry.called}, but {unit} {before.at} of its own returns at {before.returned}",
                "a client does one thing at a time; give the second one a client of its own",
            )
        if entry.returned is not None:  # whoever never hears of an operation may go on
            busy[entry.client] = entry
    return entries


def _entry(line: dict[str, Any], number: int, source: str, unit: str) -> Entry:
    client, op = line.get("client"), line.get("op")
    if not isinstance(client, (int, str)) or isinstance(client, bool):
        _lacks(source, f"{unit} {number}", "client", client, "a number or a text")
    if not isinstance(op, str):
        _lacks(source, f"{unit} {number}", "op", op, "a text")
    called, returned = line.get("call"), line.get("return")
    if not _is_moment(called):
        _lacks(source, f"{unit} {number}", "call", called, "a number, the moment")
    if returned is None and "return" not in line:
        _lacks(source, f"{unit} {number}", "return", None, "the moment of the answer, or null where the outcome is unknown")
    if returned is not None and not _is_moment(returned):
        _lacks(source, f"{unit} {number}", "return", returned, "a number, the moment; or null")
    if returned is not None and returned < called:
        wrong(
            source,
            f"{unit} {number}",
            f"it returned at {returned}, before it was called, at {called}",
            "an answer comes after its question; mend one of the two moments",
        )
    return Entry(str(client), line, called, returned, number, number)


def _is_moment(value: Any) -> TypeGuard[float]:
    return type(value) is int or (type(value) is float and isfinite(value))


def _lacks(source: str, place: str, name: str, found: Any, wanted: str) -> NoReturn:
    what = f"it has no `{name}`" if found is None else f"`{name}` is {found!r}"
    wrong(source, place, what, f"that is {wanted}, as in {_FORM}; mend it")
