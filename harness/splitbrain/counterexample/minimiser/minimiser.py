"""The minimiser: from a failing schedule to one from which nothing can be left out, in the protocol's units.

A candidate is run leniently, and kept when it breaks the same invariant in the same way (the fingerprint) and is better: `cost`.
Several failing runs are reduced coarsely, the best of them thoroughly; then a bounded search looks around it. What is left is put
into canonical order and names, and neither one of its actions nor two can be left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.counterexample.minimiser.canonical import arrange, improve, plain_setup
from splitbrain.counterexample.minimiser.clients import plain_commands, without_one_for_others
from splitbrain.counterexample.minimiser.minimised import Minimised, OnBetter, cost
from splitbrain.counterexample.minimiser.neighbourhood import search_nearby
from splitbrain.counterexample.minimiser.passes import coarse, fine, leave_out_pairs
from splitbrain.counterexample.minimiser.shrinker import Budget, NoActionsError, Shrinker, SpentError
from splitbrain.errors import SplitbrainError
from splitbrain.world.run import Found, run

REPLAYS = 30_000  # runs of small schedules; most minimisations take a twentieth
SECONDS = 60.0  # of CPU: a net, for it mostly ends long before
_ENOUGH_LEFT = 0.7  # of the budget, for another failing run to be looked at
_RIVALS = 2  # failing runs that are reduced thoroughly, beside the best
_ENOUGH = 4  # failing runs that became no shorter than the best: more are not looked at


def minimise(
    found: Found,
    *,
    more: Iterable[Found] = (),
    seconds: float = SECONDS,
    replays: int = REPLAYS,
    progress: OnBetter | None = None,
) -> Minimised:
    """Shrink a failing run; the result is 1-minimal and pair-minimal (``complete``) unless the budget runs out first.

        hunted = hunt(MAJORITY, seed=1, runs=1_000)
        least = minimise(hunted.found)
        print(*least.smallest.actions, sep="\\n")

    more: further failing runs to start from; each that is alike is reduced, and the best goes on. replays: the budget that
    rules, so that equal runs have equal results, on a busy machine too: runs of small schedules; one of many actions or messages
    counts as several. seconds: of CPU, a net for nodes that compute a lot (and five times as many of wall clock, for nodes that
    wait). progress is called after every improvement, with the best so far. Ctrl-C is taken as "enough of this": the best so far
    is returned, as ``interrupted``.

    Where a node computes for ever, candidates are stopped early, on suspicion; then the last that fails with all patience counts,
    and none that has not is told of.
    """
    if not isinstance(found, Found):
        raise SplitbrainError(f"minimise({found!r:.80}): this is no failing run; pass it what a hunt found, which may be nothing")
    so_far = certain = Minimised(found, len(found.actions))
    suspected: list[Minimised] = []
    if not found.actions:  # a node failed at the start
        return replace(so_far, complete=True)
    budget = Budget(seconds, replays)

    def on_better(shrinker: Shrinker) -> None:
        nonlocal so_far, certain
        so_far = _told(shrinker, so_far)
        if stopped:
            if suspected and suspected[-1].smallest is so_far.smallest:
                suspected.pop()
            suspected.append(so_far)
            return
        certain = so_far
        if progress is not None:
            progress(so_far)

    shrinker = Shrinker(found, budget, on_better)
    with WATCHDOG.hasty() as stopped:
        try:
            try:
                _minimise(shrinker, [each for each in more if found.alike(each.violation)])
            except NoActionsError as shortest:
                shrinker.replace("as it breaks at the start", shortest.found)
                shrinker.complete = True
                shrinker.tell()
            except SpentError:
                pass
            so_far = _told(shrinker, so_far)
            if not suspected:
                return so_far
            suspected[-1] = so_far
            least = _least_certain(suspected) or certain
            if least is not so_far:
                least = replace(so_far, smallest=least.smallest, removed=least.removed, complete=False)
        except KeyboardInterrupt:
            return replace(certain, interrupted=True)
    if progress is not None:
        progress(least)
    return least


def _least_certain(suspected: Sequence[Minimised]) -> Minimised | None:
    """The last that fails in the same way with all patience, or one before it: ever more are passed over."""
    place, further = len(suspected) - 1, 1
    while place >= 0:
        least = suspected[place].smallest
        with WATCHDOG.patient():
            again = run(least.setup, least.actions, lenient=True)
        if least.alike(again.violation) and again.actions == least.actions:
            return suspected[place]
        place, further = place - further, 2 * further
    return None


def _told(shrinker: Shrinker, before: Minimised) -> Minimised:
    """What is there now; Ctrl-C may come while the next improvement is half made, and so this is never changed."""
    budget = shrinker.budget
    return Minimised(shrinker.best, before.length, budget.runs, budget.seconds(), Counter(shrinker.removed), shrinker.complete)


def _minimise(shrinker: Shrinker, more: Sequence[Found]) -> None:
    rivals = compare(shrinker, more)
    thorough(shrinker)
    for rival in rivals[:_RIVALS]:
        if shrinker.budget.left() < _ENOUGH_LEFT:
            break
        other = shrinker.fork(rival)
        thorough(other)
        if improve(shrinker, "by another failing run", other.best):
            thorough(shrinker)


def compare(shrinker: Shrinker, more: Sequence[Found]) -> list[Found]:
    """Reduce several failing runs coarsely, the shortest first, until more of them do not help; go on with the best.

    Returns the others, the best first. Raises `NoActionsError` where one of them needs no action.
    """
    shortest, *others = sorted((shrinker.best, *more), key=lambda each: len(each.actions))
    if not shortest.actions:
        raise NoActionsError(shortest)
    if shortest is not shrinker.best:
        shrinker.replace("by another failing run", shortest)
    coarse(shrinker)
    idle = 0
    rivals: list[Found] = []
    for found in others:
        if idle >= _ENOUGH or shrinker.budget.left() < _ENOUGH_LEFT:
            break
        before = shrinker.best
        rival = shrinker.fork(found)
        coarse(rival)
        better = shrinker.accept("by another failing run", rival.best)
        idle = 0 if better else idle + 1
        rivals.append(before if better else rival.best)
    return sorted(rivals, key=lambda each: cost(each.setup, each.actions))


def thorough(shrinker: Shrinker) -> None:
    """Until nothing helps any more: all passes, canonical order, and the search nearby."""
    while True:
        fine(shrinker)
        if settle(shrinker) and not search_nearby(shrinker) and settle(shrinker):
            return


def settle(shrinker: Shrinker) -> bool:
    """Give the best its canonical form; returns whether it is minimal then, or there is something shorter to go on with."""
    length = shrinker.cost()
    plain_setup(shrinker)
    plain_commands(shrinker)
    without_one_for_others(shrinker)
    arrange(shrinker, shrinker.best.setup, shrinker.best.actions)
    if shrinker.cost() < length:
        return False
    if shrinker.complete:
        return True
    before = shrinker.best.actions
    fine(shrinker)
    if shrinker.best.actions != before or leave_out_pairs(shrinker):
        return False
    shrinker.complete = True
    shrinker.tell()
    return True
