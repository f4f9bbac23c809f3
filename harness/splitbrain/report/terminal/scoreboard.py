"""The score as a table, one row an exhibit: for a terminal, for Markdown, and as one object."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import TYPE_CHECKING, Any

from splitbrain.report.terminal.targets import summary
from splitbrain.report.values import counted

if TYPE_CHECKING:
    from splitbrain.search.score import Row, Score
    from splitbrain.search.trial import Outcome

_ASIDE = 4  # how far the second line of a row is moved in, where one line is too narrow


@dataclass(frozen=True)
class _Column:
    """head: two lines. left: what is a name, not a number."""

    head: tuple[str, str]
    cell: Callable[[Row], str]
    left: bool = False


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:,.1f}"


def _seconds(value: float | None, *, at_least: bool = False) -> str:
    if value is None:
        return ""
    return f"{'>' if at_least else ''}{value:.0f}" if value >= 10 else f"{'>' if at_least else ''}{value:.2f}"


def _known(row: Row) -> str:
    return "" if row.shortest is None else str(row.shortest) if row.exact else f"({row.shortest})"


def _more(row: Row, value: float) -> str:
    return f">{_number(value)}" if row.open else _number(value)


def _uniform_open(row: Row) -> bool:
    return 2 * row.uniform_found <= row.uniform_seeds


def _uniform(row: Row, value: float | None) -> str:
    return "" if value is None else f">{_number(value)}" if _uniform_open(row) else _number(value)


_FINDING = (
    _Column(("", "exhibit"), lambda row: row.id, left=True),
    _Column(("", "found"), lambda row: f"{row.found}/{row.seeds}"),
    _Column(("", "runs"), lambda row: _more(row, row.runs)),
    _Column(("", "steps"), lambda row: _more(row, row.steps)),
    _Column(("", "s"), lambda row: _seconds(row.seconds, at_least=row.open)),
    _Column(("", "strategy"), lambda row: row.strategy or "", left=True),
)
_UNIFORM = (
    _Column(("uniform", "found"), lambda row: f"{row.uniform_found}/{row.uniform_seeds}" if row.uniform_seeds else ""),
    _Column(("", "runs"), lambda row: _uniform(row, row.uniform_runs)),
    _Column(("", "s"), lambda row: _seconds(row.uniform_seconds, at_least=_uniform_open(row))),
)
_LENGTH = (
    _Column(("length", "found"), lambda row: _number(row.actions_found)),
    _Column(("", "min."), lambda row: _number(row.actions)),
    _Column(("", "known"), _known),
    _Column(("", "ratio"), lambda row: "" if row.ratio is None else f"{row.ratio:.2f}"),
    _Column(("minim.", "s"), lambda row: _seconds(row.minimise_seconds)),
    _Column(("", "replays"), lambda row: _number(row.replays)),
    _Column(("", "invariant"), lambda row: row.invariant or "", left=True),
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
    for line in [*map(str, summary(score)), *(f"ERROR: {each}" for each in score.errors), conditions(score)]:
        lines += wrap(line, min(width, _PROSE), subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join(lines)


def _table(rows: Sequence[Row], width: int) -> list[str]:
    finding, uniform, length = (_columns(group, rows) for group in (_FINDING, _UNIFORM, _LENGTH))
    if not any(row.uniform_seeds for row in rows):
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
    lines = []
    for row in score.exhibits:
        if row.control:
            said = f"VACUOUS in {row.vacuous} of {counted(row.seeds, 'seed')}" if row.vacuous else "nothing found"
            said = f"ALARM: {row.invariant}, in {row.found} of {counted(row.seeds, 'seed')}" if row.found else said
            lines.append((f"control {row.id}", f"{said} ({counted(row.seeds, 'seed')}, {_number(row.steps)} steps each)"))
    for each in score.unbroken:
        said = f"ALARM: {each.invariant}" if each.found else each.outcome
        lines.append((f"unbroken {each.trial.subject}", f"{said} ({each.runs:,} runs, {each.steps:,} steps, {each.seconds:.0f} s)"))
    size = max((len(name) for name, _ in lines), default=0)
    return [f"{name:<{size}}  {said}" for name, said in lines]


def conditions(score: Score) -> str:
    """What the figures were measured with."""
    ended = f"interrupted after {score.done} of {score.of}" if score.interrupted else counted(score.done, "hunt")
    return (
        f"{ended} in {score.elapsed:,.0f} s: budget {score.seconds:g} s, {counted(score.seeds, 'seed')} (uniform: "
        f"{score.uniform_seeds}), {counted(score.workers, 'worker')} on {counted(score.cores, 'core')}, {score.python}."
    )


def markdown(score: Score) -> str:
    """The same for a README: without what the other columns tell as well."""
    uniform = _UNIFORM[1:] if any(row.uniform_seeds for row in score.exhibits) else ()
    ours = [*_FINDING[:3], *_FINDING[4:], *_LENGTH[:3], *_LENGTH[4:6]]
    columns = [*ours, *uniform]
    heads = [" ".join(part for part in column.head if part) for column in ours]
    heads += [f"uniform {column.head[1]}" for column in uniform]
    lines = [f"| {' | '.join(heads)} |", f"|{'|'.join(':--' if column.left else '--:' for column in columns)}|"]
    lines += [f"| {' | '.join(column.cell(row) for column in columns)} |" for row in score.exhibits if not row.control]
    told = [*clean_lines(score), *map(str, summary(score)), conditions(score)]
    prose = [*wrap(_LEGEND, _README), ""]
    for line in told:
        prose += wrap(f"* {' '.join(line.split())}", _README, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join([*lines, "", *prose])


def as_object(score: Score) -> dict[str, Any]:
    """What --json prints."""
    return {
        "outcome": "alarm" if score.alarm else "error" if score.errors else "ok",
        "message": "; ".join(score.errors) or None,
        "interrupted": score.interrupted,
        "seconds": score.seconds,
        "seeds": score.seeds,
        "uniform_seeds": score.uniform_seeds,
        "workers": score.workers,
        "cores": score.cores,
        "python": score.python,
        "elapsed": round(score.elapsed, 1),
        "exhibits": [asdict(row) for row in score.exhibits],
        "unbroken": [_unbroken(each) for each in score.unbroken],
        "summary": [asdict(each) for each in summary(score)],
    }


def _unbroken(done: Outcome) -> dict[str, Any]:
    return {
        "scenario": done.trial.subject,
        "outcome": done.outcome,
        "invariant": done.invariant,
        "seed": done.trial.seed,
        "runs": done.runs,
        "steps": done.steps,
        "seconds": round(done.seconds, 4),
    }


def progress_line(score: Score) -> str:
    """A score so far, on one line."""
    missed = f", {score.missed} not" if score.missed else ""
    return f"{score.done} of {score.of} hunts, {score.elapsed:.0f} s; exhibits' seeds: {score.found} found{missed}"
