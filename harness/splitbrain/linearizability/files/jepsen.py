"""Jepsen's ``history.edn``: one map a line, or a vector of maps, of invocations and completions."""

from __future__ import annotations

from collections.abc import Iterator

from splitbrain.linearizability.files.edn import EdnError, Map, things
from splitbrain.linearizability.files.pairing import Event, pair
from splitbrain.linearizability.files.told import Told, wrong

_NEEDED = (":process", ":type", ":f")


def read(text: str, source: str) -> list[Told]:
    """The one history in such a text. Raises `HistoryError`."""
    try:
        events = list(_events(text, source))
    except EdnError as error:
        wrong(
            source, error.line, str(error), "a history is maps, one a line or in a vector; mend the line, or name another --format"
        )
    return [Told(source, tuple(pair(events, source)), nil=True)]


def _events(text: str, source: str) -> Iterator[Event]:
    last: int | None = None
    for line, found in _maps(text, source):
        process = found.get(":process")
        if isinstance(process, str) and process.startswith(":"):
            continue  # a nemesis: clients are numbers
        if ":process" in found and (isinstance(process, bool) or not isinstance(process, int)):
            wrong(source, line, f":process {process!r}", "it is the number of a client, or :nemesis; mend the line")
        for name in _NEEDED:
            if name not in found:
                wrong(source, line, f"a map without {name}", "every line of a history has :process, :type and :f; mend the line")
            if name != ":process" and not (isinstance(found[name], str) and found[name].startswith(":")):
                wrong(source, line, f"{name} {found[name]!r}", "it is a keyword in every history; mend the line")
        last = _in_order(found, last, source, line)
        keyed = ":key" in found
        yield Event(process, found[":type"][1:], found[":f"][1:], found.get(":value"), line, found.get(":key"), keyed)


def _maps(text: str, source: str) -> Iterator[tuple[int, Map]]:
    for line, thing in things(text):
        for each in (thing,) if isinstance(thing, Map) else thing if isinstance(thing, tuple) else (thing,):
            if not isinstance(each, Map):
                wrong(
                    source,
                    line,
                    f"{each!r}"[:60],
                    "a history is maps, one a line or in a vector; mend it, or name another --format",
                )
            yield each.line, each


def _in_order(found: Map, last: int | None, source: str, line: int) -> int | None:
    """The index of a line, where it has one; times need not rise: each client reads the clock before its line is written."""
    index = found.get(":index")
    if not isinstance(index, int):
        return last
    if last is not None and index <= last:
        wrong(
            source, line, f":index {index} stands behind :index {last}", "the order of the lines is the time; sort them by :index"
        )
    return index
