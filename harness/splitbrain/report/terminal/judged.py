"""What `check` says of a file: the verdict, and the operations at fault on a time line; of several histories, a table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from splitbrain.report.clients import account
from splitbrain.report.judged import Judged, foremost, worst
from splitbrain.report.terminal.clients import draw_lanes, draw_table
from splitbrain.report.terminal.drawing import fold
from splitbrain.report.terminal.screen import to_string
from splitbrain.report.terminal.size import NARROWEST
from splitbrain.report.values import counted
from splitbrain.trace.readable import value

if TYPE_CHECKING:
    from splitbrain.linearizability.verdict import Fault

_STYLES = {"linearizable": "bold green", "not linearizable": "bold red", "inconclusive": "bold yellow"}


def verdict_text(judged: Judged, width: int = 100, color: bool = False) -> str:
    """The verdict on one history, with its evidence."""
    return to_string(_verdict(judged, max(width, NARROWEST)), max(width, NARROWEST), color)


def table_text(judged: Sequence[Judged], width: int = 100, color: bool = False) -> str:
    """A line a history; and in full the first that is not what the file says of it, else the first that is not linearizable."""
    width = max(width, NARROWEST)
    rows = [["history", "model", "ops", "unknown", "verdict", "CPU s"]]
    for place, each in enumerate(judged, 1):
        verdict = each.word + (" (not what the file says)" if each.surprising else " (empty)" if each.empty else "")
        name = each.name or f"{place}"
        rows.append([name, each.model, f"{len(each.operations):,}", f"{each.unknown:,}", verdict, f"{each.seconds:.3f}"])
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    wide[0] = max(min(wide[0], width - sum(wide[1:]) - 2 * (len(wide) - 1)), 8)
    lines = []
    for place, row in enumerate(rows):
        cells = [_cell(text, size, left=column in (0, 1, 4)) for column, (text, size) in enumerate(zip(row, wide, strict=True))]
        style = "bold" if not place else _STYLES[judged[place - 1].word].removeprefix("bold ")
        lines.append(Text("  ".join(cells).rstrip()[:width], style))
    counts = [(sum(each.word == word for each in judged), word) for word in _STYLES]
    said = ", ".join(f"{number:,} {word}" for number, word in counts if number)
    otherwise = sum(each.surprising for each in judged)
    said += f"; of {otherwise:,} the file says otherwise" if otherwise else ""
    seconds = sum(each.seconds for each in judged)
    many = f"{len(judged):,} {'history' if len(judged) == 1 else 'histories'}"
    lines += [Text(), *_wrapped("", f"{many}: {said} ({seconds:.2f} CPU s)", width, _STYLES[worst(judged)])]
    empty = sum(each.empty for each in judged)
    if empty:
        lines += _wrapped("    ", f"in {empty:,} of them there was nothing to judge: no operation", width, "yellow")
    instead = sum(each.instead is not None for each in judged)
    if instead:
        lines += _wrapped("    ", f"of {instead:,} of them the file says another model, but --model goes before", width, "yellow")
    first = foremost(judged)
    if first is not None:
        lines += [Text(), *_verdict(first, width)]
        more = sum(each.surprising if first.surprising else each.verdict.linearizable is False for each in judged) - 1
        if more:
            lines += [Text(), *_wrapped("", f"{more:,} more like it; `--only NAME` shows another one in full", width, "dim")]
    return to_string(lines, width, color)


def _verdict(judged: Judged, width: int) -> list[Text]:
    what = f"{judged.word[0].upper()}{judged.word[1:]}: {judged.name + ', ' if judged.name else ''}{account(judged.operations)}"
    style = _STYLES["inconclusive" if judged.empty else judged.word]
    lines = _wrapped("", f"{what}, judged by {judged.model} in {judged.seconds:.3f} CPU s", width, style)
    if judged.empty:
        nothing = "there was nothing to judge: a history without an operation is linearizable, and says nothing of the service"
        lines += _wrapped("    ", f"{nothing}; look whether it is the file, and the --format, that you mean", width, "yellow")
    if judged.instead is not None:
        lines += _wrapped("    ", f"the file itself says {judged.instead}, but --model goes before", width, "yellow")
    if judged.skipped:
        lines += _wrapped("    ", _skipped(judged.skipped), width)
    if judged.verdict.why is not None:
        lines += _wrapped("    ", judged.verdict.why, width)
    if judged.surprising:
        lines += _wrapped(
            "    ", f"the file itself says that it is {'' if judged.expected else 'not '}linearizable", width, "yellow"
        )
    fault = judged.verdict.fault
    return lines if fault is None else [*lines, Text(), *_evidence(judged, fault, width)]


def _skipped(lines: Sequence[int]) -> str:
    if len(lines) == 1:
        return f"line {lines[0]} is no operation, as others' lines in a log are, and was passed over"
    return f"{len(lines):,} lines are no operations, as others' in a log are, and were passed over; the first is line {lines[0]}"


def _evidence(judged: Judged, fault: Fault, width: int) -> list[Text]:
    lines = _wrapped("What happened: ", fault.summary, width)
    about = [] if fault.key is None else [f"key {value(fault.key)}"]
    about += (
        [] if not fault.values else [f"value{'s' * (len(fault.values) > 1)} {' and '.join(value(each) for each in fault.values)}"]
    )
    about += [] if fault.stale is None else [f"stale by {counted(fault.stale, 'later write')}"]
    if about:
        lines += _wrapped("               ", "; ".join(about), width)
    drawn = draw_lanes(fault.operations, width, "moment" if judged.timed else judged.unit)
    return [*lines, Text(), *drawn, Text(), *draw_table(fault.operations, width, judged.unit, timed=judged.timed)]


def _cell(text: str, size: int, *, left: bool) -> str:
    text = text if len(text) <= size else f"…{text[-(size - 1) :]}"  # names of files differ at their ends
    return f"{text:<{size}}" if left else f"{text:>{size}}"


def _wrapped(label: str, text: str, width: int, style: str = "") -> list[Text]:
    lines = fold(text, width - len(label))
    return [Text((label if place == 0 else " " * len(label)) + line, style) for place, line in enumerate(lines)]
