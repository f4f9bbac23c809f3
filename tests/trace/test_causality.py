"""What happened before what."""

import networkx as nx
from relay import ASK, PASS, TELL, relay

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Request, Restart
from splitbrain.trace.causality import happens_before
from splitbrain.world.run import Setup, run


def trace(*actions):
    return run(Setup(relay(), 3), actions, keep=True).events


def ordered(events):
    graph = happens_before(events)
    assert nx.is_directed_acyclic_graph(graph)
    return graph


def test_a_send_happens_before_its_delivery_and_so_on():
    schedule = [ASK, Deliver("n1", "n2", "Note"), Crash("n1"), Deliver("n2", "n3", "Note")]
    graph = ordered(trace(*schedule))
    assert nx.ancestors(graph, 4) >= {1, 2}
    assert 3 not in nx.ancestors(graph, 4)


def test_steps_of_one_node_are_ordered_even_where_they_cause_nothing():
    schedule = [ASK, Deliver("n1", "n2", "Note"), Deliver("n2", "n3", "Note"), Request("n3", "r2", "x"), Crash("n3"), Restart("n3")]
    graph = ordered(trace(*schedule))
    assert [edge for edge in sorted(graph.edges) if edge[0] >= 3] == [(3, 4), (4, 5), (5, 6)]


def test_a_copy_comes_from_its_duplication_and_the_original_does_not():
    schedule = [
        ASK,
        Duplicate("n1", "n2", "Note"),
        Duplicate("n1", "n2", "Note", copy=1),
        Deliver("n1", "n2", "Note"),
        Deliver("n1", "n2", "Note", copy=2),
        Drop("n1", "n2", "Note", copy=1),
    ]
    graph = ordered(trace(*schedule))
    assert set(graph.predecessors(4)) - {0} == {1}
    assert set(graph.predecessors(5)) - {0} == {3, 4}
    assert set(graph.predecessors(3)) - {0} == {2}
    assert set(graph.predecessors(6)) - {0} == {2}


def test_what_a_crash_interrupts_counts_as_its_handler():
    schedule = [ASK, Crash("n2", during=Deliver("n1", "n2", "Note"), after=1), Deliver("n2", "n3", "Note")]
    graph = ordered(trace(*schedule))
    assert set(graph.edges) >= {(1, 2), (2, 3)}


def test_an_observation_is_at_its_step():
    graph = ordered(trace(ASK, PASS, TELL))
    assert set(graph.nodes) == {0, 1, 2, 3}
