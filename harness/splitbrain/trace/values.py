"""What a user's value is, in canonical bytes: whatever a node could tell apart is told apart, and only a tuple is a list.

Quickly where msgspec's text and the types that it leaves out say it all, else by a walk.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from math import isfinite, isnan
from typing import Any, TypeAlias

import msgspec

from splitbrain.errors import ScenarioError, told
from splitbrain.trace.saving import names, parts

Show: TypeAlias = Callable[[Any], Any]
NATIVE = frozenset({str, int, bool, type(None)})  # what JSON has, and msgspec writes as it is


def hook_of(show: Show | None) -> Callable[[Any], Any]:
    """What msgspec asks about what it cannot encode: the scenario's `show`, if there is one."""

    def hook(value: Any) -> Any:
        if show is None:
            raise NotImplementedError(f"{type(value).__module__}.{type(value).__qualname__}")
        try:
            shown = show(value)
        except (Exception, SystemExit) as error:
            name = f"{getattr(show, '__module__', '')}.{getattr(show, '__qualname__', show)}"
            raise ScenarioError(
                f"show({type(value).__name__}) raised {told(error)}; the scenario's `show` ({name}) must turn what msgspec cannot "
                "encode into what it can"
            ) from error
        if shown is value:
            raise NotImplementedError(f"{type(value).__qualname__}: the scenario's `show` returned it unchanged")
        return shown

    return hook


# The quick way: msgspec's text, and beside it the types that it leaves out


class Types:
    """The types of a value and of its parts, each with its place among its siblings, in the order of the text."""

    def __init__(self, hook: Callable[[Any], Any]) -> None:
        self._hook = hook

    def tell(self, value: Any, told: list[str]) -> bool:
        """Add what the text does not say; returns False where text and types together would still be ambiguous."""
        kind = type(value)
        if kind is float:
            return isfinite(value)
        name, look = _shapes.get(kind) or _shape(value)
        if look is _SCALAR:
            told.append(name)
            return True
        told.append(f"{name}(")
        if look is _ITEMS:
            inner: Any = enumerate(value)
        elif look is _KEYS:
            if not all(type(key) is str for key in value):
                return False
            inner = enumerate(value.values() if len(value) == 1 else (value[key] for key in sorted(value)))
        elif look is _SET:
            if not all(type(item) in NATIVE for item in value):
                return False
            inner = ()
        elif look is _SHOWN:
            inner = ((0, self._hook(value)),)
        else:
            inner = enumerate([getattr(value, name) for name in look])
        for place, part in inner:
            if type(part) not in NATIVE:
                told.append(str(place))
                if not self.tell(part, told):
                    return False
        told.append(")")
        return True


_SCALAR, _ITEMS, _KEYS, _SET, _SHOWN = ("scalar",), ("items",), ("keys",), ("set",), ("shown",)
_shapes: dict[type, tuple[str, tuple[str, ...]]] = {
    list: ("", _ITEMS),
    tuple: ("", _ITEMS),
    dict: ("", _KEYS),
    set: ("set", _SET),
    frozenset: ("set", _SET),
    bytes: ("bytes", _SCALAR),
    type(msgspec.UNSET): ("unset", _SCALAR),
}


def _shape(value: Any) -> tuple[str, tuple[str, ...]]:
    """How values of this type are looked into."""
    kind = type(value)
    fields = names(value)
    if fields is not None:
        look = fields
    elif isinstance(value, Enum):
        look = _SCALAR
    elif isinstance(value, tuple):
        look = _ITEMS
    elif isinstance(value, dict):
        look = _KEYS
    else:
        try:
            _BARE.encode(value)  # a date, say
            look = _SCALAR
        except TypeError:
            look = _SHOWN
    shape = _shapes[kind] = (kind.__qualname__, look)
    return shape


_BARE = msgspec.json.Encoder(order="deterministic")


# The long way


class Plainly:
    """Canonical JSON of what msgspec has none for, or an ambiguous one: keys that are not text, sets of anything, infinity.

    It walks a value, and so is slow. Equal values give equal bytes, others do not.

    hook: turns what msgspec cannot encode into what it can, or raises.
    """

    def __init__(self, hook: Callable[[Any], Any]) -> None:
        self._hook = hook

    def encode(self, value: Any) -> bytes:
        """The JSON text. Raises what msgspec and the hook raise."""
        return _BARE.encode(self._plain(value))

    def _plain(self, value: Any) -> Any:
        kind = type(value)
        if kind in NATIVE:
            return value
        if kind is float:
            return value if isfinite(value) else {"float": str(value)}
        if kind in (list, tuple):
            return [self._plain(item) for item in value]
        return {"type": kind.__qualname__, "is": self._inside(value)}

    def _inside(self, value: Any) -> Any:
        fields = names(value)
        if fields is not None:
            return [self._plain(getattr(value, name)) for name in fields]
        if isinstance(value, Enum):
            return value.name
        if isinstance(value, Mapping):
            # In the order of their text: it is the same for equal mappings, whatever the order of insertion.
            return [msgspec.Raw(pair) for pair in sorted(self.encode((key, each)) for key, each in value.items())]
        if isinstance(value, (set, frozenset)):
            return [msgspec.Raw(item) for item in sorted(map(self.encode, value))]
        if isinstance(value, tuple):
            return [self._plain(item) for item in value]
        if value is msgspec.UNSET:
            return None
        try:
            return msgspec.Raw(_BARE.encode(value))
        except TypeError:
            return self._plain(self._hook(value))


# What to say of what has none


def culprit(value: Any, show: Show | None, place: str = "") -> str | None:
    """The first part of a value that has no canonical bytes, with its place; None: there is none. Raises `RecursionError`."""
    where = f" in {place}" if place else ""
    inner = parts(value)
    if inner is None:
        try:
            Plainly(hook_of(show)).encode(value)
        except (NotImplementedError, TypeError, ValueError, OverflowError) as error:
            return f"{error}{where}"
        return None
    if isinstance(value, dict):
        for key in value:
            found = culprit(key, show)
            if found is not None:
                return f"{found}, of a key{where}"
    return next((found for step, part in inner if (found := culprit(part, show, place + step)) is not None), None)


def unequal(value: Any, place: str = "") -> str | None:
    """The place of what does not even equal itself, so that nobody can compare it: of NaN; None: there is none."""
    if type(value) is float and isnan(value):
        return f"nan in {place}" if place else "nan"
    return next((found for step, part in parts(value) or () if (found := unequal(part, place + step)) is not None), None)
