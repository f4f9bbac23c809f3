"""Timers go off, and time passes."""

from scripted import scripted

from splitbrain.actions import Fire
from splitbrain.node import SetTimer
from splitbrain.world.world import World


def test_time_moves_to_the_earliest_moment_at_which_a_timer_may_fire_and_never_back():
    scenario = scripted(start=lambda node: [SetTimer("t", {"n1": 30, "n2": 10, "n3": 50}[node.me], 100)])
    with World(scenario) as world:
        times = []
        for name in ("n1", "n2", "n3"):
            world.apply(Fire(name, "t"))
            times.append(world.now)
        assert times == [30, 30, 50]
