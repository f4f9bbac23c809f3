"""How many effects one input may cause before its handler is taken to never stop: in proportion to what the node was given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec

# So many whatever it was given: few enough that an endless handler ends in a moment, and in little memory.
EFFECTS_AT_MOST = 30_000
EFFECTS_A_THING = 10  # and so many more for each record on its disk, and each thing in the message
_THINGS_AT_MOST = 10_000_000


def allowance(records: int, given: object) -> int:
    """The most effects of a handler whose node has so many records on its disk, and which was given these arguments."""
    return EFFECTS_AT_MOST + EFFECTS_A_THING * (records + things(given))


def things(given: object) -> int:
    """How many values can be reached from this one, itself included; each object counts once. The walk ends at ten millions."""
    seen: set[int] = set()
    waiting = [given]
    count = 0
    while waiting and count < _THINGS_AT_MOST:
        value = waiting.pop()
        count += 1
        parts = _parts(value)
        if parts and id(value) not in seen:
            seen.add(id(value))
            waiting.extend(parts)
    return count


def _parts(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [*value.keys(), *value.values()]
    if isinstance(value, (list, tuple, set, frozenset)):
        return list(value)
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in fields(value)]
    return list(vars(value).values()) if hasattr(value, "__dict__") and not callable(value) else []
