"""Canonical bytes: of a trace, its digest, and the first difference of two.

They tell apart whatever a node could: 1, 1.0, true and "1"; bytes and text; records of two types with equal fields; a set and a
list; infinity and None. Only a tuple and a list are the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from itertools import zip_longest
from typing import Any

import msgspec

from splitbrain.actions import Operate, Request
from splitbrain.errors import EncodingError
from splitbrain.events import Acted, Erased, Event, Observed, Operated, Replied, Requested, Sent, Wrote
from splitbrain.trace.values import NATIVE, Plainly, Show, Types, culprit, hook_of, unequal


def digest(events: Sequence[Event], show: Show | None = None) -> str:
    """SHA-256 (hex) of the trace's canonical encoding; equal digests mean equal traces, in any process."""
    total = hashlib.sha256()
    for line in encode(events, show):
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()


def encode(events: Sequence[Event], show: Show | None = None) -> list[bytes]:
    """The canonical encoding, one JSON object an event, and the types in it. Raises `EncodingError` for what has none."""
    hook = hook_of(show)
    encoder = msgspec.json.Encoder(enc_hook=hook, order="deterministic")
    types, plainly = Types(hook), Plainly(hook)
    lines = []
    for event in events:
        try:
            line = _line(event, encoder, types)
            if line is None:
                _refuse_unequal(event)
                line = plainly.encode(event)
            lines.append(line)
        except (NotImplementedError, TypeError, ValueError, OverflowError, RecursionError) as error:
            raise EncodingError(
                f"step {event.step}{_who(event)}: {type(event).__name__} holds what has no canonical encoding "
                f"({_culprit(event, show, error)}); use msgspec structs, dataclasses or plain data, or give the scenario `show=`"
            ) from error
    return lines


def _line(event: Event, encoder: msgspec.json.Encoder, types: Types) -> bytes | None:
    """The text as msgspec writes it, with the types that it does not tell; None where that is not enough."""
    told: list[str] = []
    for place, value in enumerate(_held(event)):
        if type(value) not in NATIVE:
            told.append(str(place))
            if not types.tell(value, told):
                return None
    try:
        line = encoder.encode(event)
    except TypeError:  # a set of things without an order
        return None
    return line + " ".join(told).encode() if told else line


def _held(event: Event) -> tuple[Any, ...]:
    """What of an event is its users' own: of the rest, the types are known."""
    match event:
        case Sent():
            return (event.message,)
        case Wrote():
            return (event.key, event.value)
        case Erased():
            return (event.key,)
        case Observed():
            return (event.observation,)
        case Replied():
            return (event.result,)
        case Requested():
            return (event.command,)
        case Operated():
            return (event.argument,)
        case Acted() if isinstance(given := event.action.input, Request):
            return (given.command,)
        case Acted() if isinstance(given := event.action.input, Operate):
            return (given.argument,)
        case _:
            return ()


def first_difference(one: Sequence[Event], other: Sequence[Event], show: Show | None = None) -> int | None:
    """The index of the first event in which two traces differ; None when they are equal."""
    for index, (left, right) in enumerate(zip_longest(encode(one, show), encode(other, show))):
        if left != right:
            return index
    return None


def _refuse_unequal(event: Event) -> None:
    """Invariants compare what is observed."""
    if not isinstance(event, Observed):
        return
    what = unequal(event.observation)
    if what is not None:
        raise EncodingError(
            f"step {event.step}{_who(event)}: {type(event).__name__} holds {what} of a {type(event.observation).__qualname__}, "
            "which equals nothing, not even itself, so that no invariant can compare it; observe None, or a text"
        )


def _who(event: Event) -> str:
    node = getattr(event, "node", None) or getattr(event, "sender", None)
    return "" if node is None else f", {node}"


def _culprit(event: Event, show: Show | None, error: Exception) -> str:
    """What has no encoding, and where in what the event holds."""
    try:
        for value in _held(event):
            found = culprit(value, show)
            if found is not None:
                return found
    except RecursionError as deep:
        error = deep
    return "it is nested too deeply, or in itself" if isinstance(error, RecursionError) else str(error)
