"""Which connections end, and which plans are made for them."""

from collections import Counter

import pytest
from couriers import CLOAKROOM, COURIER

from splitbrain.actions import Connect, Deliver, Disconnect, Request
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.exhibit import mutant
from splitbrain.nemesis.connections import ending, plan
from splitbrain.world.connections import severable
from splitbrain.world.world import World

NODES = ("n1", "n2", "n3", "n10")


@pytest.mark.parametrize("leader", [None, "n10"])
def test_a_plan_ends_connections_and_opens_each_again_under_the_name_that_it_has(leader):
    kinds = Counter()
    for seed in range(200):
        steps = plan(Dice(seed), NODES, leader)
        ends, begins = ([s for s in steps if type(s) is kind] for kind in (Disconnect, Connect))
        assert sorted((s.one, s.other) for s in ends) == sorted((s.one, s.other) for s in begins)
        assert all(NODES.index(s.one) < NODES.index(s.other) for s in steps)
        around = [node for node in NODES if all(node in (s.one, s.other) for s in ends)]
        kinds["flaps" if len({(s.one, s.other) for s in ends}) == 1 else "one node" if around else "several"] += 1
        kinds.update(around if len(around) == 1 else ())
    assert set(kinds) >= {"flaps", "one node", "several"}
    if leader is not None:
        assert kinds[leader] == max(kinds[node] for node in NODES)


def test_what_ends_is_often_what_was_sent_on_just_now_or_a_leader_s():
    with World(CLOAKROOM, 4) as world:
        assert all(world.network.connected(*pair) for pair in severable(world))
        for node in ("n2", "n3", "n4"):
            world.apply(Deliver(node, "n1", "Hello"))
        world.apply(Request("n3", "r1", "x"))  # n3 asks n1
        drawn = Counter(ending(world, Dice(seed), "n2") for seed in range(400))
    assert sum(drawn.values()) == 400
    assert drawn["n1", "n3"] > 150
    assert sum(count for pair, count in drawn.items() if "n2" in pair) > 100
    assert len(drawn) == 6


def test_nothing_ends_where_the_budget_keeps_connections_or_there_are_none():
    kept = mutant(COURIER, COURIER.factory, budget=FaultBudget(disconnect=False))
    datagrams = mutant(COURIER, COURIER.factory, links="datagrams")
    for scenario in (kept, datagrams):
        with World(scenario) as world:
            assert ending(world, Dice(1), None) is None
