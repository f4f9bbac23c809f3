"""Nodes lose their power, also while they handle something, and start again."""

import pytest
from scripted import chatty, of, scripted

from splitbrain.actions import Crash, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Crashed
from splitbrain.node import SetTimer, Sync, Write
from splitbrain.world.power import may_crash
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")


def test_all_nodes_may_be_down_at_once_and_restart_from_their_disks():
    scenario = scripted(start=lambda node: [Write("starts", node.disk.get("starts", 0) + 1), Sync()])
    with World(scenario) as world:
        for name in world.nodes:
            world.apply(Crash(name))
        assert world.running() == []
        for name in world.nodes:
            world.apply(Restart(name))
        assert [world.processes[name].disk()["starts"] for name in world.nodes] == [2, 2, 2]


def test_a_crash_inside_a_handler_is_recorded_as_one_action_before_what_happened():
    crash = Crash("n1", during=ASK, after=1)
    with World(chatty()) as world:
        world.apply(crash)
        kinds = [type(event).__name__ for event in world.events if event.step == 1]
        assert kinds == ["Acted", "Requested", "Sent", "Crashed"]
        assert of(world, Acted) == [Acted(1, 0, crash)]
        assert world.step == 1


def test_a_minority_may_be_down_and_a_node_that_restarts_to_crash_again_is_counted_once():
    with World(scripted(budget=FaultBudget(crashes="minority"))) as world:
        assert [action.node for action in world.enabled(Crash)] == ["n1", "n2", "n3"]
        world.apply(Crash("n2"))
        assert not may_crash(world)
        assert list(world.enabled(Crash)) == []
        with pytest.raises(NotEnabled, match="at most 1 of 3 nodes may be down"):
            world.apply(Crash("n1"))
        world.apply(Crash("n2", during=Restart("n2"), after=0))
        assert list(world.enabled(Restart)) == [Restart("n2")]


def test_a_crash_that_loses_writes_is_counted_and_one_that_loses_none_is_not():
    scenario = scripted(request=lambda *_: [Write("a", 1), Write("b", 2)])
    with World(scenario) as world:
        for node, keep in (("n1", 2), ("n2", 1)):
            world.apply(Request(node, node, "x"))
            world.apply(Crash(node, keep))
        assert [(event.kept, event.lost) for event in of(world, Crashed)] == [(2, 0), (1, 1)]
        assert world.recorder.counts()["crash losing writes"] == 1


def test_a_crash_while_a_timer_goes_off_comes_at_the_time_of_that():
    with World(scripted(start=lambda node: [SetTimer("t", 40, 50)])) as world:
        world.apply(Crash("n1", during=Fire("n1", "t"), after=0))
        assert world.now == 40
        assert not world.processes["n1"].running


@pytest.mark.parametrize("crash", [Crash("n1", -1), Crash("n1", 0, ASK, -1), Crash("n1", 0, None, 2)], ids=str)
def test_a_crash_that_no_file_could_hold_is_not_enabled(crash):
    with (
        World(chatty()) as world,
        pytest.raises(NotEnabled, match="`keep` and `after` count from 0, and `after` counts the effects"),
    ):
        world.apply(crash)
