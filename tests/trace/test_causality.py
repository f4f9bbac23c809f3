"""What happened before what."""

import networkx as nx
from couriers import COURIER
from relay import ASK, PASS, TELL, relay
from scripted import scripted

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Drop, Duplicate, Request, Resend, Restart
from splitbrain.node import Refused, Reply
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


def clients(*actions):
    """The edges of what clients ask of nodes that are one each: n1 answers, n2 refuses, n3 answers what it was asked before."""
    waiting = []

    def request(node, name, command):
        match node.me:
            case "n1":
                yield Reply(name, command)
            case "n2":
                yield Reply(name, Refused())
            case "n3":
                for each in waiting:
                    yield Reply(each, command)
                waiting[:] = [name]

    done = run(Setup(scripted(request=request, sessions=2), 3), actions, keep=True)
    assert done.stopped is None
    return sorted(edge for edge in ordered(done.events).edges if 0 not in edge)


def test_a_session_is_a_process_it_asks_is_answered_and_asks_the_next():
    one, other = Request("n1", "s1.1", "x", "s1"), Request("n2", "s1.2", "y", "s1")
    assert clients(one, other, Resend("n3", "s1.2")) == [(1, 2), (2, 3)]
    assert clients(one, Request("n2", "s2.1", "y", "s2")) == []
    assert clients(Request("n1", "r1", "x"), Request("n2", "r2", "y")) == []


def test_a_reply_that_comes_later_is_what_the_session_s_next_operation_comes_after():
    first, second = Request("n3", "s1.1", "x", "s1"), Request("n3", "s2.1", "y", "s2")  # of which the second answers the first
    assert clients(first, second, Request("n1", "s1.2", "z", "s1")) == [(1, 2), (2, 3)]
    assert (1, 3) not in clients(first, second, Request("n1", "s1.2", "z", "s1"))


def test_who_goes_on_for_another_comes_after_what_that_one_did():
    assert clients(Request("n3", "s1.1", "x", "s1"), Request("n1", "s3.1", "y", "s3", "s1")) == [(1, 2)]


def test_an_observation_is_at_its_step():
    graph = ordered(trace(ASK, PASS, TELL))
    assert set(graph.nodes) == {0, 1, 2, 3}


def test_a_node_is_told_of_its_connection_because_that_ended_or_was_opened():
    schedule = (
        Disconnect("n1", "n2"),
        Connect("n1", "n2"),
        Deliver("n2", "n1", "disconnected"),
        Deliver("n2", "n1", "connected"),
        Deliver("n1", "n2", "disconnected"),
        Crash("n2"),
        Deliver("n2", "n1", "disconnected", None, 2),
    )
    done = run(Setup(COURIER, 2), schedule, keep=True)
    assert done.actions == schedule
    told = {(one, other) for one, other, message in happens_before(done.events).edges(data="message") if message}
    assert told == {(1, 3), (2, 4), (1, 5), (6, 7)}
