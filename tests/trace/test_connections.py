"""What a trace tells of connections: what each notice, and what is sent on a new one, comes of."""

import networkx as nx
from talkers import go, talkers

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Fire, Request, Restart
from splitbrain.node import Exit, SetTimer, Sync, Write
from splitbrain.trace.causality import happens_before
from splitbrain.world.world import World

UP, DOWN = "connected", "disconnected"


def causes(*actions, size=3, **changes):
    """Of each step, what comes right before it."""
    with World(talkers(**changes), size, check=False) as world:
        go(world, *actions)
        graph = happens_before(world.events)
    assert nx.is_directed_acyclic_graph(graph)
    return {step: sorted(set(graph.predecessors(step)) - {0}) for step in range(1, len(actions) + 1)}


def test_a_notice_comes_of_what_ended_or_opened_the_connection():
    found = causes(
        Disconnect("n1", "n2"),
        Connect("n1", "n2"),
        Disconnect("n2", "n1"),
        Deliver("n1", "n2", DOWN),
        Deliver("n1", "n2", UP),
        Deliver("n1", "n2", DOWN, ordinal=2),
        Deliver("n2", "n1", DOWN),
    )
    assert found == {1: [], 2: [1], 3: [2], 4: [1], 5: [2, 4], 6: [3, 5], 7: [1]}


def test_the_notice_of_a_node_s_death_comes_of_that_and_a_new_connection_of_its_restart():
    found = causes(
        Fire("n1", "t"),
        Crash("n1"),
        Deliver("n1", "n2", DOWN),
        Restart("n1"),
        Connect("n1", "n2"),
        Deliver("n2", "n1", UP),
        Deliver("n1", "n2", UP),
        start=lambda node: [SetTimer("t", 1, 1)],
    )
    assert found == {1: [], 2: [1], 3: [2], 4: [2], 5: [2, 4], 6: [4, 5], 7: [3, 5]}


def test_a_node_that_breaks_the_contract_is_what_its_peers_notices_come_of():
    def timeout(node, timer):
        raise ValueError

    found = causes(
        Fire("n1", "t"), Deliver("n1", "n3", DOWN), Restart("n1"), Connect("n3", "n1"), Deliver("n1", "n3", UP),
        start=lambda node: [SetTimer("t", 1, 1)], timeout=timeout,
    )  # fmt: skip
    assert found == {1: [], 2: [1], 3: [1], 4: [1, 3], 5: [2, 4]}


def test_what_a_node_was_still_to_be_told_when_it_died_is_never_taken_for_what_it_hears_later():
    found = causes(
        Disconnect("n1", "n2"),
        Crash("n2"),
        Restart("n2"),
        Connect("n1", "n2"),
        Disconnect("n1", "n2"),
        Deliver("n1", "n2", UP),
        Deliver("n1", "n2", DOWN, ordinal=2),
    )
    assert found[6] == [3, 4]
    assert found[7] == [5, 6]


def test_what_is_sent_on_a_new_connection_comes_of_it_even_to_a_node_that_was_told_nothing():
    found = causes(
        Disconnect("n1", "n2"),
        Connect("n1", "n2"),
        Request("n1", "r1", [["n2", "a"]]),
        Deliver("n1", "n2", "Note"),
        deaf=("n1", "n2"),
    )
    assert found == {1: [], 2: [1], 3: [], 4: [2, 3]}


def test_a_node_that_died_as_the_others_started_has_no_connection():
    def start(node):
        if node.me == "n2" and "again" not in node.disk:
            raise ValueError
        return ()

    found = causes(Restart("n2"), Crash("n1"), Deliver("n1", "n3", DOWN), start=start)
    assert found == {1: [], 2: [], 3: [2]}


def test_a_message_called_like_a_notice_comes_of_its_sending():
    found = causes(
        Request("n1", "r1", [["n2", "a"]]),
        Request("n2", "r2", []),
        Deliver("n1", "n2", UP),
        Disconnect("n1", "n2"),
        Connect("n1", "n2"),
        Deliver("n1", "n2", DOWN),
        Deliver("n1", "n2", UP, ordinal=2),
        label=lambda message: (UP, None),
    )
    assert found[3] == [1, 2]
    assert found[7] == [5, 6]


def test_a_node_that_dies_while_the_cluster_starts_ends_no_connection_that_anybody_was_told_of():
    def start(node):
        if node.me == "n2" and "began" not in node.disk:
            yield from (Write("began", True), Sync())
            raise Exit("first")

    found = causes(
        *(Restart("n2"), Connect("n1", "n2"), Deliver("n2", "n1", UP), Disconnect("n1", "n2"), Deliver("n2", "n1", DOWN)),
        start=start,
    )
    assert found == {1: [], 2: [1], 3: [2], 4: [2], 5: [3, 4]}
