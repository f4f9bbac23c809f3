"""What a schedule file can hold of a user's value: its one JSON text. Whatever has none is refused before it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from math import isfinite
from typing import Any, TypeAlias

import msgspec

DEEPEST = 100  # how often a value may be nested: a bound of our own, for Python's depends on who calls whom
LONGEST = 1 << 19  # bytes of a text: with the spaces that make it readable, it still fits into a line
_BITS = 14_000  # of a whole number: beyond that Python itself refuses to read its digits

_ENCODER = msgspec.json.Encoder(order="sorted")  # a record's fields, too, for JSON makes a mapping of it
_OF_ONE_PIECE = (str, bool, type(None))


class NoText(ValueError):  # noqa: N818 - it is what the value has
    """A value that a file cannot hold; it says what of it, and where: "inf in [3]['due'], for which JSON has no number".

    remedy: what the value should be instead.
    """

    remedy = "plain data: text, finite numbers, lists, and mappings with text as keys"


class TooLong(NoText):
    """A value that is too long for a line."""

    remedy = "shorter"


def text(value: Any) -> bytes:
    """The one JSON text of a value. Raises `NoText`.

    Values that differ in type may share it: ``(1, 2)`` and ``[1, 2]``, a record and a mapping. Numbers never do: 1, 1.0 and true.
    """
    try:
        encoded = _ENCODER.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NoText(flaw(value) or str(error)) from error
    # Msgspec writes null for a number that JSON has not, and whoever nests as deep as it allows cannot be read everywhere.
    if type(value) not in _OF_ONE_PIECE and (
        type(value) is int or b"null" in encoded or encoded.count(b"[") + encoded.count(b"{") > DEEPEST
    ):
        what = flaw(value)
        if what is not None:
            raise NoText(what)
    if len(encoded) > LONGEST:
        raise TooLong(f"a value of {len(encoded):,} bytes, where a line of a file has room for {LONGEST:,}")
    return encoded


def text_or_none(value: Any) -> bytes | None:
    """The JSON text of a value; None where it has none, and so can be in no file."""
    try:
        return text(value)
    except NoText:
        return None


def same(one: Any, other: Any) -> bool:
    """Whether two values are equal, in the types of all their parts, too: to a node 1, True and 1.0 need not be the same."""
    if type(one) is not type(other):
        return False
    inner = parts(one)
    if inner is None or isinstance(one, (set, frozenset)):  # what a set holds has no order to compare it in
        return bool(one == other) and (type(one) is not float or repr(one) == repr(other))  # 0.0 and -0.0 are two texts
    others = parts(other)
    assert others is not None
    mine, theirs = list(inner), list(others)
    return len(mine) == len(theirs) and all(a[0] == b[0] and same(a[1], b[1]) for a, b in zip(mine, theirs, strict=True))


Parts: TypeAlias = Iterator[tuple[str, Any]]


def parts(value: Any) -> Parts | None:
    """What a value is made of, each part with its place; None for what is of one piece. A mapping's go in the order of its keys."""
    if isinstance(value, (str, bytes, int, float)) and not isinstance(value, Enum):
        return None
    if isinstance(value, dict):
        return ((f"[{key!r}]", value[key]) for key in sorted(value, key=repr))
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return ((f".{name}", part) for name, part in zip(value._fields, value, strict=True))
    if isinstance(value, (list, tuple)):
        return ((f"[{place}]", part) for place, part in enumerate(value))
    if isinstance(value, (set, frozenset)):
        return (("[...]", part) for part in value)
    if isinstance(value, Enum):
        return iter(((".value", value.value),))
    fields_of = names(value)
    return None if fields_of is None else ((f".{name}", getattr(value, name)) for name in fields_of)


def names(value: Any) -> tuple[str, ...] | None:
    """The fields of a record."""
    if isinstance(value, msgspec.Struct):
        return value.__struct_fields__
    if is_dataclass(value) and not isinstance(value, type):
        return tuple(field.name for field in fields(value))
    attributes = getattr(type(value), "__attrs_attrs__", None)
    return None if attributes is None else tuple(each.name for each in attributes)


def flaw(value: Any, place: str = "", depth: int = 0) -> str | None:
    """The first part of a value that no JSON text can hold, with its place and why, for the middle of a sentence."""
    where = f" in {place}" if place else ""
    if depth > DEEPEST:
        return f"something nested more than {DEEPEST} deep"
    kind = type(value)
    if kind is float:
        return None if isfinite(value) else f"{value!r}{where}, for which JSON has no number"
    if kind is int:
        return None if value.bit_length() <= _BITS else f"a whole number of {value.bit_length():,} bits{where}"
    if kind is str:
        return None if _is_unicode(value) else f"{value!r:.40}{where}, which is half a character"
    inner = parts(value)
    if inner is None:
        return None if _has_text(value) else f"an object of type {kind.__module__}.{kind.__qualname__}{where}"
    if isinstance(value, dict):
        odd = [key for key in value if type(key) is not str or not _is_unicode(key)]
        if odd:
            return f"the key {odd[0]!r:.40}{where}, where JSON's keys are text"
    for step, part in inner:
        what = flaw(part, place + step, depth + 1)
        if what is not None:
            return what
    return None if depth or _has_text(value) else f"an object of type {kind.__module__}.{kind.__qualname__}{where}"


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _has_text(value: Any) -> bool:
    try:
        _ENCODER.encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError):
        return False
    return True
