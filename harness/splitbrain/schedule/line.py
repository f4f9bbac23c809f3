"""One line of a schedule file: the header or an action, as JSON. Strict to read; equal things are written as equal bytes."""

from __future__ import annotations

import json
import re
from collections import Counter
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import structs

from splitbrain.actions import CALM_AT_MOST, KINDS, Action, Calm, Connect, Crash, Cut, Disconnect, Mend, Operate, Request, Resend
from splitbrain.errors import ScheduleError
from splitbrain.requests import DIGITS, number_in_session
from splitbrain.schedule.format import FORMAT, VERSION
from splitbrain.schedule.header import Header
from splitbrain.schedule.provenance import splitbrain_version
from splitbrain.trace.saving import NoText, text

_ENCODER = msgspec.json.Encoder(order="deterministic")
_DECODER = msgspec.json.Decoder(Action)
_LEAST = {"ordinal": 1, "copy": 0, "keep": 0, "after": 0, "arrive": 0, "bound": 0}


def write_line(value: Header | Action, what: str) -> bytes:
    """The line, with its end. Raises `ScheduleError`, naming ``what``, for what JSON cannot hold."""
    try:
        return msgspec.json.format(_ENCODER.encode(_as_json(value)), indent=0) + b"\n"
    except (TypeError, ValueError, RecursionError) as error:  # as `text` says it; or half a character in a name
        raise ScheduleError(
            f"{what}{_said(value)} cannot be saved as JSON ({error}); "
            "let the scenario's commands and options be plain data: text, numbers, lists"
        ) from error


def _said(value: Header | Action) -> str:
    """An action in words, behind its number."""
    try:
        return "" if isinstance(value, Header) else f" ({value!s:.200})"
    except RecursionError:  # of a command that is nested too deeply
        return ""


def _as_json(value: Header | Action) -> Header | Action:
    """The same with its user's own data as JSON has it: a record's fields stand in the order of a mapping's keys."""
    if isinstance(value, Header):
        return structs.replace(value, options={name: msgspec.json.decode(text(each)) for name, each in value.options.items()})
    match value.input:
        case Request() as request:
            return value.with_input(structs.replace(request, command=msgspec.json.decode(text(request.command))))
        case Operate() as operation:
            return value.with_input(structs.replace(operation, argument=msgspec.json.decode(text(operation.argument))))
    return value


def read_header(line: bytes, where: str) -> Header:
    """The header that ``line`` is. Raises `ScheduleError`, or `msgspec.DecodeError` where it is not even JSON."""
    raw = msgspec.json.decode(line)
    found = raw.get("format") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or found != FORMAT:
        what = f"says it is {_ENCODER.encode(found).decode()}" if found is not None else f"is {shown(line)}"
        raise ScheduleError(
            f'{where}: this {what}, not the header of a schedule (which begins with "format": "{FORMAT}"); '
            "restore the line, or check the path"
        )
    version = raw.get("version")
    if type(version) is not int or version != VERSION:
        newer = type(version) is int and version > VERSION
        raise ScheduleError(
            f"{where}: the file is version {_ENCODER.encode(version).decode()} of the format, and splitbrain "
            f"{splitbrain_version()} reads version {VERSION}; {'install a newer splitbrain' if newer else 'restore the header'}"
        )
    _refuse_twins(line, where)
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
        try:
            raw = msgspec.json.decode(line)
        except msgspec.ValidationError as bound:  # well-formed, but "1e999", say
            what = str(bound).partition(" - at ")[0]
            raise ScheduleError(f"{where}: {shown(line)} holds what cannot be read: {what}; mend the line, or delete it") from error
        why = _why_no_action(raw, error)
        raise ScheduleError(f"{where}: {shown(line)} is not an action: {why}; mend the line, or delete it") from error
    _refuse_twins(line, where)
    for part in (action, action.input):
        complaint = _out_of_range(part) or _senseless(part)
        if complaint is not None:
            raise ScheduleError(f"{where}: {complaint}; mend the line, or delete it")
    return action


def _refuse_twins(line: bytes, where: str) -> None:
    """JSON lets a key stand twice in an object, and readers take the last; a reader of ours is not to guess."""

    def look(pairs: list[tuple[str, Any]]) -> None:
        for key, count in Counter(key for key, _ in pairs).items():
            if count > 1:
                again = "twice" if count == 2 else f"{count} times"
                raise ScheduleError(f"{where}: {json.dumps(key)} stands there {again}, and only one can be meant; leave one out")

    json.loads(line, object_pairs_hook=look)


def _out_of_range(action: Action) -> str | None:
    for name, least in _LEAST.items():
        if getattr(action, name, least) < least:
            return f"{name!r} is {getattr(action, name)}, but it counts from {least}"
    if isinstance(action, Calm) and action.bound > CALM_AT_MOST:
        return f"'bound' is {action.bound}, but a fair phase takes at most {CALM_AT_MOST} ms, an hour of virtual time"
    return None


def _senseless(action: Action) -> str | None:
    """What is well-formed, and says nothing."""
    match action:
        case Cut() | Mend() if not action.links:
            return "it names no link"
        case Disconnect() | Connect() if action.one == action.other:
            return f"it names {_quoted(action.one)} twice, but a connection is one of two nodes"
        case Calm() if not action.core:
            return "its core is empty, and clients have nobody to ask"
        case Crash() if action.during is None and action.after:
            return f"'after' is {action.after}, but it counts the effects of 'during', and there is none"
        case Crash() if action.during is None and action.arrive:
            return f"'arrive' is {action.arrive}, but it counts the messages that are sent in 'during', and there is none"
        case Resend() if number_in_session(action.id) is None:
            return (
                f"'id' is {_quoted(action.id)}, but only sessions ask again, and they call their operations "
                f'"s1.1", "s1.2", ..., numbers of at most {DIGITS} digits'
            )
        case Request():
            return _no_text("command", action.command) or _of_no_session(action)
        case Operate():
            return _no_text("argument", action.argument)
    return None


def _no_text(what: str, value: Any) -> str | None:
    try:
        text(value)
    except NoText as why:
        return f"the {what} holds {why}"
    return None


def _of_no_session(request: Request) -> str | None:
    """What cannot be of whose request it is."""
    session, replaces = request.session, request.replaces
    if session is None:
        return None if replaces is None else f"it replaces session {_quoted(replaces)}, but is of no session itself"
    if number_in_session(request.id, session) is None:
        first = _quoted(f"{session}.1")
        return (
            f"'id' is {_quoted(request.id)}, but session {_quoted(session)} calls its operations {first}, and so on, "
            f"numbers of at most {DIGITS} digits"
        )
    return f"session {_quoted(session)} cannot replace itself" if replaces == session else None


def _quoted(name: str) -> str:
    return _ENCODER.encode(name).decode()


def _why_no_action(raw: Any, error: msgspec.ValidationError) -> str:
    kind = raw.get("do") if isinstance(raw, dict) else None
    if isinstance(raw, dict) and "format" in raw:
        return "it is a second header, and a file has one"
    if kind is None:
        return f'it says nothing to "do" ({", ".join(KINDS)})'
    if kind not in KINDS:
        near = get_close_matches(str(kind), KINDS, n=1)
        return f"there is no {_ENCODER.encode(kind).decode()}; " + (
            f"did you mean {near[0]!r}?" if near else f"there are {', '.join(KINDS)}"
        )
    fields = ", ".join(KINDS[kind].__struct_encode_fields__) or "no fields"
    article = "an" if kind[0] in "aeiou" else "a"
    return f"{_plain(error)} ({article} {kind} has {fields})"


def _plain(error: msgspec.ValidationError) -> str:
    return re.sub(r" - at `\$\.?([^`]*)`", lambda place: f" in `{place[1]}`" if place[1] else "", str(error))


def shown(line: bytes) -> str:
    """The line for an error message, cut to a readable length."""
    text = line.decode()
    return text if len(text) <= 80 else f"{text[:77]}..."
