"""Links are cut and mended."""

import pytest
from scripted import Note, scripted

from splitbrain.actions import Cut, Mend, Request
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.node import Send
from splitbrain.world.links import spared
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


def test_a_cut_of_links_of_which_some_are_cut_already_cuts_the_rest_and_a_mend_likewise():
    one, other = ("n1", "n2"), ("n2", "n1")
    with World(scripted()) as world:
        world.apply(Cut((one,)))
        world.apply(Cut((one, other)))
        assert set(world.network.cut_links) == {one, other}
        world.apply(Mend((one,)))
        world.apply(Mend((one, other)))
        assert not world.network.cut_links


def test_partitions_are_composed_by_the_nemesis_and_so_none_is_enabled_by_itself():
    with World(scripted()) as world:
        world.apply(Cut((("n1", "n2"),)))
        assert list(world.enabled(Cut, Mend)) == []


def test_a_link_with_an_end_whose_budget_has_no_partitions_is_never_cut():
    scenario = scripted(roles={"witness": (1,)}, budgets={"witness": FaultBudget(partition=False)}, sizes=(3,))
    with World(scenario) as world:
        world.apply(Cut((("n1", "n3"),)))
        for link in (("n1", "n2"), ("n2", "n3")):
            with pytest.raises(NotEnabled, match="the fault budget of scenario 'scripted' says that links of n2 are never cut"):
                world.apply(Cut((("n3", "n1"), link)))
        assert spared(world, "partition", (("n3", "n1"), ("n3", "n2"))) == "n2"
        assert spared(world, "slow_disks", ()) is None
