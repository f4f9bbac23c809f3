"""PySyncObj as a node of the harness: in any version that can be imported."""

from dataclasses import replace

import pytest

from splitbrain.actions import Connect, Disconnect
from splitbrain.events import Wrote
from splitbrain.observations import Applied, Led, Recovered
from splitbrain.testing.simulation import Simulation
from splitbrain.world.run import Setup

pytest.importorskip("pysyncobj", reason="it is an extra: pip install 'splitbrain[pysyncobj]'")

from splitbrain_protocols.hosted.pysyncobj import PYSYNCOBJ


@pytest.fixture
def world():
    world = Simulation(Setup(PYSYNCOBJ.bare(), 3))  # whatever its version breaks
    yield world
    world.close()


def elect(world, node):
    """Until it leads."""
    world.fire(node, "patience")
    world.settle()
    assert [led.term for led in world.observed(Led, node)]


def replicate(world, leader):
    """Heartbeats: what it has, that it is committed, and what waited for that."""
    for _ in range(5):
        world.fire(leader, "tick")
        world.settle()


def test_what_a_leader_is_asked_for_is_applied_by_all_and_answered(world):
    elect(world, "n1")
    world.request("n1", "x")
    replicate(world, "n1")
    assert [said.command for said in world.observed(Applied)] == ["x"] * 3
    (operation,) = world.history
    assert operation.result == "x"


def test_a_follower_passes_on_what_it_is_asked_for(world):
    elect(world, "n1")
    replicate(world, "n1")
    world.request("n2", "x")
    world.settle()
    replicate(world, "n1")
    (operation,) = world.history
    assert operation.result == "x"


def test_its_log_outlives_a_crash(world):
    elect(world, "n1")
    world.request("n1", "x")
    replicate(world, "n1")
    world.crash("n2")
    world.restart("n2")
    *_, found = world.observed(Recovered, "n2")
    assert [term for term, _ in found.entries] == [0, 1, 1]
    assert b"x" in found.entries[-1][1]


def test_a_node_that_is_connected_to_nobody_stands_for_no_election(world):
    for peer in ("n2", "n3"):
        world.apply(Disconnect("n1", peer))
    world.settle()
    world.fire("n1", "patience")
    assert not [
        event for event in world.events if type(event) is Wrote and event.node == "n1" and event.step == world.events[-1].step
    ]
    world.apply(Connect("n1", "n2"))
    world.settle()
    elect(world, "n1")


def test_messages_are_shown_by_their_type_and_term(world):
    world.fire("n1", "patience")
    assert str(next(world.enabled())) == "deliver n1->n2 request_vote 1"


def test_what_it_says_it_did_not_do_is_refused():
    impatient = replace(PYSYNCOBJ.bare(), options={"commandsWaitLeader": (False,)})
    world = Simulation(Setup(impatient, 3, {"commandsWaitLeader": False}))
    world.request("n1", "x")
    (operation,) = world.history
    assert [attempt.refused for attempt in operation.attempts] == [True]
    world.close()
