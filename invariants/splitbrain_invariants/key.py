"""Whether two values of users are the same, and what they are looked up by; they may be anything that can be encoded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Set
from dataclasses import fields, is_dataclass
from enum import Enum
from types import NoneType
from typing import Any

import msgspec

_THEMSELVES = frozenset({str, int, NoneType, bytes})  # equal where they are the same, and to nothing of another type


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: as ``==`` has it, but for a few where that is not what a client means.

    A not-a-number is the same as itself; 1, 1.0 and True are three values; 0.0 and -0.0 are two. A tuple and a list are the same,
    for JSON knows no tuples. Text, bytes and the list of their numbers are three things.
    """
    if type(one) is str and type(other) is str:  # most commands are text, and are compared all the time
        return one == other
    return one is other or key(one) == key(other)


def key(value: Any) -> Any:
    """What ``value`` is looked up by: hashable, and equal for those values alone that are the `same`.

    Text, whole numbers, None and bytes are their own keys, and so is a tuple of these.
    """
    kind = type(value)
    if kind in _THEMSELVES:
        return value
    make = _MAKERS.get(kind)
    if make is None:
        make = _MAKERS[kind] = _maker(kind)
    return make(value)


def number(ballot: Any) -> Any:
    """What a ballot is looked up by. It has an order, and is the same as another where neither is lower: 1 and 1.0, say."""
    try:
        hash(ballot)
    except TypeError:
        return tuple(map(number, ballot)) if isinstance(ballot, (list, tuple)) else key(ballot)
    return ballot


def lower(one: Any, other: Any) -> bool:
    """Whether a ballot is below another one; one of both may have come through JSON, with a list in it for a tuple."""
    try:
        return bool(one < other)
    except TypeError:
        return bool(number(one) < number(other))


def _sequence(value: Any) -> tuple[Any, ...]:
    return tuple(each if type(each) in _THEMSELVES else key(each) for each in value)


def _mapping(value: Any) -> tuple[Any, ...]:
    return (dict, frozenset((key(name), key(each)) for name, each in value.items()))


def _set(value: Any) -> tuple[Any, ...]:
    return (set, frozenset(map(key, value)))


def _object(value: Any) -> tuple[Any, ...]:
    """Of a type that is not known here: by its hash, or by what it holds."""
    kind = type(value)
    try:
        hash(value)
    except TypeError:
        return (kind, _mapping(vars(value)))
    return (kind, value if value == value else repr(value))  # noqa: PLR0124 - what is not equal to itself is still the same


# A tuple with a type in it is no key of a user's tuple: what has a type in it cannot be encoded.
_FAMILIES: tuple[tuple[type | tuple[type, ...], Callable[[Any], Any]], ...] = (
    (Enum, lambda value: key(value.value)),  # as it is encoded
    (bool, lambda value: (bool, bool(value))),
    (int, int),
    (float, lambda value: (float, float.__repr__(value))),
    (str, str.__str__),
    ((bytes, bytearray, memoryview), bytes),
    ((tuple, list), _sequence),
    (Mapping, _mapping),
    (Set, _set),
)
_MAKERS: dict[type, Callable[[Any], Any]] = {}


def _maker(kind: type) -> Callable[[Any], Any]:
    """How the keys of a type are made."""
    for family, make in _FAMILIES:
        if issubclass(kind, family):
            return make
    if issubclass(kind, msgspec.Struct):
        return lambda value: (kind, *_sequence(msgspec.structs.astuple(value)))
    if is_dataclass(kind):
        names = tuple(field.name for field in fields(kind))
        return lambda value: (kind, *(key(getattr(value, name)) for name in names))
    return _object
