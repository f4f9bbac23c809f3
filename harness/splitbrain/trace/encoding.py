"""Canonical bytes: of a trace, its digest, and the first difference of two."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import zip_longest
from typing import Any

import msgspec

from splitbrain.errors import EncodingError, ScenarioError, told
from splitbrain.events import Event, Observed

Show = Callable[[Any], Any]


def digest(events: Sequence[Event], show: Show | None = None) -> str:
    """SHA-256 (hex) of the trace's canonical encoding; equal digests mean equal traces, in any process."""
    total = hashlib.sha256()
    for line in encode(events, show):
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()


def encode(events: Sequence[Event], show: Show | None = None) -> list[bytes]:
    """The canonical encoding, one JSON object an event. Raises `EncodingError` for what has none."""
    encoder = msgspec.json.Encoder(enc_hook=_hook(show), order="deterministic")
    plainly = _Plainly(_hook(show))
    lines = []
    for event in events:
        try:
            try:
                line = encoder.encode(event)
            except (TypeError, ValueError):  # JSON's keys are text, and its order of sets is theirs: a slower way knows more
                line = plainly.encode(event)
            if type(event) is Observed:  # the types of opaque things are a part of what happened
                line += type(event.observation).__name__.encode()
        except (NotImplementedError, TypeError, ValueError, RecursionError) as error:
            raise EncodingError(
                f"step {event.step}: {type(event).__name__} holds what has no canonical encoding ({error}); "
                "use msgspec structs, dataclasses or plain data, or give the scenario `show=`"
            ) from error
        lines.append(line)
    return lines


def _hook(show: Show | None) -> Callable[[Any], Any]:
    def hook(value: Any) -> Any:
        if show is None:
            raise NotImplementedError(f"{type(value).__module__}.{type(value).__qualname__}")
        try:
            shown = show(value)
        except Exception as error:
            name = f"{getattr(show, '__module__', '')}.{getattr(show, '__qualname__', show)}"
            raise ScenarioError(
                f"show({type(value).__name__}) raised {told(error)}; the scenario's `show` ({name}) must turn what msgspec cannot "
                "encode into what it can"
            ) from error
        if shown is value:
            raise NotImplementedError(f"{type(value).__qualname__}: the scenario's `show` returned it unchanged")
        return shown

    return hook


def first_difference(one: Sequence[Event], other: Sequence[Event], show: Show | None = None) -> int | None:
    """The index of the first event in which two traces differ; None when they are equal."""
    for index, (left, right) in enumerate(zip_longest(encode(one, show), encode(other, show))):
        if left != right:
            return index
    return None


class _Plainly:
    """Canonical JSON of what msgspec has none for: mappings whose keys are not text, and sets of things without an order.

    It walks a value, and so is slow. Equal values give equal bytes.

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
