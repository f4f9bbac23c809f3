"""Which values of commands and results are the same, whatever a node or a file made of them; and how they are shown."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any, Final

from splitbrain.errors import ScenarioError
from splitbrain.trace.saving import names

# They are what they are. True is not among them: Python says that it equals 1.
PLAIN: Final = frozenset({int, str, bytes, type(None)})
_LONG = 60  # columns that one value may take in a sentence


def canonical(value: Any) -> Hashable:
    """What stands for a value, hashable: equal for two of them where these are the same.

    As in JSON, 1 is 1.0, but not true, and a tuple is a list; NaN is NaN. Mappings do not know in which order they were filled, and
    records of one type are the same by their fields. All else is the same where Python says so. Raises `ScenarioError` for what can
    be neither hashed nor looked into.
    """
    kind = type(value)
    if kind in PLAIN:
        plain: Hashable = value
        return plain
    if kind is bool:
        return (bool, "true" if value else "false")
    if kind is float:
        return value if value == value else (float, "nan")  # noqa: PLR0124 - so does NaN alone
    if isinstance(value, (list, tuple)):
        return (list, *map(canonical, value))
    if isinstance(value, Mapping):
        return (dict, frozenset((canonical(key), canonical(each)) for key, each in value.items()))
    if isinstance(value, (set, frozenset)):
        return (set, frozenset(map(canonical, value)))
    fields = names(value)
    if fields is not None:
        return (kind, *(canonical(getattr(value, name)) for name in fields))
    try:
        hash(value)
    except TypeError:
        raise ScenarioError(
            f"a {kind.__qualname__} cannot be compared with what other operations wrote and found: it has no hash; "
            "let commands and results be plain data, or records of it"
        ) from None
    other: Hashable = value
    return other


def as_asked(key: Hashable, command: Any) -> Any:
    """A model's key as whoever asked wrote it: the part of the command that it stands for, where there is one; else itself."""
    if type(key) in PLAIN:
        return key
    parts = command.values() if isinstance(command, Mapping) else command if isinstance(command, (tuple, list)) else ()
    for part in parts:
        try:
            if canonical(part) == key:
                return part
        except ScenarioError:  # what has no hash is no key
            continue
    return key


def shown(value: Any) -> str:
    """A value in a sentence: on one line, clipped, the same in every process."""
    text = _shown(value)
    return text if len(text) <= _LONG else text[: _LONG - 1] + "…"


def spoken(command: Any) -> str:
    """A command in a sentence: its words, but for a key that is None."""
    name, *rest = command if isinstance(command, (tuple, list)) and command else (command,)
    return " ".join(map(shown, (name, *(each for place, each in enumerate(rest) if place or each is not None))))


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value if value and value.isprintable() else repr(value)
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_shown(key)}: {_shown(each)}" for key, each in value.items()) + "}"
    if isinstance(value, (set, frozenset)):
        return "{" + ", ".join(sorted(map(_shown, value))) + "}"
    # The default repr holds an address, which would differ from run to run.
    return f"a {type(value).__name__}" if getattr(type(value), "__repr__", None) is object.__repr__ else repr(value)
