"""Any value in words: on one line, clipped, and the same in every process."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence, Set
from typing import Any

import msgspec

LONG = 60  # columns that one value may take in a sentence
SHORT = 16  # and in a lane
_NESTING = 4


def clip(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def clip_middle(text: str, limit: int) -> str:
    """``text`` in about ``limit`` characters: its beginning and its end, whole words."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2].rsplit(" ", 1)[0], text[-(limit // 2) :].split(" ", 1)[-1]
    return f"{head} … {tail}"


def counted(number: int, noun: str) -> str:
    """``1 write``, ``2 writes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def value(thing: Any, limit: int = LONG) -> str:
    """Any value on one line, in at most ``limit`` characters; the same in every process."""
    return clip(_value(thing, 0), limit)


def nested(thing: Any) -> str:
    """A value within another thing, at its whole length."""
    return _value(thing, 1)


def _value(thing: Any, depth: int) -> str:
    if isinstance(thing, str):
        return thing if thing and thing.isprintable() else repr(thing)
    if thing is None or isinstance(thing, (bool, int, float, bytes)):
        return repr(thing)
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
    # The default repr holds an address, which would differ from run to run.
    if getattr(type(thing), "__repr__", None) is object.__repr__:
        return f"a {type(thing).__name__}"
    text = repr(thing)
    return text if text.isprintable() else repr(text)


def fields(thing: Any) -> list[tuple[str, Any]] | None:
    """The named fields of a record (msgspec, dataclass, named tuple), in their order; None for anything else."""
    if isinstance(thing, msgspec.Struct):
        return [(name, getattr(thing, name)) for name in thing.__struct_fields__]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return list(zip(thing._fields, thing, strict=True))
    return None


def gist(message: Any, epoch: int | None = None, limit: int = 2 * LONG) -> str:
    """What a message carries, without the epoch, which its name tells already: first what it denies or lacks, and affirms."""
    named = fields(message)
    if named is None:
        return "" if message is None else value(message, limit)
    flags, contents = [], []
    for name, each in named:
        if epoch is not None and (each == epoch or epoch in [part for _, part in fields(each) or ()]):
            epoch = None
            continue
        label = name.replace("_", " ")
        if isinstance(each, bool):
            flags.append(label if each else f"no {label}")
        elif each is None or each == ():
            flags.append(f"no {label}")
        else:
            contents.append(f"{label} {_carried(each)}")
    return clip(", ".join(flags + contents), limit)


def ballot(thing: Any) -> str:
    """A ballot with dots between its parts, as in ``2.n1``; it may be of any type."""
    parts = [part for _, part in fields(thing) or ()] or (list(thing) if isinstance(thing, tuple) else [])
    if parts and all(isinstance(part, (str, int)) for part in parts):
        return clip(".".join(str(part) for part in parts), SHORT)
    return value(thing, SHORT)


def _carried(thing: Any) -> str:
    """A part of a message: records without the names of their types and fields."""
    named = fields(thing)
    if named is None and isinstance(thing, (tuple, list)):
        return f"[{' '.join(_carried(each) for each in thing)}]"
    if named is None:
        return value(thing, LONG)
    if "ballot" in type(thing).__name__.lower():
        return ballot(thing)
    # A log's entry whose command is None is a no-op, as it is in the lanes (`wording.command`).
    return f"({' '.join('no-op' if name == 'command' and each is None else _carried(each) for name, each in named)})"
