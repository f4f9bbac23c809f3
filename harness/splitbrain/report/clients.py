"""A history as rows, one a call, a further attempt or a return, with a lane for each client; and one a whole operation."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import TypeAlias

from splitbrain.report.values import counted
from splitbrain.report.wording import question
from splitbrain.trace.history import Operation
from splitbrain.trace.readable import LONG, value

# What a lane looks like at a row.
FREE, BUSY, OPEN, CALLED, AGAIN, RETURNED, ENDLESS = " ", "│", "┊", "┬", "├", "┴", "▽"
_GOES_ON = {"answered": BUSY, "unknown": OPEN, "refused": FREE}
# Whoever asks for these asks for an effect: an answer, whatever it is but False, says that it is done.
_ORDERS = ("put", "write", "append", "delete", "enqueue", "acquire", "release")
_CHANGES = (*_ORDERS, "add", "remove")  # some of these are answered with what came of it


@dataclass(frozen=True)
class Row:
    """One moment; none at the end of what is open. step: of a schedule, or line of a file; lane: whose it is; glyphs: of all."""

    moment: float | None
    step: int | None
    id: str
    lane: int
    text: str
    glyphs: tuple[str, ...]


@dataclass(frozen=True)
class Lanes:
    """clients: who is in each lane, one after the other."""

    clients: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]


def answered(operation: Operation, limit: int = LONG) -> str:
    """What the client was told, or that it knows nothing."""
    if operation.outcome != "answered":
        return operation.outcome
    command, result = operation.command, operation.result
    bare = _CHANGES if result is None or result is True else _ORDERS
    if isinstance(command, (tuple, list)) and command and result is not False and command[0] in bare:
        return "ok"
    return "nothing" if result is None else value(result, limit)


def client_of(operation: Operation) -> str:
    """Who asked; an operation without a session is a client of its own."""
    return operation.id if operation.session is None else operation.session


def lanes(operations: Sequence[Operation], replaced: Mapping[str, str] | None = None, most: int | None = None) -> Lanes:
    """The operations as rows, in the order of their moments; calls before returns of the same one, for these are concurrent.

    replaced: sessions that gave up, and who goes on for each, in the same lane. most: how many lanes there may be before clients
    that have nothing to do with each other share one, one after the other.
    """
    lane_of = _lanes_of(operations, replaced or {}, most)
    count = max(lane_of.values(), default=-1) + 1
    state, owner = [FREE] * count, [""] * count
    rows = []
    for moment, _, step, _, sign, text, operation in sorted(_moments(operations), key=lambda each: each[:4]):
        lane = lane_of[client_of(operation)]
        # Whoever gave up has left the lane to somebody else: what it hears late ends nothing that is asked there now.
        late = sign != CALLED and owner[lane] != operation.id
        glyphs = tuple(sign if place == lane else each for place, each in enumerate(state))
        rows.append(Row(moment, step, operation.id, lane, f"late: {text}" if late else text, glyphs))
        if not late:
            owner[lane] = operation.id
            state[lane] = FREE if sign == RETURNED else _GOES_ON[operation.outcome]
    for lane in [lane for lane, sign in enumerate(state) if sign == OPEN]:
        glyphs = tuple(ENDLESS if place == lane else each for place, each in enumerate(state))
        rows.append(Row(None, None, owner[lane], lane, "unknown", glyphs))
        state[lane] = FREE
    clients: list[list[str]] = [[] for _ in range(count)]
    for client, lane in lane_of.items():
        clients[lane].append(client)
    return Lanes(tuple(map(tuple, clients)), tuple(rows))


def _lanes_of(operations: Iterable[Operation], replaced: Mapping[str, str], most: int | None) -> dict[str, int]:
    """Whose lane is which, in the order in which they come."""
    spans: dict[str, tuple[float, float]] = {}
    for operation in operations:
        client = client_of(operation)
        begin, end = spans.get(client, (operation.called, operation.called))
        # What is unknown is open for ever; it holds a lane only for as long as nobody else needs it.
        last = operation.called if operation.returned is None else operation.returned
        spans[client] = (min(begin, operation.called), max(end, last))
    share = most is not None and len(spans) > most
    before = {new: old for old, new in replaced.items()}
    lane_of: dict[str, int] = {}
    free_from: list[float] = []
    for client, (begin, end) in sorted(spans.items(), key=lambda each: each[1][0]):
        lane = lane_of.get(before.get(client, ""))
        if lane is None and share:
            lane = next((place for place, end_ in enumerate(free_from) if end_ < begin), None)
        if lane is None:
            lane = len(free_from)
            free_from.append(end)
        lane_of[client] = lane
        free_from[lane] = max(free_from[lane], end)
    return lane_of


_Moment: TypeAlias = tuple[float, int, int, int, str, str, Operation]


def _moments(operations: Sequence[Operation]) -> Iterator[_Moment]:
    """All rows to be, each with its place in the order (moment, calls before what comes of them, step), sign and words."""
    known = sorted(
        [(each.step, each.called) for each in operations]
        + [(each.replied, each.returned) for each in operations if each.replied is not None and each.returned is not None]
    )
    for number, each in enumerate(operations):
        outcome = "" if each.outcome == "answered" else f" ({each.outcome})"
        yield each.called, 0, each.step, number, CALLED, f"{question(each.command)}{outcome}", each
        for attempt in each.attempts[1:]:
            # An attempt has no moment of its own; it came before all else that happened in its step.
            place = bisect_left(known, (attempt.step, each.called))
            moment = max(known[place][1] if place < len(known) else inf, each.called)
            rank = 1 if moment == each.called else -1
            yield moment, rank, attempt.step, number, AGAIN, f"again at {attempt.node}", each
        if each.returned is not None:
            told = answered(each) + (f" from {each.node}" if each.node else "")
            yield each.returned, 2, each.replied or 0, number, RETURNED, told, each


@dataclass(frozen=True)
class Line:
    """An operation on one line of a table. steps: of the schedule, or lines of the file; moments: from when to when."""

    id: str
    client: str
    asked: str
    answered: str
    steps: str
    moments: str
    where: str


def table(operations: Iterable[Operation]) -> list[Line]:
    """The operations, in the order of their calls."""
    return [
        Line(
            operation.id,
            client_of(operation),
            question(operation.command),
            answered(operation),
            _span(operation.step, operation.replied) if operation.replied != operation.step else str(operation.step),
            _span(operation.called, operation.returned),
            _where(operation),
        )
        for operation in operations
    ]


def _span(begin: float, end: float | None) -> str:
    return f"{begin}-" if end is None else f"{begin}-{end}"


def _where(operation: Operation) -> str:
    """At which nodes it was asked for, and which of them refused it or gave the answer."""
    asked = [attempt for attempt in operation.attempts if attempt.node]
    answers = max((place for place, each in enumerate(asked) if each.node == operation.node and not each.refused), default=-1)
    said = (
        each.node + (" refuses" if each.refused else " answers" if place == answers and operation.returned is not None else "")
        for place, each in enumerate(asked)
    )
    return ", ".join(said)


def account(operations: Iterable[Operation]) -> str:
    """How many there are, and how they came out."""
    outcomes = Counter(operation.outcome for operation in operations)
    told = {"answered": outcomes["answered"], "refused": outcomes["refused"], "of unknown outcome": outcomes["unknown"]}
    return ", ".join([counted(outcomes.total(), "operation"), *(f"{number:,} {how}" for how, number in told.items() if number)])
