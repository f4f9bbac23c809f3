"""Any value in words: on one line, and the same in every process; bytes and handles by what a scenario's ``show`` makes of them.

`showing` says which ``show`` that is, for all that is told meanwhile.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from enum import Enum
from hashlib import blake2b
from typing import Any

import msgspec

from splitbrain.events import Event
from splitbrain.invariant import Violation
from splitbrain.trace.saving import parts
from splitbrain.trace.values import Show

LONG = 60  # columns that one value may take in a sentence
_NESTING = 4
_FEW = 3  # bytes
_DEEPEST = 8  # levels at which opaque things are looked for
_SHOW: ContextVar[Show | None] = ContextVar("show", default=None)
_BYTES = (bytes, bytearray, memoryview)


@contextmanager
def showing(show: Show | None) -> Iterator[None]:
    """Tell of opaque things as this scenario has them shown."""
    before = _SHOW.set(show)
    try:
        yield
    finally:
        _SHOW.reset(before)


def shown(thing: Any) -> Any:
    """What ``show`` makes of bytes, a handle, or another object that has no parts; the thing itself, where that is of no help."""
    show = _SHOW.get()
    if show is None or not _opaque(thing):
        return thing
    try:
        told = show(thing)
    except (Exception, SystemExit):  # noqa: BLE001 - the user's function: it need not know of everything that is told of
        return thing
    return thing if told is None or _opaque(told) else told


def clip(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def value(thing: Any, limit: int = LONG) -> str:
    """Any value on one line, in at most ``limit`` characters; the same in every process."""
    return clip(_value(thing, 0), limit)


def nested(thing: Any) -> str:
    """A value within another thing, at its whole length."""
    return _value(thing, 1)


def _value(thing: Any, depth: int) -> str:
    thing = shown(thing)
    if isinstance(thing, str):
        return thing if thing and thing.isprintable() else repr(thing)
    if thing is None or isinstance(thing, (bool, int, float)):
        return repr(thing)
    if isinstance(thing, _BYTES):
        return _bytes(bytes(thing))
    if depth == _NESTING:
        return "…"
    named = fields(thing)
    if named is not None:
        return f"{type(thing).__name__}({', '.join(_value(each, depth + 1) for _, each in named)})"
    if isinstance(thing, Mapping):
        return "{" + ", ".join(f"{_value(key, depth + 1)}: {_value(each, depth + 1)}" for key, each in thing.items()) + "}"
    if isinstance(thing, Set):
        return "{" + ", ".join(sorted(_value(each, depth + 1) for each in thing)) + "}"
    if isinstance(thing, Sequence):
        return "[" + ", ".join(_value(each, depth + 1) for each in thing) + "]"
    text = _said(thing)
    # An address would differ from run to run.
    if text is None or getattr(type(thing), "__repr__", None) is object.__repr__:
        return f"a {type(thing).__name__}"
    text = re.sub(r"(?: at)? 0x[0-9a-fA-F]+", "", text)
    return text if text.isprintable() else repr(text)


def _bytes(thing: bytes) -> str:
    """Bytes that are a text as that; few others themselves, and of more how many, and a digest: different ones differ in that."""
    if all(32 <= each < 127 for each in thing):
        return repr(thing)
    told = thing.hex() if len(thing) <= _FEW else blake2b(thing, digest_size=_FEW).hexdigest()
    return f"{len(thing):,} byte{'' if len(thing) == 1 else 's'} {told}"


def _said(thing: Any) -> str | None:
    try:
        return repr(thing)
    except Exception:  # noqa: BLE001 - the user's own object
        return None


def fields(thing: Any) -> list[tuple[str, Any]] | None:
    """The named fields of a record (msgspec, dataclass, named tuple), in their order; None for anything else."""
    if isinstance(thing, msgspec.Struct):
        return [(name, getattr(thing, name)) for name in thing.__struct_fields__]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return list(zip(thing._fields, thing, strict=True))
    return None


def _opaque(thing: Any) -> bool:
    """Whether nobody can read it as it is: bytes that are no text, a handle, an object."""
    if isinstance(thing, _BYTES):
        return True
    if thing is None or isinstance(thing, (str, bool, int, float, Enum, Mapping, Set, Sequence)):
        return False
    return fields(thing) is None


# Sentences that somebody else has made


def readable(text: str, events: Iterable[Event]) -> str:
    """The same with the opaque things that the events hold in words, where they stand in it as Python writes them."""
    found: dict[str, str] = {}
    for event in events:
        for thing in _opaque_in(event, 0):
            written = _said(thing)
            if written is not None:
                found[written] = value(thing)
    for written in sorted(found, key=len, reverse=True):
        text = text.replace(written, found[written])
    return text


def in_words(violation: Violation, show: Show | None) -> Violation:
    """A violation whose summary can be read."""
    with showing(show):
        summary = readable(violation.summary, violation.evidence)
    return violation if summary == violation.summary else msgspec.structs.replace(violation, summary=summary)


def _opaque_in(thing: Any, depth: int) -> Iterator[Any]:
    if _opaque(thing):
        yield thing
    elif depth < _DEEPEST:
        for _, part in parts(thing) or ():
            yield from _opaque_in(part, depth + 1)
