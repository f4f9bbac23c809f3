"""What ``splitbrain show FILE --history --json`` prints, as a history: what the clients of a run asked and were told."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NoReturn

from splitbrain.linearizability.files.told import Entry, Told, wrong

_UNIT = "step"
_SCHEDULE = "splitbrain-schedule"  # what a schedule file calls its format


def is_one(found: Mapping[str, Any]) -> bool:
    """Whether an object is such a history."""
    return isinstance(found.get("operations"), tuple) and "ops" not in found and "client" not in found


def read(found: Mapping[str, Any], source: str) -> Told:
    """The history in such an object; what was refused has had no effect, and is left out. Raises `HistoryError`."""
    entries = [_entry(each, source, place) for place, each in enumerate(found["operations"], 1)]
    return Told(source, tuple(entry for entry in entries if entry is not None), unit=_UNIT)


def no_schedule(found: Mapping[str, Any], source: str) -> None:
    """Refuse the head of a schedule: what its clients saw is known once it has run. Raises `HistoryError`."""
    if found.get("format") == _SCHEDULE:
        wrong(
            source,
            1,
            "it is a schedule, which says what to do, and not what clients saw",
            "what `splitbrain show FILE --history --json` prints of it is a history; check that",
        )


def _entry(operation: Any, source: str, place: int) -> Entry | None:
    if not isinstance(operation, dict):
        _no_operation(source, place, "it is no object")
    for name in ("id", "command", "outcome", "result", "called", "returned", "step", "replied"):
        if name not in operation:
            _no_operation(source, place, f"it has no `{name}`")
    name, outcome, called, returned = (operation[each] for each in ("id", "outcome", "called", "returned"))
    if outcome == "refused":
        return None
    if not isinstance(name, str) or type(called) is not int or type(operation["step"]) is not int:
        _no_operation(source, place, "its `id` is no text, or `called` or `step` no whole number")
    if (outcome == "answered") != (type(returned) is int and returned > called):
        _no_operation(source, place, f"it is {outcome}, called at {called!r} and returned at {returned!r}")
    client = operation.get("client")
    command = operation["command"]
    op = command[0] if isinstance(command, tuple) and command else command
    return Entry(
        name if client is None else str(client),
        {"op": op},
        called,
        returned,
        operation["step"],
        operation["replied"],
        said=(command, operation["result"]),
        id=name,
    )


def _no_operation(source: str, place: int, found: str) -> NoReturn:
    wrong(source, f"operation {place}", found, "that is not what `splitbrain show --history --json` prints; print it again")
