"""Nodes lose their power, also while they handle something, and start again."""

from scripted import chatty, of, scripted

from splitbrain.actions import Crash, Request, Restart
from splitbrain.events import Acted
from splitbrain.node import Sync, Write
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
