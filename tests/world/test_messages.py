"""What happens to messages in flight."""

import pytest
from scripted import Note, chatty, of, scripted

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed
from splitbrain.node import Send, Sync
from splitbrain.world.world import World

SLOW = FaultBudget(slow_disks=True)

ASK = Request("n1", "r1", "x")


def test_a_message_may_be_delivered_to_the_next_incarnation_of_its_receiver():
    with World(chatty()) as world:
        world.apply(ASK)
        world.apply(Crash("n2"))
        with pytest.raises(NotEnabled, match="n2 is down"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Restart("n2"))
        world.apply(Deliver("n1", "n2", "Note"))
        assert of(world, Observed)[-1].observation.text == "n2 got x"


def test_a_copy_is_delivered_by_itself_and_a_dropped_message_never():
    with World(chatty()) as world:
        world.apply(ASK)
        world.apply(Duplicate("n1", "n2", "Note"))
        world.apply(Drop("n1", "n2", "Note"))
        with pytest.raises(NotEnabled, match="no such message is in flight"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Deliver("n1", "n2", "Note", copy=1))


def test_what_is_enabled_of_messages_is_what_the_budget_allows():
    budget = FaultBudget(drop=False, duplicate=False, reorder=False)
    scenario = scripted(request=lambda *_: [Send("n2", Note()), Send("n2", Note())], budget=budget)
    with World(scenario) as world:
        world.apply(ASK)
        first, second = Deliver("n1", "n2", "Note"), Deliver("n1", "n2", "Note", ordinal=2)
        assert list(world.enabled(Deliver, Drop, Duplicate)) == [first]
        with pytest.raises(NotEnabled, match="links are FIFO"):
            world.apply(second)
        world.apply(first)
        assert list(world.enabled(Deliver)) == [second]


@pytest.mark.parametrize("links", [{"budget": FaultBudget(reorder=False)}, {"links": "streams"}])
def test_where_links_keep_their_order_a_lenient_world_delivers_what_is_next_if_it_is_of_the_kind(links):
    scenario = scripted(request=lambda *_: [Send("n2", Note()), Send("n2", Note()), Send("n2", "other")], **links)
    with World(scenario, lenient=True) as world:
        world.apply(ASK)
        first, second = Deliver("n1", "n2", "Note"), Deliver("n1", "n2", "Note", ordinal=2)
        assert world.apply(second) == first  # it is in flight, but the first is next
        with pytest.raises(NotEnabled, match="links are FIFO, and an earlier message is in flight"):
            world.apply(Deliver("n1", "n2", "str"))
        assert world.apply(Deliver("n1", "n2", "Note", ordinal=7)) == second  # it is not there
        assert world.apply(Deliver("n1", "n2", "str", 3, 9)) == Deliver("n1", "n2", "str")
        with pytest.raises(NotEnabled, match="no such message is in flight"):
            world.apply(first)


def test_a_message_waits_while_its_receiver_waits_for_its_disk():
    scenario = scripted(receive=lambda *_: [Sync()], request=lambda *_: [Send("n2", Note()), Send("n2", Note())], budget=SLOW)
    with World(scenario) as world:
        world.apply(ASK)
        world.apply(Deliver("n1", "n2", "Note"))
        assert list(world.enabled(Deliver)) == []
        with pytest.raises(NotEnabled, match="n2 waits for its disk"):
            world.apply(Deliver("n1", "n2", "Note", ordinal=2))
        assert list(world.enabled(Drop)) == [Drop("n1", "n2", "Note", ordinal=2)]  # losing it needs nobody


def test_of_a_message_that_is_nowhere_it_is_told_where_such_messages_go():
    scenario = scripted(request=lambda *_: [Send("n1", Note())], links="streams")
    with World(scenario) as world:
        world.apply(ASK)
        with pytest.raises(NotEnabled, match=r"in flight \(what a node sends to itself arrives in the same step\)$"):
            world.apply(Deliver("n1", "n1", "Note"))
        with pytest.raises(
            NotEnabled, match=r"in flight \(what is in flight when its connection ends, or is sent without one, is lost\)$"
        ):
            world.apply(Deliver("n1", "n2", "Note"))
