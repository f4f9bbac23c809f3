"""Connections end and are opened again, where links are streams."""

import pytest
from scripted import chatty
from talkers import go, talkers

from splitbrain.actions import Connect, Crash, Cut, Deliver, Disconnect, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.world.connections import connectable, severable
from splitbrain.world.world import World


def refused(world, action):
    with pytest.raises(NotEnabled) as refusal:
        world.apply(action)
    assert world.step == len([event for event in world.events if type(event).__name__ == "Acted"])  # nothing has happened
    return str(refusal.value)


def test_every_connection_may_end_and_every_pair_without_one_may_get_one():
    with World(talkers(), 3) as world:
        ends = [Disconnect("n1", "n2"), Disconnect("n1", "n3"), Disconnect("n2", "n3")]
        assert list(world.enabled(Disconnect, Connect)) == ends
        go(world, Disconnect("n3", "n1"))  # in either order
        assert list(world.enabled(Disconnect, Connect)) == [ends[0], ends[2], Connect("n1", "n3")]
        assert severable(world) == [("n1", "n2"), ("n2", "n3")]
        assert connectable(world) == [("n1", "n3")]
        go(world, Connect("n3", "n1"))
        assert list(world.enabled(Disconnect, Connect)) == ends


def test_what_cannot_be_says_why_and_what_to_do():
    with World(talkers(), 3) as world:
        assert refused(world, Connect("n1", "n2")) == (
            "cannot connect n1 n2: they have a connection, and one is all that a pair has; disconnect them first"
        )
        go(world, Disconnect("n1", "n2"))
        assert refused(world, Disconnect("n2", "n1")) == (
            "cannot disconnect n2 n1: they have no connection that could end; connect them first"
        )
        assert refused(world, Disconnect("n1", "n1")) == (
            "cannot disconnect n1 n1: a connection is one of two nodes; name another one"
        )
        assert refused(world, Connect("n1", "n9")) == "cannot connect n1 n9: there is no node 'n9' in a cluster of 3"
        go(world, Crash("n1"))
        assert refused(world, Connect("n1", "n2")) == "cannot connect n1 n2: n1 is down; restart it first"
        go(world, Restart("n1"), Cut((("n2", "n1"),)))
        assert refused(world, Connect("n1", "n2")) == "cannot connect n1 n2: the link n2->n1 is cut; mend it first"
        assert connectable(world) == [("n1", "n3")]


@pytest.mark.parametrize("budget", [FaultBudget(), FaultBudget(reorder=False)])
@pytest.mark.parametrize("kind", [Disconnect, Connect])
def test_datagrams_have_no_connections(budget, kind):
    with World(chatty(budget=budget), 3) as world:
        assert list(world.enabled(Disconnect, Connect)) == severable(world) == connectable(world) == []
        assert refused(world, kind("n1", "n2")) == (
            f"cannot {kind('n1', 'n2')}: the links of scenario 'scripted' are datagrams, which have no connections; "
            "leave it out, or give the scenario links='streams'"
        )


def test_a_budget_may_keep_connections_which_then_end_with_a_node_alone():
    with World(talkers(budget=FaultBudget(disconnect=False)), 3) as world:
        assert list(world.enabled(Disconnect)) == severable(world) == []
        assert refused(world, Disconnect("n1", "n2")) == (
            "cannot disconnect n1 n2: the fault budget of scenario 'scripted' says that connections do not end but with a node"
        )
        go(world, Crash("n1"), Restart("n1"))
        assert list(world.enabled(Connect)) == [Connect("n1", "n2"), Connect("n1", "n3")]


def test_a_lenient_world_takes_what_is_next_of_a_link_for_what_is_named_and_not_there():
    with World(talkers(), 2, lenient=True) as world:
        go(world, Disconnect("n1", "n2"))
        assert world.apply(Deliver("n1", "n2", "disconnected", ordinal=3)) == Deliver("n1", "n2", "disconnected")
        with pytest.raises(NotEnabled):
            world.apply(Deliver("n1", "n2", "connected"))
        go(world, Connect("n1", "n2"))
        assert world.apply(Deliver("n1", "n2", "connected", ordinal=4)) == Deliver("n1", "n2", "connected")


def test_a_connection_with_an_end_whose_budget_keeps_it_ends_with_a_node_alone():
    roles, budgets = {"witness": (1,)}, {"witness": FaultBudget(disconnect=False)}
    with World(talkers(roles=roles, budgets=budgets, sizes=(3,))) as world:
        assert severable(world) == [("n1", "n3")]
        assert list(world.enabled(Disconnect)) == [Disconnect("n1", "n3")]
        assert refused(world, Disconnect("n3", "n2")).endswith("says that connections of n2 do not end but with a node")
        go(world, Crash("n1"))
        assert not world.network.connected("n1", "n2")
