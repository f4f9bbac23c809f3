"""Small random edits of a failing schedule: some actions left out, a few others put in where they are enabled."""

from __future__ import annotations

from collections.abc import Sequence

from harness.actions import Action, Request, input_of
from harness.dice import Dice
from harness.errors import NotEnabled
from harness.lenient import Outcome
from harness.nemesis.profile import Profile
from harness.nemesis.walk import Walk
from harness.run import Setup
from harness.scenario import Scenario


def _inserted(scenario: Scenario) -> Profile:
    """What an edit puts in: mostly deliveries and timers, now and then what else the budget allows."""
    budget = scenario.budget
    return Profile(
        fire=0.35,
        request=0.15,
        crash=0.04 if budget.crashes != "none" else 0.0,
        restart=0.15,
        duplicate=0.04 if budget.duplicate else 0.0,
        complete=0.3 if budget.slow_disks else 0.0,
        advance=0.3,
    )


def edited_run(setup: Setup, actions: Sequence[Action], seed: str, host: str) -> Outcome:
    """Run a random edit of ``actions`` that never has more of them, leniently, up to the first violation."""
    dice = Dice(seed)
    count = len(actions)
    out = 1 + dice.below(4)
    near = dice.below(count)  # what is left out and put in lies mostly close together
    left_out = {_place(dice, near, count) for _ in range(out)}
    put_in: dict[int, int] = {}
    for _ in range(dice.below(len(left_out) + 1)):
        place = _place(dice, near, count)
        put_in[place] = put_in.get(place, 0) + 1
    done: list[Action] = []
    with setup.world(host, lenient=True) as world:
        walk = Walk(world, _inserted(setup.scenario), dice)
        walk.leave(each for action in actions if isinstance(each := input_of(action), Request))
        for place, action in enumerate(actions):
            if place in put_in:
                before = len(walk.actions)
                walk.go(put_in[place])
                done.extend(walk.actions[before:])
            if world.violation is not None:
                break
            if place in left_out:
                continue
            try:
                done.append(world.apply(action))
            except NotEnabled:
                continue
            if world.violation is not None:
                break
        return Outcome(setup, tuple(done), world.violation, sent=world.network.sent)


def _place(dice: Dice, near: int, count: int) -> int:
    if dice.chance(0.5):
        return dice.below(count)
    return min(max(near + dice.below(9) - 4, 0), count - 1)
