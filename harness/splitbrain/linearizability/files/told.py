"""What a history file tells, before any model has read it; and how it becomes operations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import msgspec

from splitbrain.errors import HistoryError, told
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.models import Shipped
from splitbrain.linearizability.values import shown, spoken
from splitbrain.trace.history import Attempt, Operation

NOWHERE = ""  # a file does not say which node was asked
DEEPEST = 100  # things within things: those deeper still are no values, and Python would not get to the bottom of all of them


class Entry(msgspec.Struct, frozen=True):
    """One operation. line: what the model is to read; at: the line of the file with its call, back: with its return.

    said: command and result, where the file has them as a node has, and no model need read them; id: what the file calls it.
    """

    client: str
    line: Mapping[str, Any]
    called: float
    returned: float | None
    at: int
    back: int | None = None
    said: tuple[Any, Any] | None = None
    id: str | None = None


class Told(msgspec.Struct, frozen=True):
    """One history of a file. name, model, initial, linearizable: where the file itself says so.

    unit: what entries are counted by: lines, operations in one, or steps of a run. timed: moments are times, and not only the order
    of lines. nil: a read that was answered with nil is one of which nobody knows the answer, as it is to Knossos
    (github.com/jepsen-io/knossos, model.clj); unless nil is what it would find at first. skipped: the lines that are others', and
    of which nothing was read.
    """

    source: str
    entries: tuple[Entry, ...]
    name: str | None = None
    model: str | None = None
    initial: Any = msgspec.UNSET
    linearizable: bool | None = None
    unit: str = "line"
    timed: bool = False
    nil: bool = False
    skipped: Sequence[int] = ()


_READS, _FIND = ("get", "read"), ("get", "read", "dequeue", "contains")


def operations(history: Told, model: Model) -> list[Operation]:
    """The operations in the order of their calls, as ``model`` reads them. Raises `HistoryError` where it cannot."""
    made = []
    numbers: Counter[str] = Counter()
    for entry in history.entries:
        read = _read(history, entry, model)
        if read is None:
            continue
        command, result = read
        numbers[entry.client] += 1
        who = f"client {entry.client}" if entry.client.isdecimal() else entry.client
        name = entry.id or f"{entry.client}.{numbers[entry.client]}"
        operation = Operation(name, who, command, entry.called, [Attempt(NOWHERE, entry.at)])
        if entry.returned is not None:
            operation.returned, operation.result, operation.replied = entry.returned, result, entry.back
        made.append(operation)
    made.sort(key=lambda operation: operation.called)
    return made


def _read(history: Told, entry: Entry, model: Model) -> tuple[Any, Any] | None:
    """The command and the result; None where they say nothing."""
    line, source, place = entry.line, history.source, f"{history.unit} {entry.at}"
    answered = entry.returned is not None
    if answered and _is_mute(line) and entry.said is None and isinstance(model, Shipped):
        found = "true or false" if line["op"] == "contains" else "something, or null"
        wrong(source, place, "it has no `found`", f"a {line['op']!r} that returned has found {found}; write it into it")
    try:
        command, result = model.read(line) if entry.said is None else entry.said
        model.key(command)
        # A model is asked for each command once, here, where it can still be said on which line one is that it does not know.
        after = model.step(model.initial, command, result if answered else UNKNOWN)
    except KeyError as missing:
        wrong(source, place, f"it has no {missing}", f"a {line['op']!r} cannot be judged without it; write it into it")
    except ValueError as error:
        wrong(source, place, str(error), "so it can be neither right nor wrong; name the model that knows it, or mend it")
    except (Exception, SystemExit) as error:
        raise HistoryError(
            f"{source}, {place}: {type(model).__qualname__} raised {told(error)}; its `read` must return (command, result), and "
            "its `key` and `step` take them; ValueError is for what is none of the model's"
        ) from error
    if history.nil and answered and line["op"] in _READS and line.get("found") is None and after is None:
        return None
    # What a node said is judged as in the hunt that it is of, which takes every answer.
    if answered and entry.said is None and isinstance(model, Shipped) and (wanted := model.misfit(command, result)) is not None:
        found = f"{spoken(command)} was answered {shown(result)}, but a {model.noun} answers {wanted}, whatever its state"
        wrong(source, place, found, "so it can be neither right nor wrong; name the model that it is of, or mend it")
    return command, result


def _is_mute(line: Mapping[str, Any]) -> bool:
    """Whether it does not say what a read found; null is what most of them may find."""
    if line["op"] == "contains":
        return line.get("found", line.get("ok")) is None
    return line["op"] in _FIND and "found" not in line


def wrong(source: str, place: int | str, found: str, advice: str) -> NoReturn:
    """Raise `HistoryError`: what was found, at which place (or line), and why that cannot be, with what to do."""
    where = f"line {place}" if isinstance(place, int) else place
    raise HistoryError(f"{source}, {where}: {found}; {advice}")
