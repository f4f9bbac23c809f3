"""A counterexample: a violation with its minimal schedule, on disk from the moment it was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from splitbrain.actions import Action
from splitbrain.counterexample.minimiser.minimiser import Minimised, Progress, minimise
from splitbrain.errors import NondeterminismError, ScheduleError
from splitbrain.invariant import Violation
from splitbrain.schedule.file import SavedSchedule, file_name, save
from splitbrain.schedule.header import new_header
from splitbrain.search.hunt import Found
from splitbrain.world.determinism import check
from splitbrain.world.run import Run, Setup, run

SECONDS = 20.0  # of wall clock, for minimising: a safety net, for it mostly ends long before
_DRAFT = 0.5  # seconds between two drafts of the best so far


@dataclass(frozen=True)
class Counterexample:
    """What a pursuit ends with: the minimal schedule and its file, the run with its trace, and how it was made smaller.

    found: how many actions the failing run had. confirmed: whether the trio host breaks the invariant in the same way.
    """

    saved: SavedSchedule
    path: Path
    run: Run
    minimised: Minimised
    found: int
    confirmed: bool


def pursue(
    failures: Iterable[Found],
    *,
    scenario: str,
    folder: Path,
    how: str,
    bug: str | None = None,
    host: str = "direct",
    seconds: float = SECONDS,
    progress: Progress | None = None,
) -> Counterexample:
    """Save the first failure, make sure that it fails again, minimise it, and save that.

    failures: the failing run, and others like it to start from as well. scenario: its full name, "module:NAME". how: a
    line for the file on how it was found. The first file is on disk before anything else happens, holds the best so far
    from then on (half a second late at most), and is removed only when the minimal one is there. Ctrl-C while minimising
    ends with the best so far. Raises `NondeterminismError` (the file
    stays, and is its ``schedule``) and `ScheduleError` (nothing could be saved).
    """
    alike = iter(failures)
    first = next(alike)
    raw = _saved(scenario, bug, how, first.setup, first.actions, first.violation)
    raw_path = folder / file_name(raw)
    save(raw_path, raw)
    try:
        check(first.setup, first.actions, host, first.violation)
    except NondeterminismError as error:
        error.schedule = raw_path
        raise
    others: list[Found] = []
    with suppress(KeyboardInterrupt):
        others.extend(alike)
    drafted = -_DRAFT

    def draft(so_far: Minimised) -> None:
        nonlocal drafted
        if so_far.seconds >= drafted + _DRAFT:
            drafted = so_far.seconds
            with suppress(ScheduleError):  # what was saved before is still there
                save(raw_path, _saved(scenario, bug, how, so_far.setup, so_far.actions, so_far.violation))
        if progress is not None:
            progress(so_far)

    best = shrink([first, *others], host=host, seconds=seconds, progress=draft)
    saved = _saved(scenario, bug, how, best.setup, best.actions, best.violation)
    path = folder / file_name(saved)
    save(path, saved)
    if path != raw_path:
        raw_path.unlink(missing_ok=True)
    again = run(best.setup, best.actions, host=host, keep=True)
    on_trio = again if host == "trio" else run(best.setup, best.actions, host="trio")
    confirmed = on_trio.violation is not None and on_trio.violation.fingerprint == best.violation.fingerprint
    return Counterexample(replace(saved, path=path), path, again, best, len(first.actions), confirmed)


def shrink(
    failures: Iterable[Found], *, host: str = "direct", seconds: float = SECONDS, progress: Progress | None = None
) -> Minimised:
    """Minimise the first of failing runs that are alike, with the help of the others; Ctrl-C ends with the best so far."""
    first, *others = failures
    best = Minimised(first.setup, first.actions, first.violation, found=len(first.actions))

    def keep(so_far: Minimised) -> None:
        nonlocal best
        best = replace(so_far, removed=Counter(so_far.removed))  # Ctrl-C may come while the next improvement is half made
        if progress is not None:
            progress(best)

    try:
        return minimise(
            first.setup,
            first.actions,
            first.violation,
            seconds=seconds,
            host=host,
            progress=keep,
            more=[(each.setup, each.actions, each.violation) for each in others],
        )
    except KeyboardInterrupt:
        best.interrupted = True
        return best


def _saved(
    scenario: str, bug: str | None, how: str, setup: Setup, actions: tuple[Action, ...], violation: Violation
) -> SavedSchedule:
    header = new_header(scenario, setup, bug=bug, invariant=violation.invariant, fingerprint=violation.fingerprint, found=how)
    return SavedSchedule(header, actions)
