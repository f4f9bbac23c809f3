"""A failing run of the forgetful register on its way down, for tests of what the minimiser does to it."""

from __future__ import annotations

from toys import FORGETFUL

from splitbrain.actions import Crash, Request, Restart
from splitbrain.counterexample.minimiser.shrinker import Budget, Shrinker
from splitbrain.world.run import Setup, run

SETUP = Setup(FORGETFUL, 3)
FORGET = (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))


def shrinker(setup, schedule, replays=1_000):
    return Shrinker(run(setup, schedule).found(), Budget(600, replays))  # the seconds are a net
