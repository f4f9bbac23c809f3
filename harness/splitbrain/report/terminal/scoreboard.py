"""The score as a table, one row an exhibit: for a terminal, and for Markdown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

from splitbrain.report.targets import assess
from splitbrain.report.values import counted

if TYPE_CHECKING:
    from splitbrain.search.row import Finding, Length, Row, Uniform
    from splitbrain.search.score import Score

_ASIDE = 4  # how far the second line of a row is moved in, where one line is too narrow


@dataclass(frozen=True)
class _Column:
    """head: two lines. left: what is a name, not a number."""

    head: tuple[str, str]
    cell: Callable[[Row], str]
    left: bool = False


def _number(value: float | None, *, at_least: bool = False) -> str:
    if value is None:
        return ""
    return f"{_bound(at_least)}{value:,.0f}" if value >= 100 or value == int(value) else f"{_bound(at_least)}{value:,.1f}"


def _seconds(value: float | None, *, at_least: bool = False) -> str:
    if value is None:
        return ""
    return f"{_bound(at_least)}{value:.0f}" if value >= 10 else f"{_bound(at_least)}{value:.2f}"


def _bound(at_least: bool) -> str:
    return ">" if at_least else ""


def _part(of: Finding | Uniform) -> str:
    return f"{of.found}/{of.seeds}"


def _known(length: Length) -> str:
    return "" if length.shortest is None else str(length.shortest) if length.exact else f"({length.shortest})"


_FINDING = (
    _Column(("", "exhibit"), lambda row: row.id, left=True),
    _Column(("", "found"), lambda row: _part(row.finding)),
    _Column(("", "runs"), lambda row: _number(row.finding.runs, at_least=row.finding.open)),
    _Column(("", "steps"), lambda row: _number(row.finding.steps, at_least=row.finding.open)),
    _Column(("", "s"), lambda row: _seconds(row.finding.seconds, at_least=row.finding.open)),
    _Column(("", "strategy"), lambda row: row.finding.strategy or "", left=True),
)
_UNIFORM = (
    _Column(("uniform", "found"), lambda row: _part(row.uniform) if row.uniform.seeds else ""),
    _Column(("", "runs"), lambda row: _number(row.uniform.runs, at_least=row.uniform.open)),
    _Column(("", "s"), lambda row: _seconds(row.uniform.seconds, at_least=row.uniform.open)),
)
_LENGTH = (
    _Column(("length", "found"), lambda row: _number(row.length.actions_found)),
    _Column(("", "min."), lambda row: _number(row.length.actions)),
    _Column(("", "known"), lambda row: _known(row.length)),
    _Column(("", "ratio"), lambda row: "" if row.length.ratio is None else f"{row.length.ratio:.2f}"),
    _Column(("minim.", "s"), lambda row: _seconds(row.length.minimise_seconds)),
    _Column(("", "replays"), lambda row: _number(row.length.replays)),
    _Column(("", "invariant"), lambda row: row.finding.invariant or "", left=True),
)
_LEGEND = (
    "Medians over the seeds. found: in how many of them; >: at most half found it, so no more than a lower bound. length: of "
    "the failing run, and minimised; a crash with its restart is one action. known: the exact shortest for that invariant; (in "
    "brackets): that of the schedule on file, where no exact one is known or that is shorter. uniform: the project's own uniform "
    "walk under the same budget."
)
_PROSE, _README = 120, 112  # columns at most


def board(score: Score, width: int) -> str:
    """Everything, for a terminal of ``width`` columns: the exhibits, the controls, the unbroken protocols, and the targets."""
    bugs = [row for row in score.exhibits if not row.control]
    lines = []
    if bugs:
        lines += [*_table(bugs, width), "", *wrap(_LEGEND, min(width, _PROSE)), ""]
    clean = clean_lines(score)
    lines += [*clean, ""] if clean else []
    for line in [*map(str, assess(score)), *(f"ERROR: {each}" for each in score.errors), conditions(score)]:
        lines += wrap(line, min(width, _PROSE), subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines)


def _table(rows: Sequence[Row], width: int) -> list[str]:
    finding, uniform, length = (_columns(group, rows) for group in (_FINDING, _UNIFORM, _LENGTH))
    if not any(row.uniform.seeds for row in rows):
        uniform = [""] * len(finding)
    whole = ["  ".join(parts).rstrip() for parts in zip(finding, uniform, length, strict=True)]
    if max(map(len, whole)) <= width:
        return [*whole[:2], "-" * max(map(len, whole)), *whole[2:]]
    first = [line.rstrip() for line in finding]
    second = [f"{' ' * _ASIDE}{one}  {other}".rstrip()[:width] for one, other in zip(uniform, length, strict=True)]
    heads = [line for line in (*first[:2], *second[:2]) if line.strip()]
    body = [line for pair in zip(first[2:], second[2:], strict=True) for line in pair]
    return [*heads, "-" * min(width, max(map(len, body))), *body]


def _columns(columns: Sequence[_Column], rows: Sequence[Row]) -> list[str]:
    """Two lines of heads, and one a row, all equally long."""
    cells = []
    for column in columns:
        texts = [*column.head, *(column.cell(row) for row in rows)]
        size = max(map(len, texts))
        cells.append([f"{text:<{size}}" if column.left else f"{text:>{size}}" for text in texts])
    return [" ".join(parts) for parts in zip(*cells, strict=True)]


def clean_lines(score: Score) -> list[str]:
    """The controls and the unbroken protocols: what must be clean."""
    lines = [(f"control {row.id}", _control(row.finding)) for row in score.exhibits if row.control]
    for each in score.unbroken:
        said = f"ALARM: {each.invariant}" if each.found else each.outcome
        lines.append((f"unbroken {each.trial.subject}", f"{said} ({each.runs:,} runs, {each.steps:,} steps, {each.seconds:.0f} s)"))
    size = max((len(name) for name, _ in lines), default=0)
    return [f"{name:<{size}}  {said}" for name, said in lines]


def _control(found: Finding) -> str:
    seeds = counted(found.seeds, "seed")
    said = f"VACUOUS in {found.vacuous} of {seeds}" if found.vacuous else "nothing found"
    said = f"ALARM: {found.invariant}, in {found.found} of {seeds}" if found.found else said
    return f"{said} ({seeds}, {_number(found.steps)} steps each)"


def conditions(score: Score) -> str:
    """What the figures were measured with."""
    ended = f"interrupted after {score.done} of {score.of}" if score.interrupted else counted(score.done, "hunt")
    return (
        f"{ended} in {score.elapsed:,.0f} s: budget {score.seconds:g} s, {counted(score.seeds, 'seed')} (uniform: "
        f"{score.uniform_seeds}), {counted(score.workers, 'worker')} on {counted(score.cores, 'core')}, {score.python}."
    )


def markdown(score: Score) -> str:
    """The same for a README: without what the other columns tell as well."""
    uniform = _UNIFORM[1:] if any(row.uniform.seeds for row in score.exhibits) else ()
    ours = [*_FINDING[:3], *_FINDING[4:], *_LENGTH[:3], *_LENGTH[4:6]]
    columns = [*ours, *uniform]
    heads = [" ".join(part for part in column.head if part) for column in ours]
    heads += [f"uniform {column.head[1]}" for column in uniform]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(':--' if column.left else '--:' for column in columns)}|"]
    lines += [f"| {' | '.join(column.cell(row) for column in columns)} |" for row in score.exhibits if not row.control]
    told = [*clean_lines(score), *map(str, assess(score)), conditions(score)]
    prose = [*wrap(_LEGEND, _README), ""]
    for line in told:
        prose += wrap(f"* {' '.join(line.split())}", _README, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join([*lines, "", *prose])


def score_line(score: Score) -> str:
    """A score so far, on one line."""
    missed = f", {score.missed} not" if score.missed else ""
    return f"{score.done} of {score.of} hunts, {score.elapsed:.0f} s; exhibits' seeds: {score.found} found{missed}"
