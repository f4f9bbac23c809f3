"""What the searches and the minimiser are to reach, and what a score measured of it."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from splitbrain.report.values import counted

if TYPE_CHECKING:
    from splitbrain.exhibit import Goal
    from splitbrain.search.row import Row
    from splitbrain.search.score import Score

FOUND = 0.8  # of the seeds
MEDIAN = 2.0  # seconds to find, over the exhibits
SOON, SHARE = 10.0, 0.9  # seconds, and which share of the exhibits is to be found in them
HARD_FOR_UNIFORM, GAIN = 5.0, 1 / 3  # seconds that the uniform walk takes, and what part of them the portfolio may
MEAN_RATIO, WORST_RATIO = 1.2, 1.6  # to the shortest known
MINIMISE, MINIMISE_WORST, REPLAYS = 2.0, 20.0, 2000  # seconds: median and worst; median
_NAMED = 6  # of those that miss a target


@dataclass(frozen=True)
class Target:
    """One of the targets: what was measured, what it is to be, whether that is reached, and the exhibits that miss it."""

    measured: str
    target: str
    reached: bool
    missing: tuple[str, ...] = ()

    def __str__(self) -> str:
        left = len(self.missing) - _NAMED
        named = ", ".join(self.missing[:_NAMED]) + (f" and {left} more" if left > 0 else "")
        missed = f"; missed by {named}" if self.missing else ""
        return f"{'ok' if self.reached else 'NO'}  {self.measured} (target: {self.target}){missed}"


def assess(score: Score) -> list[Target]:
    """Hold a score against one target after the other, as far as it says anything of it."""
    rows = [row for row in score.exhibits if not row.control and row.finding.seeds]
    shrunk = [row for row in rows if row.finding.found]
    targets = []
    if rows:
        targets += [_found(rows, score.wanted), _median_time(rows), _soon(rows), *_against_uniform(rows), *_goals(rows)]
    if shrunk:
        targets += [*_ratios(shrunk), _minimal(shrunk), _minimising(shrunk), _replays(shrunk), _expected(shrunk)]
    if score.unbroken or any(row.control for row in score.exhibits):
        targets.append(_clean(score))
    return targets


def _ids(rows: Sequence[Row], missed: Callable[[Row], bool]) -> tuple[str, ...]:
    return tuple(row.id for row in rows if missed(row))


def _found(rows: Sequence[Row], wanted: int | None) -> Target:
    missing = _ids(rows, lambda row: row.finding.found < FOUND * row.finding.seeds)
    said = f"found in at least {FOUND:.0%} of the seeds: {len(rows) - len(missing)} of {counted(len(rows), 'exhibit')}"
    target = "all" if wanted is None else f"all, of {wanted} and more in the museum"
    return Target(said, target, not missing, missing)


def _median_time(rows: Sequence[Row]) -> Target:
    median = statistics.median(row.finding.seconds for row in rows)
    return Target(f"median over the exhibits of the median time: {median:.2f} s", f"at most {MEDIAN:g} s", median <= MEDIAN)


def _soon(rows: Sequence[Row]) -> Target:
    late = _ids(rows, lambda row: row.finding.open or row.finding.seconds > SOON)
    share = 1 - len(late) / len(rows)
    said = f"median time within {SOON:g} s: {share:.0%} of the exhibits"
    return Target(said, f"at least {SHARE:.0%}", share >= SHARE, late)


def _against_uniform(rows: Sequence[Row]) -> list[Target]:
    hard = [row for row in rows if (row.uniform.seconds or 0.0) > HARD_FOR_UNIFORM]
    if not hard:
        return []
    gain = math.exp(statistics.fmean(math.log(max(row.finding.seconds, 0.001) / (row.uniform.seconds or 1.0)) for row in hard))
    never = sum(not row.uniform.found for row in hard)
    said = (
        f"geometric mean of the portfolio's time to the uniform walk's: {gain:.3f}, over the {counted(len(hard), 'exhibit')} that "
        f"take that one more than {HARD_FOR_UNIFORM:g} s ({never} of them it did not find, which counts as its budget)"
    )
    return [Target(said, f"at most {GAIN:.2f}", gain <= GAIN)]


def _goals(rows: Sequence[Row]) -> list[Target]:
    """What single exhibits ask of the search."""
    return [_goal(row, row.goal) for row in rows if row.goal is not None]


def _goal(row: Row, goal: Goal) -> Target:
    found = row.finding
    if goal.runs is None:
        said = f"{row.id}, found at all {goal.remark}: by {found.found} of {counted(found.seeds, 'seed')}"
        return Target(said, "at least one", found.found > 0)
    sizes = " or ".join(map(str, row.sizes))
    said = f"{row.id}: {'more than ' if found.open else ''}{found.runs:,.0f} runs, on {sizes} nodes"
    return Target(said, f"at most {goal.runs:,}; {goal.remark}", found.runs <= goal.runs and not found.open)


def _ratios(rows: Sequence[Row]) -> list[Target]:
    known = [row for row in rows if row.length.ratio is not None]
    exact = [row for row in known if row.length.exact]
    targets = _ratio(exact, "the exact shortest", "for which that is known and nothing shorter is on file") if exact else []
    return targets + (_ratio(known, "the shortest known", "with an exact one or one on file") if known else [])


def _ratio(rows: Sequence[Row], shortest: str, which: str) -> list[Target]:
    # What is shorter than the shortest known makes up for nothing elsewhere.
    mean = statistics.fmean(max(row.length.ratio or 0.0, 1.0) for row in rows)
    worst = max(row.length.ratio_worst or 0.0 for row in rows)
    long = _ids(rows, lambda row: (row.length.ratio_worst or 0.0) > WORST_RATIO)
    shorter = _ids(rows, lambda row: (row.length.ratio or 0.0) < 1)
    counts = f"; shorter than that, and counted as 1: {', '.join(shorter)}" if shorter else ""
    average = f"minimised to {mean:.2f} times {shortest} on average, over the {counted(len(rows), 'exhibit')} {which}{counts}"
    return [
        Target(average, f"at most {MEAN_RATIO:g}", mean <= MEAN_RATIO),
        Target(f"worst of all seeds: {worst:.2f} times {shortest}", f"at most {WORST_RATIO:g}", not long, long),
    ]


def _minimal(rows: Sequence[Row]) -> Target:
    hits, minimal = sum(row.finding.found for row in rows), sum(row.length.minimal for row in rows)
    missing = _ids(rows, lambda row: row.length.minimal < row.finding.found)
    return Target(f"1-minimal: {minimal / hits:.0%} ({minimal} of {hits} counterexamples)", "every one", not missing, missing)


def _minimising(rows: Sequence[Row]) -> Target:
    median = statistics.median(row.length.minimise_seconds or 0.0 for row in rows)
    worst = max(row.length.minimise_seconds_worst or 0.0 for row in rows)
    slow = _ids(rows, lambda row: (row.length.minimise_seconds_worst or 0.0) > MINIMISE_WORST)
    said = f"minimising: median {median:.1f} s, worst {worst:.1f} s"
    return Target(said, f"at most {MINIMISE:g} s and {MINIMISE_WORST:g} s", median <= MINIMISE and not slow, slow)


def _replays(rows: Sequence[Row]) -> Target:
    median = statistics.median(row.length.replays or 0.0 for row in rows)
    return Target(f"re-executions to minimise: median {median:,.0f}", f"at most {REPLAYS:,}", median <= REPLAYS)


def _expected(rows: Sequence[Row]) -> Target:
    missing = _ids(rows, lambda row: not row.finding.expected)
    return Target(f"caught by what the exhibit names: {len(rows) - len(missing)} of {len(rows)}", "all", not missing, missing)


def _clean(score: Score) -> Target:
    alarms = [row.id for row in score.exhibits if row.alarm] + [each.trial.subject for each in score.unbroken if each.found]
    idle = [row.id for row in score.exhibits if row.control and row.finding.vacuous]
    idle += [each.trial.subject for each in score.unbroken if each.outcome == "vacuous"]
    said = "an alarm" if alarms else "vacuous, which says nothing" if idle else "clean"
    return Target(f"controls and unbroken protocols: {said}", "no alarm", not alarms and not idle, (*alarms, *idle))
