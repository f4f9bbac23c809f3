"""Links that do what their model says they never do."""

from dataclasses import replace

import pytest
from relay import ASK, relay

from splitbrain.actions import Deliver, Drop, Duplicate, Request
from splitbrain.budget import FaultBudget
from splitbrain.doctor.weakenings.links import ORDER, TWICE
from splitbrain.world.world import World

CALM = FaultBudget(drop=False, duplicate=False, reorder=False)
NOTE = ("n1", "n2", "Note")


def calm(links="datagrams"):
    return replace(relay(), budget=CALM, links=links)


@pytest.mark.parametrize("links", ["datagrams", "streams"])
def test_messages_arrive_twice_where_they_never_do(links):
    weak = TWICE.scenario(calm(links))
    with World(weak, 3) as world:
        world.apply(ASK)
        assert list(world.enabled(Duplicate, Drop)) == [Duplicate(*NOTE)]
        world.apply(Duplicate(*NOTE))
        world.apply(Deliver(*NOTE))
        world.apply(Deliver(*NOTE, copy=1))


def test_so_they_do_where_a_role_has_a_budget_of_its_own():
    quiet = replace(calm(), roles={"first": (0,)}, budgets={"first": CALM})
    with World(TWICE.scenario(quiet), 3) as world:
        world.apply(ASK)
        assert list(world.enabled(Duplicate, Drop)) == [Duplicate(*NOTE)]


@pytest.mark.parametrize("links", ["datagrams", "streams"])
def test_messages_are_lost_and_overtake_each_other_where_they_never_do(links):
    weak = ORDER.scenario(calm(links))
    with World(weak, 3) as world:
        world.apply(ASK)
        world.apply(Request("n1", "r2", "y"))
        assert set(world.enabled(Deliver)) == {Deliver(*NOTE), Deliver(*NOTE, ordinal=2)}
        assert set(world.enabled(Drop, Duplicate)) == {Drop(*NOTE), Drop(*NOTE, ordinal=2)}


@pytest.mark.parametrize("weakening", [TWICE, ORDER])
def test_the_scenario_itself_stays_as_it_is(weakening):
    scenario = calm("streams")
    weak = weakening.scenario(scenario)
    assert weak.links == "streams"
    assert not any((scenario.budget.drop, scenario.budget.duplicate, scenario.budget.reorder))
    assert weak.budget.disconnect


def test_it_is_pointless_where_links_do_so_anyway():
    assert TWICE.pointless(relay()) == "its fault budget lets messages arrive twice anyway"
    assert ORDER.pointless(relay()) == "its fault budget lets messages overtake each other, and be lost, anyway"
    assert (TWICE.pointless(calm()), ORDER.pointless(calm())) == (None, None)
    assert ORDER.pointless(replace(relay(), budget=FaultBudget(reorder=False))) is None
