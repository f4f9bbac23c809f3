"""Canonical JSON of what msgspec has none for: mappings whose keys are not text, and sets of things without an order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import msgspec


class Plain:
    """Encodes slowly, by walking a value. Equal values give equal bytes.

    hook: turns what msgspec cannot encode into what it can, or raises.
    """

    def __init__(self, hook: Callable[[Any], Any]) -> None:
        self._hook = hook
        self._encoder = msgspec.json.Encoder(enc_hook=lambda value: self._plain(hook(value)), order="deterministic")

    def encode(self, value: Any) -> bytes:
        """The JSON text. Raises what msgspec and the hook raise."""
        return self._encoder.encode(self._plain(value))

    def _plain(self, value: Any) -> Any:
        if isinstance(value, msgspec.Struct):
            return self._record(value, value.__struct_fields__)
        if is_dataclass(value) and not isinstance(value, type):
            return self._record(value, tuple(field.name for field in fields(value)))
        if isinstance(value, Mapping):
            # Pairs, in the order of their text: it is the same for equal mappings, whatever the order of insertion.
            return {"pairs": [msgspec.Raw(pair) for pair in sorted(self.encode((key, each)) for key, each in value.items())]}
        if isinstance(value, (set, frozenset)):
            return [msgspec.Raw(item) for item in sorted(map(self.encode, value))]
        if isinstance(value, (list, tuple)):
            return [self._plain(item) for item in value]
        return value

    def _record(self, value: Any, names: tuple[str, ...]) -> Any:
        return {"type": type(value).__name__, "fields": [(name, self._plain(getattr(value, name))) for name in names]}
