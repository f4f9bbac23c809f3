"""Links are cut and mended."""

import pytest
from scripted import Note, scripted

from splitbrain.actions import Cut, Mend, Request
from splitbrain.node import Send
from splitbrain.world.world import World


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        ((("n1", "n2"), ("n2", "n1")), [("n1", "n3"), ("n3", "n1"), ("n2", "n3"), ("n3", "n2")]),  # n3 is the bridge
        ((("n1", "n2"),), [("n2", "n1")]),  # one way
        (tuple((one, two) for one in ("n1",) for two in ("n2", "n3")), [("n2", "n1"), ("n3", "n1")]),  # n1 is heard by nobody
    ],
)
def test_any_set_of_directed_links_can_be_cut(cut, kept):
    scenario = scripted(request=lambda node, name, command: [Send(peer, Note()) for peer in node.peers])
    with World(scenario) as world:
        world.apply(Cut(cut))
        for number, name in enumerate(world.nodes):
            world.apply(Request(name, f"r{number}", 0))
        deliverable = {(each.sender, each.receiver) for each in world.network.flight if world.deliverable(each)}
        assert not deliverable & set(cut)
        assert deliverable >= set(kept)
        world.apply(Mend(cut))
        assert all(world.deliverable(each) for each in world.network.flight)
