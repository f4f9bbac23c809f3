"""Timers go off, and time passes."""

import pytest
import trio
from scripted import Note, of, scripted

from splitbrain.actions import Advance, Crash, Fire, Request
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed
from splitbrain.node import SetTimer, Sync
from splitbrain.world.world import World


def test_time_moves_to_the_earliest_moment_at_which_a_timer_may_fire_and_never_back():
    scenario = scripted(start=lambda node: [SetTimer("t", {"n1": 30, "n2": 10, "n3": 50}[node.me], 100)])
    with World(scenario) as world:
        times = []
        for name in ("n1", "n2", "n3"):
            world.apply(Fire(name, "t"))
            times.append(world.now)
        assert times == [30, 30, 50]


def test_a_timer_that_went_off_is_disarmed_before_its_handler_runs():
    def timeout(node, timer):
        yield SetTimer(timer, 7, 9)

    with World(scripted(start=lambda node: [SetTimer("t", 5, 5)], timeout=timeout, sizes=(1,))) as world:
        world.apply(Fire("n1", "t"))
        world.apply(Fire("n1", "t"))
        assert world.now == 12


def test_no_timer_goes_off_where_a_node_waits_for_its_disk_or_is_down():
    scenario = scripted(
        start=lambda node: [SetTimer("t", 5, 5)], request=lambda *_: [Sync()], budget=FaultBudget(slow_disks=True), sizes=(2,)
    )
    with World(scenario) as world:
        world.apply(Request("n1", "r1", "x"))
        assert list(world.enabled(Fire)) == [Fire("n2", "t")]
        with pytest.raises(NotEnabled, match="cannot fire n1 t: waits for its disk"):
            world.apply(Fire("n1", "t"))
        world.apply(Crash("n2"))
        assert list(world.enabled(Fire)) == []


def test_time_advances_to_the_deadline_of_an_async_node_and_only_where_there_is_one():
    async def live(node, env):
        await trio.sleep(0.25)
        env.observe(Note("awake"))

    with World(scripted(run=live, sizes=(1,))) as world:
        assert list(world.enabled(Advance)) == [Advance()]
        world.apply(Advance())
        assert world.now == 250
        assert [event.observation.text for event in of(world, Observed)] == ["awake"]
        assert list(world.enabled(Advance)) == []
