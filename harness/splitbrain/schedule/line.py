"""One line of a schedule file: the header or an action, as JSON. Strict to read; equal things are written as equal bytes."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Any

import msgspec

from splitbrain.actions import KINDS, Action
from splitbrain.errors import ScheduleError
from splitbrain.schedule.format import FORMAT, VERSION
from splitbrain.schedule.header import Header
from splitbrain.schedule.provenance import splitbrain_version

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Action)
_LEAST = {"ordinal": 1, "copy": 0, "keep": 0, "after": 0, "bound": 0}


def canonical(value: Any) -> bytes:
    """The one JSON text of a value. Raises `TypeError` or `ValueError` for what has none."""
    return _ENCODER.encode(value)


def json_or_none(value: Any) -> bytes | None:
    """The JSON text of a value of the user's; None where it has none, and so can be in no file."""
    try:
        return canonical(value)
    except (TypeError, ValueError, RecursionError):
        return None


def write_line(value: Header | Action, what: str) -> bytes:
    """The line, with its end. Raises `ScheduleError`, naming ``what``, for what JSON cannot hold."""
    try:
        return msgspec.json.format(canonical(value), indent=0) + b"\n"
    except (TypeError, ValueError, RecursionError) as error:
        raise ScheduleError(
            f"{what} cannot be saved as JSON ({error}); let the scenario's commands and options be plain data: text, numbers, lists"
        ) from error


def read_header(line: bytes, where: str) -> Header:
    """The header that ``line`` is. Raises `ScheduleError`, or `msgspec.DecodeError` where it is not even JSON."""
    raw = msgspec.json.decode(line)
    found = raw.get("format") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or found != FORMAT:
        what = f"says it is {canonical(found).decode()}" if found is not None else f"is {shown(line)}"
        raise ScheduleError(
            f'{where}: this {what}, not the header of a schedule (which begins with "format": "{FORMAT}"); '
            "restore the line, or check the path"
        )
    version = raw.get("version")
    if type(version) is not int or version != VERSION:
        newer = type(version) is int and version > VERSION
        raise ScheduleError(
            f"{where}: the file is version {canonical(version).decode()} of the format, and splitbrain {splitbrain_version()} "
            f"reads version {VERSION}; {'install a newer splitbrain' if newer else 'restore the header'}"
        )
    try:
        return msgspec.json.decode(line, type=Header)
    except msgspec.ValidationError as error:
        fields = ", ".join(Header.__struct_encode_fields__)
        raise ScheduleError(f"{where}: the header does not hold: {_plain(error)}; its fields are {fields}; mend it") from error


def read_action(line: bytes, where: str) -> Action:
    """The action that ``line`` is. Raises `ScheduleError`, or `msgspec.DecodeError` where it is not even JSON."""
    try:
        action: Action = _DECODER.decode(line)
    except msgspec.ValidationError as error:
        why = _why_no_action(msgspec.json.decode(line), error)
        raise ScheduleError(f"{where}: {shown(line)} is not an action: {why}; mend the line, or delete it") from error
    for part in (action, action.input):
        for name, least in _LEAST.items():
            if getattr(part, name, least) < least:
                raise ScheduleError(
                    f"{where}: {name!r} is {getattr(part, name)}, but it counts from {least}; mend the line, or delete it"
                )
    return action


def _why_no_action(raw: Any, error: msgspec.ValidationError) -> str:
    kind = raw.get("do") if isinstance(raw, dict) else None
    if kind is None:
        return f'it says nothing to "do" ({", ".join(KINDS)})'
    if kind not in KINDS:
        near = get_close_matches(str(kind), KINDS, n=1)
        return f"there is no {canonical(kind).decode()}; " + (
            f"did you mean {near[0]!r}?" if near else f"there are {', '.join(KINDS)}"
        )
    fields = ", ".join(KINDS[kind].__struct_encode_fields__) or "no fields"
    return f"{_plain(error)} (a {kind} has {fields})"


def _plain(error: msgspec.ValidationError) -> str:
    return re.sub(r" - at `\$\.?([^`]*)`", lambda place: f" in `{place[1]}`" if place[1] else "", str(error))


def shown(line: bytes) -> str:
    """The line for an error message, cut to a readable length."""
    text = line.decode()
    return text if len(text) <= 80 else f"{text[:77]}..."
