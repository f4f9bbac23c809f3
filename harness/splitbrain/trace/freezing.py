"""Nothing that is sent or written may change afterwards: immutable values pass as they are, others are copied."""

from __future__ import annotations

import copy
from enum import Enum
from typing import Any

import msgspec

_ATOMS = frozenset({int, str, bool, float, bytes, type(None), complex})


def freeze(value: Any) -> Any:
    """``value`` itself when it is deeply immutable, else a deep copy. Raises `ValueError` for what is nested too deeply."""
    try:
        return value if is_frozen(value) else copy.deepcopy(value)
    except RecursionError:
        raise ValueError(
            f"a {type(value).__name__} is nested too deeply to be kept as it was; send and write flatter data"
        ) from None


def is_frozen(value: Any) -> bool:
    """Whether nothing reachable from ``value`` can change: looked up by type for atoms, walked for records and tuples."""
    kind = type(value)
    if kind in _ATOMS:
        return True
    fields = _fields.get(kind)
    if fields is None:
        fields = _fields[kind] = _frozen_fields(kind)
    if fields is _MUTABLE:
        return False
    if fields is _ITEMS:
        for item in value:  # noqa: SIM110 - a generator would cost more than the test
            if type(item) not in _ATOMS and not is_frozen(item):
                return False
        return True
    for name in fields:
        part = getattr(value, name)
        if type(part) not in _ATOMS and not is_frozen(part):
            return False
    return True


_MUTABLE: tuple[str, ...] = ("<mutable>",)
_ITEMS: tuple[str, ...] = ("<items>",)
_fields: dict[type, tuple[str, ...]] = {}


def _frozen_fields(kind: type) -> tuple[str, ...]:
    if issubclass(kind, (tuple, frozenset)) and kind.__dictoffset__ == 0:  # a named tuple; its instances have no attributes to set
        return _ITEMS
    if issubclass(kind, msgspec.Struct):
        return tuple(kind.__struct_fields__) if kind.__struct_config__.frozen else _MUTABLE
    if issubclass(kind, Enum):
        return ()
    parameters = getattr(kind, "__dataclass_params__", None)
    if parameters is not None and parameters.frozen and "__dataclass_fields__" in kind.__dict__:
        return tuple(kind.__dataclass_fields__)  # type: ignore[attr-defined]
    return _MUTABLE
