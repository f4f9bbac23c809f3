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
