"""The minimiser: from a failing schedule to one from which nothing can be left out, in the protocol's units.

A candidate is run leniently, and kept when it breaks the same invariant in the same way (the fingerprint) and is better: `cost`.
Several failing runs are reduced coarsely, the best of them thoroughly; then a bounded search looks around it. What is left is put
into canonical order and names, and neither one of its actions nor two can be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from splitbrain.actions import Action
from splitbrain.counterexample.minimiser.canonical import arrange, improve, plain_setup
from splitbrain.counterexample.minimiser.minimised import Minimised, Progress, cost
from splitbrain.counterexample.minimiser.neighbourhood import search_nearby
from splitbrain.counterexample.minimiser.passes import coarse, fine, leave_out_pairs
from splitbrain.counterexample.minimiser.shrinker import Budget, NoActionsError, Shrinker, SpentError
from splitbrain.invariant import Violation
from splitbrain.world.run import Setup

__all__ = ["Minimised", "Progress", "minimise"]

Start: TypeAlias = tuple[Setup, tuple[Action, ...], Violation]

REPLAYS = 30_000  # runs of small schedules; most minimisations take a twentieth
_ENOUGH_LEFT = 0.7  # of the budget, for another failing run to be looked at
_RIVALS = 2  # failing runs that are reduced thoroughly, beside the best
_ENOUGH = 4  # failing runs that became no shorter than the best: more are not looked at


def minimise(
    setup: Setup,
    actions: Sequence[Action],
    violation: Violation,
    *,
    seconds: float = 10.0,
    replays: int = REPLAYS,
    host: str = "direct",
    progress: Progress | None = None,
    more: Iterable[Start] = (),
) -> Minimised:
    """Shrink a failing schedule; the result is 1-minimal and pair-minimal (``complete``) unless the budget runs out first.

    seconds: of wall clock, a safety net. replays: the budget that normally rules, so that equal runs have equal results:
    runs of small schedules; one of many actions or messages counts as several. host: what runs the candidates; async
    nodes need ``"trio"``. more: further failing runs to start from; each is reduced, and the best goes on. progress is
    called after every improvement, with the best so far.
    """
    best = Minimised(setup, tuple(actions), violation, found=len(actions))
    if not actions:  # a node failed at the start
        best.complete = True
        return best
    shrinker = Shrinker(best, Budget(seconds, replays), host, progress)
    alike = [each for each in more if each[2].fingerprint == violation.fingerprint]
    try:
        rivals = compare(shrinker, alike)
        thorough(shrinker)
        for rival in rivals[:_RIVALS]:
            if shrinker.budget.left() < _ENOUGH_LEFT:
                break
            other = shrinker.fork(rival)
            thorough(other)
            if improve(shrinker, "by another failing run", rival):
                thorough(shrinker)
    except NoActionsError as shortest:
        shrinker.replace("as it breaks at the start", shortest.outcome)
        best.complete = True
        shrinker.tell()
    except SpentError:
        pass
    best.replays, best.seconds = shrinker.budget.runs, shrinker.budget.seconds()
    return best


def compare(shrinker: Shrinker, more: Sequence[Start]) -> list[Minimised]:
    """Reduce several failing runs coarsely, the shortest first, until more of them do not help; go on with the best.

    Returns the others, the best first. Raises `NoActionsError` where one of them needs no action.
    """
    best = shrinker.best
    first: Start = (best.setup, best.actions, best.violation)
    starts = sorted((first, *more), key=lambda each: len(each[1]))
    if not starts[0][1]:
        raise NoActionsError(Minimised(*starts[0]))
    if starts[0] is not first:
        shrinker.replace("by another failing run", Minimised(*starts[0]))
    coarse(shrinker)
    idle = 0
    rivals: list[Minimised] = []
    for start in starts[1:]:
        if idle >= _ENOUGH or shrinker.budget.left() < _ENOUGH_LEFT:
            break
        before = Minimised(best.setup, best.actions, best.violation)
        rival = shrinker.fork(Minimised(*start))
        coarse(rival)
        better = shrinker.adopt("by another failing run", rival)
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
    best = shrinker.best
    length = shrinker.cost()
    plain_setup(shrinker)
    arrange(shrinker, best.setup, best.actions)
    if shrinker.cost() < length:
        return False
    if best.complete:
        return True
    before = best.actions
    fine(shrinker)
    if best.actions != before or leave_out_pairs(shrinker):
        return False
    best.complete = True
    shrinker.tell()
    return True
