"""Values in few words, or as what a message carries; `splitbrain.trace.readable` has what every value is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from splitbrain.trace.readable import LONG, clip, fields, shown, value

SHORT = 16  # columns that one value may take in a lane


def clip_middle(text: str, limit: int) -> str:
    """``text`` in about ``limit`` characters: its beginning and its end, whole words."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2].rsplit(" ", 1)[0], text[-(limit // 2) :].split(" ", 1)[-1]
    return f"{head} … {tail}"


def counted(number: int, noun: str) -> str:
    """``1 write``, ``2 writes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def gist(message: Any, epoch: int | None = None, limit: int = 2 * LONG) -> str:
    """What a message carries, without the epoch, which its name tells already: first what it denies or lacks, and affirms."""
    message = shown(message)
    named = fields(message)
    if named is None and isinstance(message, Mapping) and all(type(name) is str for name in message):
        named = list(message.items())
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
    thing = shown(thing)
    named = fields(thing)
    if named is None and isinstance(thing, (tuple, list)):
        return f"[{' '.join(_carried(each) for each in thing)}]"
    if named is None:
        return value(thing, LONG)
    if "ballot" in type(thing).__name__.lower():
        return ballot(thing)
    # A log's entry whose command is None is a no-op, as it is in the lanes (`wording.command`).
    return f"({' '.join('no-op' if name == 'command' and each is None else _carried(each) for name, each in named)})"
