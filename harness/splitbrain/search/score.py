"""The score: every exhibit hunted blind under several seeds, in several processes; and what must be clean."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import Exhibit
from splitbrain.nemesis.names import UNIFORM
from splitbrain.schedule.file import SavedSchedule, load
from splitbrain.schedule.provenance import python_version
from splitbrain.schedule.shelf import schedule_of
from splitbrain.search.row import Row, row
from splitbrain.search.trial import Scored, Trial, attempt, ready
from splitbrain.stopwatch import Stopwatch

_TICK = 0.2  # seconds between two calls of progress


@dataclass
class Score:
    """All that a score found.

    wanted: how many exhibits the museum is to have, where its owner says so. done, of: trials. elapsed: seconds, of all of it.
    interrupted: Ctrl-C ended it.
    """

    seconds: float
    seeds: int
    uniform_seeds: int
    workers: int
    exhibits: list[Row] = field(default_factory=list)
    unbroken: list[Scored] = field(default_factory=list)
    done: int = 0
    of: int = 0
    found: int = 0
    missed: int = 0
    elapsed: float = 0.0
    interrupted: bool = False
    cores: int = field(default_factory=lambda: os.cpu_count() or 1)
    python: str = field(default_factory=python_version)
    wanted: int | None = None

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
    wanted: int | None = None,
    progress: Callable[[Score], None] | None = None,
) -> Score:
    """Hunt each of ``exhibits`` with the seeds 1, 2, ... for up to ``seconds`` each; controls, and those of ``unbroken``, once.

    uniform_seeds: how many of these seeds are given to a uniform walk as well.
    museum: the "module:NAME" that has the exhibits, if they are not of an installed one: trials run in processes of their own.
    wanted: how many exhibits the museum is to have, for whoever reads the score.
    A hunt that finds something within its budget finds the same whenever and wherever equal code is run, however many workers
    there are, and only its seconds differ; how far one gets that runs out of its budget depends on the machine. Ctrl-C ends with
    the trials done so far.
    """
    uniform_seeds = min(uniform_seeds, seeds)
    saved = {each.id: _on_file(each, museum) for each in exhibits}  # what cannot be read is told before the hunts, not after
    trials = planned(exhibits, seconds, seeds, uniform_seeds, museum, unbroken)
    workers = max(1, min(workers or os.cpu_count() or 1, len(trials)))
    result = Score(seconds, seeds, uniform_seeds, workers, of=len(trials), wanted=wanted)
    outcomes = _all_of(trials, result, progress)
    by_subject: dict[tuple[str, bool], list[Scored]] = {}
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


def _all_of(trials: Sequence[Trial], result: Score, progress: Callable[[Score], None] | None) -> dict[Trial, Scored]:
    watch = Stopwatch()
    outcomes: dict[Trial, Scored] = {}
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


def _submitted(pool: ProcessPoolExecutor, trials: Sequence[Trial]) -> set[Future[Scored]]:
    """Every trial; the processes that this starts inherit that Ctrl-C does not reach them: it is their parent's to answer.

    Where one can put it off, one that is pressed now is answered right after.
    """
    if hasattr(signal, "pthread_sigmask"):
        mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            return {pool.submit(attempt, trial) for trial in trials}
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, mask)
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        return {pool.submit(attempt, trial) for trial in trials}
    finally:
        signal.signal(signal.SIGINT, before)


def _count(outcome: Scored, result: Score) -> None:
    result.done += 1
    if outcome.trial.strategy is None and not outcome.trial.unbroken:
        result.found += outcome.found
        result.missed += not outcome.found


def _on_file(exhibit: Exhibit, museum: str | None) -> SavedSchedule | None:
    path = schedule_of(exhibit, museum)
    return None if path is None else load(path)
