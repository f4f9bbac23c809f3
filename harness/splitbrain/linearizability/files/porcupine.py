"""The two forms of Porcupine's test data (github.com/anishathalye/porcupine, ``test_data``).

``jepsen``: a log of etcd under Jepsen, ``INFO  jepsen.util - 0	:invoke	:write	3``, with others' lines between, as a log has:
they are skipped, and counted, but what is half an operation is refused. There a read that failed says nothing, and a cas that
failed has found another value. ``kv``: maps, ``{:process 0, :type :invoke, :f :get, :key "x",
:value nil}``, which are as in Jepsen's own form.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from splitbrain.linearizability.files import jepsen
from splitbrain.linearizability.files.edn import EdnError, things, whole
from splitbrain.linearizability.files.pairing import READS, Event, pair
from splitbrain.linearizability.files.told import Told, wrong

LOGGED = re.compile(r"jepsen\.util\s*[-:]\s+(?P<process>\S+)\s+:(?P<kind>\S+)\s+:(?P<f>\S+)(?P<rest>.*)$", re.MULTILINE)
_FORM = "INFO  jepsen.util - 0 :invoke :read nil"
_HALF = re.compile(
    r"jepsen\.util.*:(?:invoke|ok|fail|info)\b|(?:^|\s)\d+\s+:(?:invoke|ok|fail|info)\s+:\S"
)  # of an operation, at the least
_TIMED_OUT = ":timed-out"


def read(text: str, source: str) -> list[Told]:
    """The one history in such a text. Raises `HistoryError`."""
    if text.lstrip().startswith(("{", "[", "(", ";")):
        return [Told(source, told.entries) for told in jepsen.read(text, source)]
    skipped: list[int] = []
    events = list(_events(text, source, skipped))
    if not events and text.strip():
        wrong(
            source,
            1,
            "no operation, here or below",
            f"a log has lines like `{_FORM}`; name another --format",
        )
    return [Told(source, tuple(pair(events, source, failed=("cas",))), skipped=tuple(skipped))]


def _events(text: str, source: str, skipped: list[int]) -> Iterator[Event]:
    for number, line in enumerate(text.splitlines(), 1):
        found = LOGGED.search(line)
        if found is None:
            if _HALF.search(line):
                wrong(source, number, f"{line.strip()[:60]!r} is half an operation", f"one is as in `{_FORM}`; mend the line")
            if line.strip():
                skipped.append(number)
            continue
        if found["process"].startswith(":"):  # a nemesis
            continue
        if not found["process"].isdecimal():
            wrong(source, number, f"process {found['process']}", "it is the number of a client, or :nemesis; mend the line")
        try:
            process = whole(found["process"], number)
            values = [value for _, value in things(found["rest"], number)]
        except EdnError as error:
            wrong(source, number, str(error), "a line ends with the process, type, function and value of an operation; mend it")
        kind, f, value = found["kind"], found["f"], values[0] if values else None
        # What timed out may have happened, whatever it is called; a read says nothing then.
        kind = "info" if kind == "fail" and f not in READS and _TIMED_OUT in values else kind
        yield Event(process, kind, f, None if value == _TIMED_OUT else value, number)
