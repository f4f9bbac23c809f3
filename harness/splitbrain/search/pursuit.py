"""The pursuit: what happens to a failing run once a search has found it and it is on disk."""

from __future__ import annotations

from contextlib import suppress

from splitbrain.counterexample.draft import Counterexample, Draft
from splitbrain.counterexample.minimiser.minimised import Minimised, OnBetter
from splitbrain.counterexample.minimiser.minimiser import SECONDS, minimise
from splitbrain.search.hunt import more_like
from splitbrain.search.tally import Tally
from splitbrain.world.run import Found


def pursue(draft: Draft, tally: Tally, *, seconds: float = SECONDS, progress: OnBetter | None = None) -> Counterexample:
    """Make sure that the run fails again, look for more like it, minimise, and save what that gives.

    tally: of the search that found it. Ctrl-C while looking for more is taken as "enough of these", while minimising it ends with
    the best so far. Raises `NondeterminismError`: the draft stays, and is its ``schedule``.
    """
    draft.confirm()

    def keep(so_far: Minimised) -> None:
        draft.keep(so_far)
        if progress is not None:
            progress(so_far)

    return draft.finish(shortest(draft.found, tally, seconds=seconds, progress=keep))


def shortest(found: Found, tally: Tally, *, seconds: float = SECONDS, progress: OnBetter | None = None) -> Minimised:
    """Minimise a failing run with the help of more like it, as they are found in as many steps again."""
    more: list[Found] = []
    with suppress(KeyboardInterrupt):
        more.extend(more_like(found, tally))
    return minimise(found, more=more, seconds=seconds, progress=progress)
