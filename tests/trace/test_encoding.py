"""Traces: their digest, their first difference, and what happened before what."""

import networkx as nx
import pytest
from scripted import Note, scripted

from splitbrain.actions import Crash, Deliver, Drop, Duplicate, Request, Restart
from splitbrain.errors import EncodingError
from splitbrain.events import Observed
from splitbrain.node import Observe, Send
from splitbrain.observations import Decided
from splitbrain.trace.causality import happens_before
from splitbrain.trace.encoding import digest, encode, first_difference
from splitbrain.world.world import World


def trace(*actions, **handlers):
    with World(scripted(**handlers)) as world:
        for action in actions:
            world.apply(action)
        return world.events


def relay():
    """n1 tells n2 what it is asked, n2 tells n3 what it is told."""
    return {
        "request": lambda node, name, command: [Send("n2", Note(command))],
        "receive": lambda node, sender, message: [Send("n3", message)] if node.me == "n2" else [],
    }


ASK, ASK_AGAIN = Request("n1", "r1", "x"), Request("n1", "r2", "x")


# Digests


def test_equal_runs_have_equal_digests_and_others_do_not():
    one, same = trace(ASK, **relay()), trace(ASK, **relay())
    assert digest(one) == digest(same)
    others = [trace(**relay()), trace(ASK, ASK_AGAIN, **relay()), trace(Request("n1", "r1", "y"), **relay()), one[:-1], one[::-1]]
    assert len({digest(each) for each in [one, *others]}) == 6


def test_a_digest_tells_things_of_different_types_apart():
    class Other(Decided, frozen=True, tag=True):
        pass

    assert digest([Observed(1, "n1", Decided("x"))]) != digest([Observed(1, "n1", Other("x"))])


def test_a_digest_does_not_depend_on_the_order_in_which_a_dict_or_a_set_was_filled():
    assert digest([Observed(1, "n1", {"a": 1, "b": 2})]) == digest([Observed(1, "n1", {"b": 2, "a": 1})])
    assert digest([Observed(1, "n1", frozenset("abcdef"))]) == digest([Observed(1, "n1", frozenset("fedcba"))])


def test_an_event_is_one_line_of_json():
    (line,) = encode([Observed(1, "n1", "x")])
    assert line == b'{"type":"Observed","step":1,"node":"n1","observation":"x"}str'


class Opaque:
    def __init__(self, inside):
        self.inside = inside


def test_what_has_no_canonical_encoding_is_refused_with_the_step_and_the_way_out():
    event = Observed(7, "n1", Opaque(1))
    with pytest.raises(
        EncodingError, match=r"step 7: Observed holds what has no canonical encoding .*Opaque.*give the scenario `show=`"
    ):
        digest([event])
    assert digest([event], lambda value: value.inside) == digest([Observed(7, "n1", Opaque(1))], lambda value: value.inside)
    assert digest([event], lambda value: value.inside) != digest([Observed(7, "n1", Opaque(2))], lambda value: value.inside)


def test_a_show_that_shows_nothing_is_refused_too():
    with pytest.raises(EncodingError, match="returned it unchanged"):
        digest([Observed(7, "n1", Opaque(1))], lambda value: value)


def test_the_first_difference_of_two_traces_is_an_index_of_both():
    one, other = trace(ASK, ASK_AGAIN, **relay()), trace(ASK, Request("n1", "r2", "y"), **relay())
    place = first_difference(one, other)
    assert one[:place] == other[:place]
    assert one[place] != other[place]
    assert first_difference(one, one) is None
    assert first_difference(one, one[:3]) == 3
    assert first_difference([], []) is None


# Happens before


def ordered(events):
    graph = happens_before(events)
    assert nx.is_directed_acyclic_graph(graph)
    return graph


def test_a_send_happens_before_its_delivery_and_so_on():
    schedule = [ASK, Deliver("n1", "n2", "Note"), Crash("n1"), Deliver("n2", "n3", "Note")]
    graph = ordered(trace(*schedule, **relay()))
    assert nx.ancestors(graph, 4) >= {1, 2}
    assert 3 not in nx.ancestors(graph, 4)


def test_steps_of_one_node_are_ordered_even_where_they_cause_nothing():
    schedule = [ASK, Deliver("n1", "n2", "Note"), Deliver("n2", "n3", "Note"), Request("n3", "r2", "x"), Crash("n3"), Restart("n3")]
    graph = ordered(trace(*schedule, **relay()))
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
    quiet = dict(relay(), receive=None)
    graph = ordered(trace(*schedule, **quiet))
    assert set(graph.predecessors(4)) - {0} == {1}
    assert set(graph.predecessors(5)) - {0} == {3, 4}
    assert set(graph.predecessors(3)) - {0} == {2}
    assert set(graph.predecessors(6)) - {0} == {2}


def test_what_a_crash_interrupts_counts_as_its_handler():
    schedule = [ASK, Crash("n2", during=Deliver("n1", "n2", "Note"), after=1), Deliver("n2", "n3", "Note")]
    graph = ordered(trace(*schedule, **relay()))
    assert set(graph.edges) >= {(1, 2), (2, 3)}


def test_an_observation_is_at_its_step():
    graph = ordered(trace(ASK, request=lambda *_: [Observe(Note())]))
    assert set(graph.nodes) == {0, 1}
