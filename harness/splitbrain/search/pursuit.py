"""The pursuit: what happens to a failing run once a search has found it and it is on disk."""

from __future__ import annotations

from contextlib import suppress

from splitbrain.counterexample.draft import Counterexample, Draft
from splitbrain.counterexample.minimiser.minimised import Minimised, Progress
from splitbrain.counterexample.minimiser.minimiser import SECONDS, minimise
from splitbrain.search.hunt import more_like
from splitbrain.search.tally import Tally
from splitbrain.world.run import Found


def pursue(draft: Draft, tally: Tally, *, seconds: float = SECONDS, progress: Progress | None = None) -> Counterexample:
    """Make sure that the run fails again, look for more like it, minimise, and save what that gives.

    tally: of the search that found it. Ctrl-C while looking for more is taken as "enough of these", while minimising it ends with
    the best so far. Raises `NondeterminismError` (the draft stays, and is its ``schedule``) and `ScheduleError` (the minimal
    schedule could not be saved; the draft stays).
    """
    draft.confirm()
    more: list[Found] = []
    with suppress(KeyboardInterrupt):
        more.extend(more_like(draft.found, tally))

    def keep(so_far: Minimised) -> None:
        draft.keep(so_far)
        if progress is not None:
            progress(so_far)

    return draft.finish(minimise(draft.found, more=more, seconds=seconds, progress=keep))
