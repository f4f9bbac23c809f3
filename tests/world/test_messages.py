"""What happens to messages in flight."""

import pytest
from scripted import chatty, of

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Request, Restart
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed
from splitbrain.world.world import World

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
