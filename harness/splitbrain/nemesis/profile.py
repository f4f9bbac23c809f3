"""What one walk may do, and how often: drawn anew for each run, as in swarm testing (Groce et al., Swarm Testing, ISSTA 2012)."""

from __future__ import annotations

import msgspec

from splitbrain.budget import FaultBudget
from splitbrain.declared.roles import widest
from splitbrain.dice import Dice
from splitbrain.scenario import Scenario


class Profile(msgspec.Struct, frozen=True):
    """Relative weights of the kinds of actions, and the manners of choosing among the enabled ones of a kind.

    recent: the probability that a delivery takes one of the newest messages instead of any. crowd: how many messages
    may be in flight before one is dropped. slow: the share of messages, on any link, that are put off most of the time
    and so arrive long after their successors; where links are FIFO, the share of links that are. twice: the share of messages
    that are doubled just before they arrive, and mostly arrive twice in a row. shy: nodes (by position) whose messages are put
    off; quiet: nodes whose timers are. phase: after so many actions the rates are drawn again (the kinds of faults stay).
    together: the probability that a crash takes all nodes. soon: the probability that a connection that ended, or those of a node
    that starts again, are opened at once.
    """

    deliver: float = 1.0
    fire: float = 0.1
    request: float = 0.05
    drop: float = 0.0
    duplicate: float = 0.0
    crash: float = 0.0
    crash_inside: float = 0.0
    restart: float = 0.1
    cut: float = 0.0
    mend: float = 0.0
    complete: float = 0.0
    advance: float = 0.0
    recent: float = 0.0
    crowd: int = 60
    slow: float = 0.0
    shy: tuple[int, ...] = ()
    quiet: tuple[int, ...] = ()
    together: float = 0.0
    twice: float = 0.0
    phase: int = 100
    operate: float = 0.0
    disconnect: float = 0.0
    connect: float = 0.0
    soon: float = 0.0


class Faults(msgspec.Struct, frozen=True):
    """Which kinds of faults a run has at all.

    rotate: in each (short) phase a few nodes, mostly a bare majority, have the cluster to themselves: what any quorum protocol
    must survive is that two quorums share one node, and no more.
    """

    drop: bool
    duplicate: bool
    crash: bool
    crash_inside: bool
    partition: bool
    rotate: bool = False
    disconnect: bool = False


def draw_faults(dice: Dice, budget: FaultBudget, size: int) -> Faults:
    """A subset of what the budget allows: each kind with even odds."""
    coin = [dice.chance(0.5) for _ in range(6)]
    crashes = budget.may_be_down(size) > 0
    return Faults(
        drop=budget.drop and coin[0],
        duplicate=budget.duplicate and coin[1],
        crash=crashes and coin[2],
        crash_inside=crashes and budget.mid_handler and coin[3],
        partition=budget.partition and coin[4] and size > 1,
        rotate=coin[5] and size > 2,
        disconnect=budget.disconnect and size > 1 and dice.chance(0.5),
    )


def draw_profile(dice: Dice, scenario: Scenario, size: int, faults: Faults | None = None) -> Profile:
    """Rates for one phase of a walk; which faults there are is drawn too, unless ``faults`` says."""
    budget = widest(scenario, size)
    if faults is None:
        faults = draw_faults(dice, budget, size)
    if faults.rotate:
        awake = size // 2 + 1 if dice.chance(0.75) else dice.between(1, size)
        shy = tuple(dice.sample(range(size), size - awake))
        quiet = tuple(place for place in range(size) if place in shy or dice.chance(0.5))
    else:
        shy = _some(dice, size, 0.25) if dice.chance(0.4) else ()
        quiet = _some(dice, size, 0.6) if dice.chance(0.6) else ()
    return Profile(
        fire=_between(dice, 0.02, 1.0),
        request=_between(dice, 0.01, 0.15),
        drop=_between(dice, 0.01, 0.3) if faults.drop else 0.0,
        duplicate=_between(dice, 0.02, 1.0) if faults.duplicate else 0.0,
        crash=_between(dice, 0.003, 0.1) if faults.crash else 0.0,
        crash_inside=_between(dice, 0.003, 0.1) if faults.crash_inside else 0.0,
        restart=_between(dice, 0.05, 1.0),
        cut=_between(dice, 0.003, 0.05) if faults.partition else 0.0,
        mend=_between(dice, 0.01, 0.2),
        complete=_between(dice, 0.1, 2.0) if budget.slow_disks else 0.0,
        advance=_between(dice, 0.05, 1.0),
        recent=dice.pick((0.0, 0.0, 0.5, 0.9)) if budget.reorder else 0.0,
        crowd=dice.pick((10, 20, 40, 80)),
        slow=dice.pick((0.0, 0.2, 0.5, 0.8)),
        shy=shy,
        quiet=quiet,
        twice=dice.pick((0.0, 0.2, 0.5, 0.9)) if faults.duplicate else 0.0,
        together=dice.pick((0.0, 0.2)) if budget.crashes == "any" else 0.0,
        phase=dice.between(5, 50) if faults.rotate else dice.between(20, 200),
        # What few scenarios declare is drawn last, and only there: the others' dice fall as they always did.
        operate=_between(dice, 0.01, 0.15) if scenario.operations else 0.0,
        disconnect=_between(dice, 0.005, 0.2) if faults.disconnect else 0.0,
        connect=_between(dice, 0.02, 1.0) if scenario.links == "streams" else 0.0,  # a crash ends connections, too
        soon=dice.pick((0.0, 0.3, 0.9)) if scenario.links == "streams" else 0.0,
    )


def steady(budget: FaultBudget) -> Profile:
    """Everything that the budget allows, now and then, and nothing drawn: for a dry run."""
    return Profile(
        fire=0.15,
        request=0.1,
        duplicate=0.05 if budget.duplicate else 0.0,
        crash=0.03 if budget.crashes != "none" else 0.0,
        restart=0.3,
        complete=0.5 if budget.slow_disks else 0.0,
        advance=0.2,
        operate=0.05,
        disconnect=0.03 if budget.disconnect else 0.0,
        connect=0.3,
        soon=0.3,
    )


def _some(dice: Dice, size: int, odds: float) -> tuple[int, ...]:
    return tuple(place for place in range(size) if dice.chance(odds))


def _between(dice: Dice, low: float, high: float) -> float:
    """Log-uniform: every order of magnitude is as likely as any other."""
    return float(low * (high / low) ** dice.roll())
