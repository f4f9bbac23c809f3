"""Exactly once: traces that keep it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import assert_broken, cut, fold, phrases, up
from told import asks, numbered, refused, told

from splitbrain.events import Crashed, Failed, Observed, Started
from splitbrain.observations import Applied, Committed, Executed, Installed, Led, Recovered
from splitbrain_invariants import ExactlyOnce

ASK, AGAIN = asks("n1", "s1.1", "add", 1), asks("n2", "s1.1", "add", 1)


def does(node, index=1, request="s1.1"):
    """A node executes an operation."""
    return lambda step: Observed(step, node, Executed(index, 1, ("add", 1), request))


def says(node, observation):
    """A node says something."""
    return lambda step: Observed(step, node, observation)


BASE = Recovered(1, None, (), 5, 1)
KEPT = {
    "it is executed at each node, at one index": [ASK, does("n1"), does("n2"), told("n1", "s1.1"), does("n3")],
    "it is asked for twice, and the second entry has no effect": [
        *(ASK, AGAIN, does("n1"), told("n1", "s1.1"), says("n1", Applied(2, 1, ("add", 1)))),
        *(does("n2"), says("n2", Applied(2, 1, ("add", 1)))),
    ],
    "a node that starts again executes its log once more": [ASK, does("n1"), cut("n1"), up("n1"), does("n1"), does("n2")],
    "a node that failed executes its log once more": [
        *(ASK, does("n1"), lambda step: Failed(step, "n1", "raised", "x"), up("n1"), does("n1")),
    ],
    "another node answers than the one that executed it": [ASK, does("n1"), told("n2", "s1.1"), does("n2")],
    "it is answered, and never executed: a read, it may be": [ASK, told("n1", "s1.1"), says("n1", Led(2))],
    "an answer that came late finds nobody who listens": [
        ASK,
        AGAIN,
        does("n1"),
        told("n1", "s1.1"),
        told("n2", "s1.1"),
        does("n2"),
    ],
    "one attempt is refused, and the other one has its effect": [ASK, AGAIN, refused("n2", "s1.1"), does("n1"), told("n1", "s1.1")],
    "it is refused, and asked for again": [ASK, refused("n1", "s1.1"), AGAIN, does("n2"), told("n2", "s1.1")],
    "it is refused, and asked for again, and executed where that was refused": [ASK, refused("n1", "s1.1"), AGAIN, does("n1")],
    "it is refused and never executed": [ASK, refused("n1", "s1.1"), does("n1", request="s2.1")],
    "two operations are in one entry": [ASK, does("n1"), does("n1", request="s2.1")],
    "a snapshot is taken, and the log goes on behind it": [
        *(ASK, does("n1", 4), says("n1", Installed(4, 1, rest=True)), does("n1", 5, "s1.2"), does("n2", 4)),
    ],
    "a snapshot comes, and what is behind it is executed again": [ASK, does("n1", 6), says("n1", Installed(5, 1)), does("n1", 6)],
    "a node goes on from the snapshot that it finds": [ASK, says("n1", BASE), does("n1", 6)],
    "a node that has lost its snapshot executes all": [
        *(ASK, does("n2", 4), says("n1", BASE), cut("n1"), up("n1"), says("n1", Recovered(1, None, ())), does("n1", 4)),
    ],
    "nobody has asked": [does("n1"), does("n2")],
}

BROKEN = {
    "it is executed at two indexes": (
        [ASK, AGAIN, does("n1"), does("n1", 2)],
        ("ExactlyOnce(Executed, Executed)", (2, 3), "n1 executed s1.1 at index 1, and again at index 2"),
    ),
    "it is executed at two indexes, by two nodes": (
        [ASK, AGAIN, does("n1"), does("n2", 2)],
        ("ExactlyOnce(Executed, Executed)", (2, 3), "n1 executed s1.1 at index 1, and n2 did at index 2"),
    ),
    "it is executed at two indexes, in two lives": (
        [ASK, does("n1"), cut("n1"), up("n1"), AGAIN, does("n1", 2)],
        ("ExactlyOnce(Executed, Executed)", (1, 5), "n1 executed s1.1 at index 1, and again at index 2"),
    ),
    "it is executed twice in one life": (
        [ASK, does("n2"), does("n1"), does("n1")],
        ("ExactlyOnce(Executed, Executed)", (2, 3), "n1 executed s1.1 at index 1, and once more in the same life"),
    ),
    "it is in the snapshot that came": (
        [ASK, says("n1", Installed(5, 1)), does("n1", 5)],
        ("ExactlyOnce(Installed, Executed)", (1, 2), "n1 has a snapshot up to index 5, and executed s1.1 at index 5 once more"),
    ),
    "it is in the snapshot that was found": (
        [ASK, says("n1", BASE), does("n1", 3)],
        ("ExactlyOnce(Recovered, Executed)", (1, 2), "n1 has a snapshot up to index 5, and executed s1.1 at index 3 once more"),
    ),
    "it was answered before": (
        [ASK, told("n1", "s1.1"), does("n1")],
        ("ExactlyOnce(Replied, Executed)", (1, 2), "n1 answered s1.1, and n1 executed it afterwards, at index 1"),
    ),
    "it was refused": (
        [ASK, refused("n1", "s1.1"), does("n2", 3)],
        ("ExactlyOnce(Replied, Executed)", (1, 2), "n1 refused s1.1, and n2 executed it afterwards, at index 3"),
    ),
    "it is refused": (
        [ASK, does("n1", 3), refused("n1", "s1.1")],
        ("ExactlyOnce(Executed, Replied)", (1, 2), "n1 executed s1.1 at index 3, and n1 refused it"),
    ),
    "it is refused by the second one, too": (
        [ASK, AGAIN, refused("n1", "s1.1"), does("n1", 3), refused("n2", "s1.1")],
        ("ExactlyOnce(Executed, Replied)", (3, 4), "n1 executed s1.1 at index 3, and n2 refused it"),
    ),
}


@pytest.mark.parametrize("name", KEPT)
def test_it_holds_where(name):
    violation, _ = fold(ExactlyOnce, numbered(KEPT[name]))
    assert violation is None


@pytest.mark.parametrize("name", BROKEN)
def test_it_is_broken_where(name):
    happenings, expected = BROKEN[name]
    assert_broken(ExactlyOnce, numbered(happenings), expected)


def test_a_reader_is_told_how_the_operation_went_and_what_the_node_went_through_in_between():
    assert phrases(ExactlyOnce, ASK, does("n1"), cut("n1", lost=1), up("n1"), AGAIN, does("n1", 2)) == [
        (
            "s1.1, ('add', 1): asked of n1 (step 1), again of n2 (step 5), without an answer; "
            "it took effect as entry 1 at n1 (step 2), and as entry 2 at n1 (step 6)"
        ),
        "n1 lost its power at step 3, with 0 of 1 unsynced writes kept",
    ]


def test_a_reader_is_told_how_the_answer_came_about_that_was_too_early():
    assert phrases(ExactlyOnce, ("n1", Led(1)), ASK, told("n1", "s1.1"), ("n1", Committed(1, 1)), does("n1")) == [
        "s1.1, ('add', 1): asked of n1 (step 2), answered True by n1 (step 3); it took effect as entry 1 at n1 (step 5)",
        "when n1 replied to s1.1 (step 3), n1 had led term 1 since step 1",
        "nobody had executed s1.1 by then: the answer came from elsewhere",
    ]


def test_a_crash_takes_what_a_node_had_executed_and_so_does_a_start():
    for end in (Crashed(3, "n1", 0, 0), Started(3, "n1", 2)):
        violation, _ = fold(ExactlyOnce, [*numbered([ASK, does("n1")]), end, does("n1")(4)])
        assert violation is None
