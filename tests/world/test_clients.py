"""Clients: they ask."""

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Crash, Request
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed, Requested
from splitbrain.node import Observe, Sync
from splitbrain.world.world import World


def test_a_node_gets_what_it_is_asked_under_the_request_s_name():
    with World(scripted(request=lambda node, name, command: [Observe(Note((node.me, name, command)))])) as world:
        world.apply(Request("n2", "r7", {"set": 1}))
        assert of(world, Requested) == [Requested(1, "n2", "r7", {"set": 1}, calm=False)]
        assert of(world, Observed)[0].observation.text == ("n2", "r7", {"set": 1})


def test_nobody_asks_a_node_that_is_down_or_waits_for_its_disk():
    with World(scripted(request=lambda *_: [Sync()], budget=FaultBudget(slow_disks=True))) as world:
        world.apply(Request("n1", "r1", "x"))
        world.apply(Crash("n2"))
        for node, why in (("n1", "waits for its disk"), ("n2", "is down")):
            with pytest.raises(NotEnabled, match=f"cannot request {node} r2 'y': {node} {why}"):
                world.apply(Request(node, "r2", "y"))
        assert len(of(world, Requested)) == 1


def test_what_to_ask_the_workload_alone_knows_and_so_no_request_is_enabled_by_itself():
    with World(scripted()) as world:
        assert list(world.enabled(Request)) == []
