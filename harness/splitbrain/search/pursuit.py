"""The pursuit: what happens to a failing run once a search has found it and it is on disk."""

from __future__ import annotations

from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.counterexample.draft import Counterexample, Draft
from splitbrain.counterexample.minimiser.minimised import Minimised, OnBetter
from splitbrain.counterexample.minimiser.minimiser import SECONDS, minimise
from splitbrain.search.hunt import more_like
from splitbrain.search.tally import Tally
from splitbrain.stopwatch import Deadline
from splitbrain.world.run import Found


def pursue(draft: Draft, tally: Tally, *, seconds: float = SECONDS, progress: OnBetter | None = None) -> Counterexample:
    """Make sure that the run fails again, look for more like it, minimise, and save what that gives.

    tally: of the search that found it. seconds: as `minimise` has them. Raises `NondeterminismError` where it does not fail again
    in the same way: the draft stays, and is its ``schedule``. Whatever else ends it, Ctrl-C (KeyboardInterrupt, with a note of it)
    above all, leaves the best so far in the draft's file.
    """

    def keep(so_far: Minimised) -> None:
        draft.keep(so_far)
        if progress is not None:
            progress(so_far)

    try:
        draft.confirm()
        best = shortest(draft.found, tally, seconds=seconds, progress=keep)
        if best.interrupted:
            raise KeyboardInterrupt
        return draft.finish(best)
    except KeyboardInterrupt as interrupt:
        where = "not saved" if draft.path is None else f"saved as {draft.path}"
        interrupt.add_note(f"{draft.found.violation.invariant} is broken; the smallest failing run so far is {where}")
        raise
    finally:
        draft.settle()


def shortest(found: Found, tally: Tally, *, seconds: float = SECONDS, progress: OnBetter | None = None) -> Minimised:
    """Minimise a failing run with the help of more like it, as they are found in as many steps again."""
    with WATCHDOG.hasty():
        more = list(more_like(found, tally, Deadline(seconds, cpu=True)))
        return minimise(found, more=more, seconds=seconds, progress=progress)
