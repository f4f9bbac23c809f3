"""Invocations and completions, line by line, as operations; what each kind of completion means is Jepsen's word.

(github.com/jepsen-io/history, README: ``ok`` has happened, ``fail`` has not, ``info`` may have or not, or do yet; a client does one
thing at a time.) The order of the lines is the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from splitbrain.linearizability.files.told import Entry, wrong

_KINDS = ("invoke", "ok", "fail", "info")
READS = ("read", "get", "contains")  # without an answer, they say nothing


class Event(msgspec.Struct, frozen=True):
    """One line: that of ``client`` about ``f``. key: where the line has one of its own; at: the line of the file."""

    client: Any
    kind: str
    f: str
    value: Any
    at: int
    key: Any = None
    keyed: bool = False


def pair(events: Iterable[Event], source: str, failed: Sequence[str] = ()) -> list[Entry]:
    """The operations of clients. failed: of which ``fail`` is an answer, and does not say that they have not happened.

    Raises `HistoryError` for a client with two at once, a completion of nothing, or of another operation.
    """
    read = list(events)
    for event in read:
        if event.kind not in _KINDS:
            wrong(source, event.at, f"type :{event.kind}", "it is none of :invoke, :ok, :fail and :info; mend the line")
    independent = _independent(read)
    entries: list[tuple[int, Entry]] = []
    running: dict[Any, tuple[int, Event]] = {}
    for place, event in enumerate(read):
        begun = running.pop(event.client, None)
        if event.kind == "invoke":
            if begun is not None:
                wrong(
                    source,
                    event.at,
                    f"process {event.client} invokes :{event.f}, and what it invoked on line {begun[1].at} has not completed",
                    "a client does one thing at a time; give the second one a process of its own, or complete the first with :info",
                )
            running[event.client] = (place, event)
            continue
        if begun is None:
            wrong(
                source,
                event.at,
                f"process {event.client} completes :{event.f}, which it has not invoked",
                "a completion stands behind its invocation; add that line, or take this one out",
            )
        if begun[1].f != event.f:
            wrong(
                source,
                event.at,
                f"process {event.client} completes :{event.f}, but has invoked :{begun[1].f} on line {begun[1].at}",
                "an operation completes as what it was invoked as; mend one of the two lines",
            )
        if event.kind == "ok" or (event.kind == "fail" and event.f in failed):
            entries.append((begun[0], _entry(begun, (place, event), independent)))
        elif event.kind == "info" and event.f not in READS:
            entries.append((begun[0], _entry(begun, None, independent)))
    entries += [(begun[0], _entry(begun, None, independent)) for begun in running.values() if begun[1].f not in READS]
    return [entry for _, entry in sorted(entries, key=lambda each: each[0])]


def _independent(events: Sequence[Event]) -> bool:
    """Whether values are pairs of a key and what is asked of it, as jepsen.independent makes them: all are, a cas' two as well.

    Where nothing but writes is invoked, it makes no difference to whether that is linearizable.
    """
    asked = [event for event in events if event.kind == "invoke"]
    return bool(asked) and all(
        not event.keyed and _is_pair(event.value) and (event.f != "cas" or _is_pair(event.value[1])) for event in asked
    )


def _is_pair(value: Any) -> bool:
    return isinstance(value, tuple) and len(value) == 2


def _entry(begun: tuple[int, Event], done: tuple[int, Event] | None, independent: bool) -> Entry:
    place, asked = begun
    line: dict[str, Any] = {"client": asked.client, "op": asked.f}
    argument = asked.value
    answer: Any = None if done is None else done[1].value
    if independent:
        line["key"], argument = argument
        answer = answer[1] if _is_pair(answer) else None
    elif asked.keyed:
        line["key"] = asked.key
    if asked.f == "cas" and _is_pair(argument):
        line["old"], line["value"] = argument
        line["ok"] = done is not None and done[1].kind == "ok"
    elif argument is not None and asked.f not in ("read", "get"):
        line["value"] = argument
    elif asked.f not in ("read", "get", "dequeue"):
        line["value"] = answer
    if done is not None:
        line["found"] = answer
    return Entry(
        str(asked.client),
        line,
        place,
        None if done is None else done[0],
        asked.at,
        None if done is None else done[1].at,
    )
