"""The cluster: what there is when a run begins."""

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Crash, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import ScenarioError
from splitbrain.events import Failed, Observed, Started
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.world.world import World


def test_every_node_starts_in_order_before_the_first_action():
    with World(scripted(start=lambda node: [Observe(Note(node.me))])) as world:
        assert [(event.step, event.node, event.incarnation) for event in of(world, Started)] == [
            (0, "n1", 1),
            (0, "n2", 1),
            (0, "n3", 1),
        ]
        assert [event.observation.text for event in of(world, Observed)] == ["n1", "n2", "n3"]
        assert world.step == world.now == 0


def test_what_is_left_out_is_the_scenario_s_first_choice():
    scenario = scripted(options={"a": (1, 2), "b": ("x",)})
    with World(scenario) as world:
        assert len(world.nodes) == 3
        assert world.processes["n1"].node.options == {"a": 1, "b": "x"}
    with World(scenario, 2, {"a": 2}) as world:
        assert world.nodes == ("n1", "n2")
        assert world.processes["n2"].node.options == {"a": 2, "b": "x"}
        assert world.processes["n2"].node.peers == ("n1",)


def test_an_unknown_host_is_refused():
    with pytest.raises(ScenarioError, match="there is no host 'asyncio'; use 'direct' or 'trio'"):
        World(scripted(), host="asyncio")


ASK = Request("n1", "r1", "x")


def raises(*_):
    raise LookupError("lost")


def test_a_node_that_cannot_be_made_is_the_scenario_s_fault():
    with pytest.raises(ScenarioError, match=r"cannot make node n1: LookupError: lost; it is called as factory\(me, peers, disk"):
        World(scripted(factory=raises))


def test_a_node_that_cannot_be_made_again_from_its_disk_is_an_outcome():
    def factory(me, peers, disk):
        if disk:
            raise LookupError("cannot read")
        return scripted(request=lambda *_: [Write("a", 1), Sync()]).factory(me, peers, disk)

    with World(scripted(factory=factory)) as world:
        world.apply(ASK)
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        (failed,) = of(world, Failed)
        assert "after a restart: LookupError: cannot read" in failed.detail


def test_on_fifo_links_a_message_waits_for_those_before_it_on_its_own_link_alone():
    scenario = scripted(
        request=lambda node, name, command: [Send(to, Note(to)) for to in ("n2", "n2", "n3")], budget=FaultBudget(reorder=False)
    )
    with World(scenario) as world:
        world.apply(ASK)
        assert [(each.receiver, each.ordinal) for each in world.network.flight if world.deliverable(each)] == [("n2", 1), ("n3", 1)]


def test_whom_clients_may_ask_is_the_scenario_s_to_say():
    with World(scripted(clients=lambda size: (2, 0))) as world:
        assert [process.id for process in world.clients()] == ["n3", "n1"]
    with World(scripted(requests=0)) as world:
        assert world.clients() == []


def test_what_a_crash_loses_is_counted_in_writes_and_none_is_lost_twice():
    with World(scripted(request=lambda *_: [Write("a", 1), Write("b", 2), Write("c", 3)])) as world:
        world.apply(ASK)
        process = world.processes["n1"]
        assert world.power_off(process, keep=2) == 1
        assert world.power_off(process, keep=0) == 0
        assert dict(process.disk()) == {"a": 1, "b": 2}


def test_a_command_that_is_asked_for_is_the_node_s_own_copy():
    command = ["x"]
    with World(scripted(request=lambda node, name, command: command.append("y") or ())) as world:
        world.ask(world.processes["n1"], "r1", command, calm=False)
    assert command == ["x"]
