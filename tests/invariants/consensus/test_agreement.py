"""Agreement: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.events import Crashed
from splitbrain.observations import Accepted, Decided
from splitbrain_invariants import Agreement

KEPT = {
    "all decide the same": (Agreement, [("n1", Decided("a")), ("n2", Decided("a")), ("n3", Decided("a"))]),
    "slots differ": (Agreement, [("n1", Decided("a", 1)), ("n2", Decided("b", 2)), ("n2", Decided("a", 1))]),
    "values need not be hashable": (Agreement, [("n1", Decided(["a", {"b": 1}])), ("n2", Decided(["a", {"b": 1}]))]),
    "what is not a number is still the same": (Agreement, [("n1", Decided(float("nan"))), ("n2", Decided(float("nan")))]),
    "tuples become lists in JSON": (Agreement, [("n1", Decided((1, ("x",)))), ("n2", Decided([1, ["x"]]))]),
    "keys need not be text, and sets need no order": (
        Agreement,
        [("n1", Decided({1: {"a", 2}, (1, 2): 3})), ("n2", Decided({(1, 2): 3, 1: {2, "a"}}))],
    ),
    "slots need not be hashable, and 1, 1.0 and True are three of them": (
        Agreement,
        [
            *[("n1", Decided(f"v{place}", slot)) for place, slot in enumerate((1, 1.0, True, "1", [1], {1: 2}, float("nan")))],
            *[("n2", Decided(f"v{place}", slot)) for place, slot in enumerate((1, 1.0, True, "1", (1,), {1: 2}, float("nan")))],
        ],
    ),
    "to change one's own decision is integrity's affair": (Agreement, [("n1", Decided("a")), ("n1", Decided("b"))]),
}

BROKEN = {
    "two nodes decide differently": (
        Agreement,
        [("n1", Decided("a")), ("n2", Decided("b"))],
        ("Agreement(Decided, Decided)", [0, 1], "n1 decided 'a', and n2 'b'"),
    ),
    "two nodes decide differently in a slot": (
        Agreement,
        [("n1", Decided("a", 1)), ("n1", Decided("b", 2)), ("n2", Decided("c", 2))],
        ("Agreement(Decided, Decided)", [1, 2], "n1 decided 'b' in slot 2, and n2 'c'"),
    ),
    "1 and True are two values": (
        Agreement,
        [("n1", Decided(1)), ("n2", Decided(True))],
        ("Agreement(Decided, Decided)", [0, 1], "n1 decided 1, and n2 True"),
    ),
    "0.0 and -0.0 are two values": (
        Agreement,
        [("n1", Decided([0.0])), ("n2", Decided([-0.0]))],
        ("Agreement(Decided, Decided)", [0, 1], "n1 decided [0.0], and n2 [-0.0]"),
    ),
    "a third mind disagrees with others": (
        Agreement,
        [("n1", Decided("a")), ("n2", Decided("a")), ("n3", Decided("a")), ("n1", Decided("b"))],
        ("Agreement(Decided, Decided)", [1, 3], "n2 decided 'a', and n1 'b'"),
    ),
    "a node has three minds, and the next disagrees with its first": (
        Agreement,
        [("n1", Decided("a")), ("n1", Decided("b")), ("n1", Decided("c")), ("n2", Decided("c"))],
        ("Agreement(Decided, Decided)", [0, 3], "n1 decided 'a', and n2 'c'"),
    ),
    "a decision binds although its node has crashed": (
        Agreement,
        [("n1", Decided("a")), Crashed(5, "n1", 0, 0), ("n2", Decided("b"))],
        ("Agreement(Decided, Decided)", [0, 2], "n1 decided 'a', and n2 'b'"),
    ),
    "two nodes agree, and one of them changes its mind": (
        Agreement,
        [("n1", Decided("a")), ("n2", Decided("a")), ("n1", Decided("b"))],
        ("Agreement(Decided, Decided)", [1, 2], "n2 decided 'a', and n1 'b'"),
    ),
    "the second mind of a node disagrees with another node": (
        Agreement,
        [("n1", Decided("a")), ("n1", Decided("b")), ("n2", Decided("a"))],
        ("Agreement(Decided, Decided)", [1, 2], "n1 decided 'b', and n2 'a'"),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_two_decisions_show_who_had_accepted_each():
    told = phrases(
        Agreement,
        *[("n1", Accepted((1, "n1"), "a")), ("n1", Decided("a")), ("n3", Accepted((1, "n3"), "b")), ("n3", Decided("b"))],
        first=ACCEPTORS,
    )
    assert told[0] == "'a' was accepted at ballot 1.n1 by n1 (step 1): 1 of 3, where a majority is 2"
    assert told[2] == "no acceptor is in both; of two majorities, one would have had to be"


def test_decisions_of_nodes_that_do_not_speak_of_acceptance_have_no_witnesses():
    assert phrases(Agreement, ("n1", Decided("a")), ("n2", Decided("b"))) == []
    assert phrases(Agreement, ("n1", Decided("a", 1)), ("n2", Decided("b", 1))) == []


def test_two_decisions_in_a_slot_show_who_had_accepted_each_there():
    told = phrases(
        Agreement,
        *[("n1", Accepted((1, "n1"), "a", 7)), ("n1", Decided("a", 7)), ("n3", Accepted((1, "n3"), "b", 8))],
        *[("n2", Accepted((1, "n3"), "b", 7)), ("n3", Decided("b", 7))],
        first=ACCEPTORS,
    )
    assert told == [
        "'a' was accepted at ballot 1.n1 in slot 7 by n1 (step 1): 1 of 3, where a majority is 2",
        "'b' was accepted at ballot 1.n3 in slot 7 by n2 (step 4): 1 of 3, where a majority is 2",
        "no acceptor is in both; of two majorities, one would have had to be",
    ]
