"""The score: every exhibit hunted blind under several seeds, in several processes; and what must be clean."""

from __future__ import annotations

import multiprocessing
import os
import platform
import signal
import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import Exhibit
from splitbrain.schedule.file import SavedSchedule, load
from splitbrain.schedule.shelf import schedule_of
from splitbrain.search.trial import UNIFORM, Outcome, Trial, attempt, length, ready
from splitbrain.stopwatch import Stopwatch

WITHIN = (1, 10, 60)  # seconds
_TICK = 0.2  # seconds between two calls of progress


@dataclass(frozen=True, kw_only=True)
class Row:
    """One exhibit: how often it was found, and medians over its seeds. What `--json` prints, under these very names.

    A seed that missed counts with what it used up: where at most half found it, `open` says that the medians of runs, steps and
    seconds are no more than lower bounds. vacuous: how many hunts never saw what must happen at all. found_within: seeds that
    found it in so many seconds. sizes: those of the clusters that are drawn. actions_found, actions, shortest: lengths, where a
    crash with its restart counts as one. shortest: the shortest known for `invariant`: the exact one of an exhaustive search; or,
    if not `exact`, that of the schedule on file, for there is no exact one, or it is longer, for that search had other options
    or sizes. ratio: of a seed's length to the shortest known for what it broke. minimal: how many are 1-minimal.
    uniform_*: the uniform walk's.
    """

    id: str
    protocol: str
    control: bool
    sizes: tuple[int, ...]
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
    uniform_seeds: int
    uniform_found: int
    uniform_runs: float | None
    uniform_steps: float | None
    uniform_seconds: float | None
    errors: tuple[str, ...]

    @property
    def alarm(self) -> bool:
        """Whether a violation was found where there can be none."""
        return self.control and self.found > 0


@dataclass
class Score:
    """All that a score found. done, of: trials. elapsed: seconds, of all of it. interrupted: Ctrl-C ended it."""

    seconds: float
    seeds: int
    uniform_seeds: int
    workers: int
    exhibits: list[Row] = field(default_factory=list)
    unbroken: list[Outcome] = field(default_factory=list)
    done: int = 0
    of: int = 0
    found: int = 0
    missed: int = 0
    elapsed: float = 0.0
    interrupted: bool = False
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    python: str = field(default_factory=lambda: f"{platform.python_implementation()} {platform.python_version()}")

    @property
    def alarm(self) -> bool:
        """Whether a control or an unbroken protocol was found broken."""
        return any(row.alarm for row in self.exhibits) or any(each.found for each in self.unbroken)

    @property
    def errors(self) -> list[str]:
        """What the user has to mend: the first of each exhibit."""
        told = [f"{row.id}: {row.errors[0]}" for row in self.exhibits if row.errors]
        return told + [f"{each.trial.subject}: {each.message}" for each in self.unbroken if each.message]


def score(
    exhibits: Sequence[Exhibit],
    *,
    seconds: float = 60.0,
    seeds: int = 5,
    uniform_seeds: int = 1,
    workers: int | None = None,
    museum: str | None = None,
    unbroken: Sequence[str] = (),
    progress: Callable[[Score], None] | None = None,
) -> Score:
    """Hunt each of ``exhibits`` with the seeds 1, 2, ... for up to ``seconds`` each; controls, and those of ``unbroken``, once.

    uniform_seeds: how many of these seeds are given to a uniform walk as well.
    museum: the "module:NAME" that has the exhibits, if they are not of an installed one: trials run in processes of their own.
    A hunt that finds something within its budget finds the same whenever and wherever equal code is run, however many workers
    there are, and only its seconds differ; how far one gets that runs out of its budget depends on the machine. Ctrl-C ends with
    the trials done so far.
    """
    uniform_seeds = min(uniform_seeds, seeds)
    saved = {each.id: _on_file(each, museum) for each in exhibits}  # what cannot be read is told before the hunts, not after
    trials = planned(exhibits, seconds, seeds, uniform_seeds, museum, unbroken)
    workers = max(1, min(workers or os.cpu_count() or 1, len(trials)))
    result = Score(seconds, seeds, uniform_seeds, workers, of=len(trials))
    outcomes = _all_of(trials, result, progress)
    by_subject: dict[tuple[str, bool], list[Outcome]] = {}
    for trial in trials:  # in an order that does not depend on which was done first
        if trial in outcomes:
            by_subject.setdefault((trial.subject, trial.unbroken), []).append(outcomes[trial])
    for exhibit in exhibits:
        done = sorted(by_subject.get((exhibit.id, False), []), key=lambda each: each.trial.seed)
        if done:
            result.exhibits.append(row(exhibit, done, saved[exhibit.id]))
    result.unbroken = [each for name in unbroken for each in by_subject.get((name, True), [])]
    return result


def planned(
    exhibits: Sequence[Exhibit], seconds: float, seeds: int, uniform_seeds: int, museum: str | None, unbroken: Sequence[str]
) -> list[Trial]:
    """All trials: seed by seed; those that may take all of their time are spread over the first part, so that none ends alone."""
    bugs = [each for each in exhibits if not each.control]
    swift = [Trial(each.id, seed, seconds, museum=museum) for seed in range(1, seeds + 1) for each in bugs]
    slow = [Trial(each, 1, seconds, unbroken=True) for each in unbroken]
    slow += [Trial(each.id, 1, seconds, museum=museum) for each in exhibits if each.control]
    slow += [Trial(each.id, seed, seconds, UNIFORM, museum) for seed in range(1, uniform_seeds + 1) for each in bugs]
    placed = [(0.75 * place / len(slow), 0, place, trial) for place, trial in enumerate(slow)]
    placed += [(place / len(swift), 1, place, trial) for place, trial in enumerate(swift)]
    return [trial for *_, trial in sorted(placed, key=lambda each: each[:3])]


def _all_of(trials: Sequence[Trial], result: Score, progress: Callable[[Score], None] | None) -> dict[Trial, Outcome]:
    watch = Stopwatch()
    outcomes: dict[Trial, Outcome] = {}
    if not trials:
        return outcomes
    ours = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(result.workers, mp_context=multiprocessing.get_context("spawn"), initializer=ready)
    try:
        pending = _submitted(pool, trials)
        while pending:
            done, pending = wait(pending, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in done:
                outcome = future.result()
                outcomes[outcome.trial] = outcome
                _count(outcome, result)
            result.elapsed = watch.seconds()
            if progress is not None:
                progress(result)
        pool.shutdown()
    except BrokenProcessPool as error:
        raise SplitbrainError(
            "a process of the score died (killed, or out of memory), and its hunts with it; run it again, with fewer --workers"
        ) from error
    except KeyboardInterrupt:
        result.interrupted = True
    finally:  # whatever it was: no hunt goes on for nobody
        for process in multiprocessing.active_children():
            if process not in ours:
                process.terminate()
        pool.shutdown(cancel_futures=True)  # which now has nothing to wait for but that they are gone
    result.elapsed = watch.seconds()
    return outcomes


def _submitted(pool: ProcessPoolExecutor, trials: Sequence[Trial]) -> set[Future[Outcome]]:
    """Every trial; the processes that this starts inherit that they ignore Ctrl-C, which is their parent's to answer."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return {pool.submit(attempt, trial) for trial in trials}
    finally:
        signal.signal(signal.SIGINT, before)


def _count(outcome: Outcome, result: Score) -> None:
    result.done += 1
    if outcome.trial.strategy is None and not outcome.trial.unbroken:
        result.found += outcome.found
        result.missed += not outcome.found


def row(exhibit: Exhibit, outcomes: Sequence[Outcome], saved: SavedSchedule | None = None) -> Row:
    """What the trials of one exhibit come to; ``saved`` is its schedule on file."""
    tried = [each for each in outcomes if each.trial.strategy is None]
    uniform = [each for each in outcomes if each.trial.strategy == UNIFORM]
    hits = [each for each in tried if each.found]
    invariant = _most_frequent(each.invariant for each in hits)
    shortest, exact = _shortest(exhibit, invariant or next(iter(exhibit.invariant), None), saved)
    ratios = [each.actions / known for each in hits if each.actions and (known := _shortest(exhibit, each.invariant, saved)[0])]
    return Row(
        id=exhibit.id,
        protocol=exhibit.protocol,
        control=exhibit.control,
        sizes=tuple(sorted(exhibit.scenario.sizes)),
        seeds=len(tried),
        found=len(hits),
        vacuous=sum(each.outcome == "vacuous" for each in tried),
        open=2 * len(hits) <= len(tried),
        found_within={str(limit): sum(each.seconds <= limit for each in hits) for limit in WITHIN},
        runs=_median(each.runs for each in tried) or 0,
        steps=_median(each.steps for each in tried) or 0,
        seconds=_median(each.seconds for each in tried) or 0.0,
        strategy=_most_frequent(each.strategy for each in hits),
        invariant=invariant,
        expected=all(each.invariant in exhibit.invariant for each in hits),
        actions_found=_median(each.actions_found for each in hits),
        actions=_median(each.actions for each in hits),
        shortest=shortest,
        exact=exact,
        ratio=_median(ratios),
        ratio_worst=round(max(ratios), 4) if ratios else None,
        minimal=sum(each.minimal for each in hits),
        minimise_seconds=_median(each.minimise_seconds for each in hits),
        minimise_seconds_worst=round(max(each.minimise_seconds or 0.0 for each in hits), 4) if hits else None,
        replays=_median(each.replays for each in hits),
        uniform_seeds=len(uniform),
        uniform_found=sum(each.found for each in uniform),
        uniform_runs=_median(each.runs for each in uniform),
        uniform_steps=_median(each.steps for each in uniform),
        uniform_seconds=_median(each.seconds for each in uniform),
        errors=tuple(dict.fromkeys(each.message for each in outcomes if each.message)),
    )


def _median(values: Iterable[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return round(statistics.median(known), 4) if known else None


def _most_frequent(names: Iterable[str | None]) -> str | None:
    """Of those equally frequent, the first seed's."""
    counted = Counter(name for name in names if name is not None)
    return counted.most_common(1)[0][0] if counted else None


def _on_file(exhibit: Exhibit, museum: str | None) -> SavedSchedule | None:
    path = schedule_of(exhibit, museum)
    return None if path is None else load(path)


def _shortest(exhibit: Exhibit, invariant: str | None, saved: SavedSchedule | None) -> tuple[int | None, bool]:
    """The shortest schedule known that breaks this invariant, and whether it is the exact one.

    What is exact holds for the options and sizes of the search that found it: a schedule on file may be shorter.
    """
    exact = None if invariant is None else exhibit.shortest.get(invariant)
    on_file = length(saved.actions) if saved is not None and saved.header.invariant == invariant else None
    if exact is None or (on_file is not None and on_file < exact):
        return on_file, False
    return exact, True
