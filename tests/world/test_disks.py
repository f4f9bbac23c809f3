"""Slow disks: a sync completes when the nemesis says so."""

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Complete, Crash, Request
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed, Synced
from splitbrain.node import Observe, Sync
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")
SLOW = FaultBudget(slow_disks=True)


def waits(node, *_):
    yield Sync()
    yield Observe(Note("went on"))


def test_a_sync_can_complete_where_one_is_outstanding_and_once():
    with World(scripted(request=waits, budget=SLOW)) as world:
        assert list(world.enabled(Complete)) == []
        world.apply(ASK)
        assert list(world.enabled(Complete)) == [Complete("n1")]
        world.apply(Complete("n1"))
        assert [event.observation.text for event in of(world, Observed)] == ["went on"]
        with pytest.raises(NotEnabled, match="it waits for no sync"):
            world.apply(Complete("n1"))


def test_the_oldest_sync_is_answered_first_and_the_node_is_told_at_once():
    scenario = scripted(
        request=lambda *_: [Sync("one"), Sync("two")], synced=lambda node, token: [Observe(Note(token))], budget=SLOW
    )
    with World(scenario) as world:
        world.apply(ASK)
        world.apply(Complete("n1"))
        assert [event.observation.text for event in of(world, Observed)] == ["one"]
        world.apply(Complete("n1"))
        assert [event.observation.text for event in of(world, Observed)] == ["one", "two"]


def test_a_sync_says_in_which_step_it_was_asked_for_where_that_was_not_just_now():
    with World(scripted(request=waits, budget=SLOW)) as world:
        for action in (ASK, Crash("n2"), Complete("n1")):
            world.apply(action)
        assert of(world, Synced) == [Synced(3, "n1", None, asked=1)]
    with World(scripted(request=waits)) as world:
        world.apply(ASK)
        assert of(world, Synced) == [Synced(1, "n1", None)]


def test_the_disk_of_a_node_that_is_down_answers_nobody():
    with World(scripted(request=waits, budget=SLOW)) as world:
        world.apply(ASK)
        world.apply(Crash("n1"))
        assert list(world.enabled(Complete)) == []


def test_a_disk_that_is_not_slow_answers_at_once():
    with World(scripted(request=waits)) as world:
        world.apply(ASK)
        assert [event.observation.text for event in of(world, Observed)] == ["went on"]
        assert list(world.enabled(Complete)) == []
