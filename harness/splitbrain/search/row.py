"""One exhibit's line in the score: how soon it was found, how short it became, and how the uniform walk fared."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from splitbrain.exhibit import Exhibit, Goal
from splitbrain.nemesis.names import UNIFORM
from splitbrain.schedule.file import SavedSchedule
from splitbrain.search.trial import Scored, length

WITHIN = (1, 10, 60)  # seconds


@dataclass(frozen=True, kw_only=True)
class Finding:
    """How often an exhibit was found, and medians over its seeds; one that missed counts with what it used up.

    vacuous: how many hunts never saw what must happen at all. open: at most half of the seeds found it, so that the medians of
    runs, steps and seconds are no more than lower bounds. found_within: seeds that found it in so many seconds. strategy,
    invariant: the most frequent. expected: whatever broke is what the exhibit names.
    """

    seeds: int
    found: int
    vacuous: int
    open: bool
    found_within: dict[str, int]
    runs: float
    steps: float
    seconds: float
    strategy: str | None
    invariant: str | None
    expected: bool


@dataclass(frozen=True, kw_only=True)
class Length:
    """How long the schedules are: medians over the seeds that found the exhibit. A crash with its restart counts as one action.

    actions_found, actions: of the failing run, and minimised. shortest: the shortest known for the invariant that broke: the
    exact one of an exhaustive search; or, if not `exact`, that of the schedule on file, for there is no exact one, or it is
    longer, for that search had other options or sizes. ratio: of a seed's length to the shortest known for what it broke.
    minimal: how many are 1-minimal.
    """

    actions_found: float | None
    actions: float | None
    shortest: int | None
    exact: bool
    ratio: float | None
    ratio_worst: float | None
    minimal: int
    minimise_seconds: float | None
    minimise_seconds_worst: float | None
    replays: float | None


@dataclass(frozen=True, kw_only=True)
class Uniform:
    """What the uniform walk made of the same exhibit: medians over its seeds, as in `Finding`."""

    seeds: int
    found: int
    runs: float | None
    steps: float | None
    seconds: float | None

    @property
    def open(self) -> bool:
        """Whether at most half of the seeds found it."""
        return 2 * self.found <= self.seeds


@dataclass(frozen=True, kw_only=True)
class Row:
    """What the trials of one exhibit came to. sizes: those of the clusters that are drawn. errors: each message once."""

    id: str
    protocol: str
    control: bool
    sizes: tuple[int, ...]
    goal: Goal | None
    finding: Finding
    length: Length
    uniform: Uniform
    errors: tuple[str, ...]

    @property
    def alarm(self) -> bool:
        """Whether a violation was found where there can be none."""
        return self.control and self.finding.found > 0


def row(exhibit: Exhibit, outcomes: Sequence[Scored], saved: SavedSchedule | None = None) -> Row:
    """What the trials of one exhibit come to; ``saved`` is its schedule on file."""
    tried = [each for each in outcomes if each.trial.strategy is None]
    finding = _finding(exhibit, tried)
    return Row(
        id=exhibit.id,
        protocol=exhibit.protocol,
        control=exhibit.control,
        sizes=tuple(sorted(exhibit.scenario.sizes)),
        goal=exhibit.goal,
        finding=finding,
        length=_length(exhibit, [each for each in tried if each.found], finding.invariant, saved),
        uniform=_uniform([each for each in outcomes if each.trial.strategy == UNIFORM]),
        errors=tuple(dict.fromkeys(each.message for each in outcomes if each.message)),
    )


def _finding(exhibit: Exhibit, tried: Sequence[Scored]) -> Finding:
    hits = [each for each in tried if each.found]
    return Finding(
        seeds=len(tried),
        found=len(hits),
        vacuous=sum(each.outcome == "vacuous" for each in tried),
        open=2 * len(hits) <= len(tried),
        found_within={str(limit): sum(each.seconds <= limit for each in hits) for limit in WITHIN},
        runs=_median(each.runs for each in tried) or 0,
        steps=_median(each.steps for each in tried) or 0,
        seconds=_median(each.seconds for each in tried) or 0.0,
        strategy=_most_frequent(each.strategy for each in hits),
        invariant=_most_frequent(each.invariant for each in hits),
        expected=all(each.invariant in exhibit.invariant for each in hits),
    )


def _length(exhibit: Exhibit, hits: Sequence[Scored], broken: str | None, saved: SavedSchedule | None) -> Length:
    """``hits``: the trials that found something, most often that ``broken`` is."""
    shortest, exact = _shortest(exhibit, broken or next(iter(exhibit.invariant), None), saved)
    ratios = [each.actions / known for each in hits if each.actions and (known := _shortest(exhibit, each.invariant, saved)[0])]
    return Length(
        actions_found=_median(each.actions_found for each in hits),
        actions=_median(each.actions for each in hits),
        shortest=shortest,
        exact=exact,
        ratio=_median(ratios),
        ratio_worst=_worst(ratios),
        minimal=sum(each.minimal for each in hits),
        minimise_seconds=_median(each.minimise_seconds for each in hits),
        minimise_seconds_worst=_worst(each.minimise_seconds or 0.0 for each in hits),
        replays=_median(each.replays for each in hits),
    )


def _uniform(walks: Sequence[Scored]) -> Uniform:
    return Uniform(
        seeds=len(walks),
        found=sum(each.found for each in walks),
        runs=_median(each.runs for each in walks),
        steps=_median(each.steps for each in walks),
        seconds=_median(each.seconds for each in walks),
    )


def _shortest(exhibit: Exhibit, invariant: str | None, saved: SavedSchedule | None) -> tuple[int | None, bool]:
    """The shortest schedule known that breaks this invariant, and whether it is the exact one.

    What is exact holds for the options and sizes of the search that found it: a schedule on file may be shorter.
    """
    exact = None if invariant is None else exhibit.shortest.get(invariant)
    on_file = length(saved.actions) if saved is not None and saved.header.invariant == invariant else None
    if exact is None or (on_file is not None and on_file < exact):
        return on_file, False
    return exact, True


def _median(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return round(statistics.median(known), 4) if known else None


def _worst(values: Iterable[float]) -> float | None:
    longest = max(values, default=None)
    return None if longest is None else round(longest, 4)


def _most_frequent(names: Iterable[str | None]) -> str | None:
    """Of those equally frequent, the first seed's."""
    counted = Counter(name for name in names if name is not None)
    return counted.most_common(1)[0][0] if counted else None
