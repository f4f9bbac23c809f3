"""How operations went, in words."""

import pytest
from handwritten import trace
from told import asks, refused, told

from splitbrain.linearizability.verdict import Fault
from splitbrain.observations import Executed
from splitbrain.trace.history import History
from splitbrain_invariants.witnesses.operations import course, executions, values

PUT = ("put", "x", 1)


def went(*happenings):
    """What is said of s1.1."""
    events = trace(*happenings)
    return course(History.of(events).named("s1.1"), events)


def does(node, index, request="s1.1"):
    return (node, Executed(index, 1, PUT, request))


@pytest.mark.parametrize(
    ("happenings", "phrase"),
    [
        ([asks("n1", "s1.1", *PUT)], "asked of n1 (step 1), without an answer"),
        ([asks("n1", "s1.1", *PUT), told("n1", "s1.1", 7)], "asked of n1 (step 1), answered 7 by n1 (step 2)"),
        ([asks("n1", "s1.1", *PUT), refused("n1", "s1.1")], "asked of n1 (step 1), which refused it"),
        (
            [asks("n1", "s1.1", *PUT), refused("n1", "s1.1"), asks("n2", "s1.1", *PUT), does("n2", 4), told("n2", "s1.1")],
            (
                "asked of n1 (step 1), which refused it, again of n2 (step 3), answered True by n2 (step 5); "
                "it took effect as entry 4 at n2 (step 4)"
            ),
        ),
        (
            [*[lambda _: asks("n1", "s1.1", *PUT)(1), lambda _: refused("n1", "s1.1")(1)] * 3, asks("n2", "s1.1", *PUT)],
            "asked of n1 3 times (step 1), which refused it, again of n2 (step 7), without an answer",
        ),
        (
            [asks("n1", "s1.1", *PUT), does("n1", 4), does("n2", 4), does("n1", 7), does("n1", 8, "s2.1"), does("n2", 4)],
            (
                "asked of n1 (step 1), without an answer; "
                "it took effect as entry 4 at n1 (step 2) and n2 (step 3), and as entry 7 at n1 (step 4)"
            ),
        ),
    ],
)
def test_an_operation_went_from_node_to_node_and_took_effect(happenings, phrase):
    assert went(*happenings).phrase == f"s1.1, ('put', 'x', 1): {phrase}"


def test_it_points_at_the_nodes_and_steps_that_it_names():
    witness = went(asks("n1", "s1.1", *PUT), asks("n2", "s1.1", *PUT), does("n3", 4), told("n2", "s1.1"))
    assert (witness.nodes, witness.steps) == (("n1", "n2", "n3"), (1, 2, 3, 4))


def test_an_operation_is_executed_at_each_node_first_at_one_step():
    events = trace(does("n1", 4), does("n1", 4), does("n2", 5), does("n2", 4, "s2.1"))
    assert executions(events, "s1.1") == {4: {"n1": 1}, 5: {"n2": 3}}


@pytest.mark.parametrize(
    ("fault", "phrases"),
    [
        (Fault(None, "", ()), []),
        (Fault(None, "", (), (7,)), ["the value is 7"]),
        (Fault("x", "", (), (7, "a")), ["the values are 7 and 'a', under 'x'"]),
        (
            Fault("x", "", (), (7, 8), 1),
            ["the values are 7 and 8, under 'x'; what was read had been overwritten once before it was asked for"],
        ),
        (
            Fault(None, "", (), (7, 8), 3),
            ["the values are 7 and 8; what was read had been overwritten 3 times before it was asked for"],
        ),
    ],
)
def test_values_are_told_with_their_key_and_how_stale_they_are(fault, phrases):
    assert [witness.phrase for witness in values(fault)] == phrases
