"""A history as a terminal shows it: clients' lanes, and a table with a line an operation."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from rich.text import Text

from splitbrain.report.clients import AGAIN, CALLED, ENDLESS, OPEN, RETURNED, Lanes, Row, lanes, table
from splitbrain.report.lanes import EVIDENCE
from splitbrain.report.terminal.drawing import fold
from splitbrain.trace.history import Operation

_WIDE = 18  # the least columns of a lane that holds its own words; below, words go into one column behind the lanes
_WIDEST = 36
_NARROW = 2
_WORDS = 24  # columns of the words behind the lanes, at least
_LEAST = 8  # columns of a cell of the table that gives way
_GIVE_WAY = ("operation", "client", "asked", "answered", "where")
_STYLES = {CALLED: "bold cyan", RETURNED: "bold cyan", AGAIN: "cyan", ENDLESS: "yellow", OPEN: "yellow"}
_LEGEND = {
    EVIDENCE: "evidence",
    CALLED: "called",
    RETURNED: "returned",
    AGAIN: "asked for again",
    ENDLESS: "open to the end",
    "(unknown)": "unknown: it may take effect at any time from its call on, or never",
    "late: ": "late: whoever had asked has given up by then",
}


@dataclass(frozen=True)
class _Layout:
    """Columns of the numbers, of the operations' names, and from one lane to the next; in_lanes: words stand in the lanes."""

    number: int
    name: int
    pitch: int
    in_lanes: bool


def draw_lanes(
    operations: Sequence[Operation],
    width: int,
    numbers: str = "step",
    replaced: Mapping[str, str] | None = None,
    marked: Collection[str] = (),
) -> list[Text]:
    """The lanes in ``width`` columns, and what their signs mean.

    numbers: what the rows have; "moment", or what steps are. replaced: as in `lanes`. marked: operations, by their names, that are
    evidence of something.
    """
    if not operations:
        return []
    drawn = lanes(operations, replaced)
    number = max(len(numbers), *(len(_number(row, numbers)) for row in drawn.rows)) + 2 * bool(marked)
    name = max(9, *(cell_len(each.id) for each in operations))
    room = width - number - name - 4
    most = max((room - _WORDS) // _NARROW, 1)
    drawn = lanes(operations, replaced, most) if len(drawn.clients) > most else drawn
    pitch = min(room // len(drawn.clients), _WIDEST)
    in_lanes = pitch >= _WIDE
    pitch = min(pitch, max(_WIDE, *(cell_len(row.text) + 4 for row in drawn.rows)))
    layout = _Layout(number, name, pitch if in_lanes else _NARROW, in_lanes)
    rows = [_row(row, layout, width, _number(row, numbers), row.id in marked) for row in drawn.rows]
    return [_head(drawn, layout, numbers), *rows, Text(), *_legend(rows, width)]


def draw_table(operations: Iterable[Operation], width: int, unit: str = "step", *, timed: bool = False) -> list[Text]:
    """A line an operation: what was asked, what came of it, from when to when, and at which nodes, in a run.

    unit: what their steps are. timed: their moments are told, too.
    """
    lines = table(operations)
    columns = {"operation": [line.id for line in lines]}
    if not all(line.id.startswith(line.client) for line in lines):  # else the name says who it is
        columns["client"] = [line.client for line in lines]
    columns["asked"] = [line.asked for line in lines]
    columns["answered"] = [line.answered for line in lines]
    if timed:
        columns["moments"] = [line.moments for line in lines]
    columns["number" if unit == "operation" else unit] = [line.steps for line in lines]
    if any(line.where for line in lines):
        columns["where"] = [line.where for line in lines]
    rows = list(zip(*([head, *cells] for head, cells in columns.items()), strict=True))
    wide = dict(zip(columns, (max(map(cell_len, column)) for column in zip(*rows, strict=True)), strict=True))
    giving = [name for name in _GIVE_WAY if name in wide]
    while sum(wide.values()) + 2 * (len(wide) - 1) > width and max(wide[name] for name in giving) > _LEAST:
        wide[max(giving, key=wide.__getitem__)] -= 1
    return [
        _line("  ".join(_fit(text, size) for text, size in zip(row, wide.values(), strict=True)), "" if place else "bold")
        for place, row in enumerate(rows)
    ]


def _head(drawn: Lanes, layout: _Layout, numbers: str) -> Text:
    text = f"{numbers:>{layout.number}}  {_fit('operation', layout.name)}  "
    if layout.in_lanes:
        for clients in drawn.clients:
            names = f"{clients[0]}, {clients[1]} …" if len(clients) > 2 else ", ".join(clients)
            text += _fit(names, layout.pitch - 1) + " "
    return _line(text, "bold")


def _number(row: Row, numbers: str) -> str:
    number = row.moment if numbers == "moment" else row.step
    return "" if number is None else str(number)


def _row(row: Row, layout: _Layout, width: int, number: str, marked: bool) -> Text:
    line = Text(f"{number:>{layout.number}}  {_fit(row.id, layout.name)}  ")
    if marked:
        line = Text(f"{EVIDENCE}{line.plain[1:]}", "bold red")
    for lane, glyph in enumerate(row.glyphs):
        words = f" {row.text}" if layout.in_lanes and lane == row.lane else ""
        line.append(glyph, _STYLES.get(glyph, "dim"))
        line.append(_fit(words, layout.pitch - 2) + " " if layout.in_lanes else " ")
    if not layout.in_lanes:
        line.append(_fit(row.text, width - cell_len(line.plain)))
    line.rstrip()
    return line


def _legend(rows: Sequence[Text], width: int) -> list[Text]:
    """Explain what occurs, and nothing else."""
    seen = "\n".join(row.plain for row in rows)
    said = " · ".join(meaning if len(sign) > 1 else f"{sign} {meaning}" for sign, meaning in _LEGEND.items() if sign in seen)
    return [Text(line, "dim") for line in fold(said, width)]


def _fit(text: str, size: int) -> str:
    """The text in just so many columns."""
    return set_cell_size(text if cell_len(text) <= size else set_cell_size(text, size - 1).rstrip() + "…", size)


def _line(text: str, style: str) -> Text:
    return Text(text.rstrip(), style)
