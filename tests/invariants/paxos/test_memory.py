"""Acceptors: traces in which they keep their memory, traces in which they do not, and what is said of it."""

import pytest
from acceptors import accepted, found, promised, restart
from handwritten import ACCEPTORS, assert_broken, cut, fold, phrases, up

from splitbrain.observations import Accepted, AcceptorStarted
from splitbrain_invariants import AcceptedIsDurable

KEPT = {
    "what was accepted is recovered": [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(2, 2, "a"))],
    "something higher is recovered": [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(3, 3, "a"))],
    "nothing had been accepted": [*promised(2, "n1"), ("n1", AcceptorStarted(2, None, None))],
    "the highest is kept, not the last": [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(None, 2, "a"))],
    "values that went through JSON are the same": [
        *[*accepted((2, "n1"), (1, {"k": float("nan")}), "n1"), *restart("n1")],
        *found("n1", ([2, "n1"], [2, "n1"], [1, {"k": float("nan")}])),
    ],
    "what was accepted in each slot is recovered": [
        *[*accepted(2, "a", "n1", slot=1), *accepted(1, "b", "n1", slot=True), *restart("n1")],
        *found("n1", (2, None, None), (2, 1, "b", True), (2, 2, "a", 1)),
    ],
    "nothing is said of a slot, which it may have pruned": [
        *[*accepted(2, "a", "n1", slot=1), *restart("n1"), *found("n1", (2, None, None))],
    ],
}

BROKEN = {
    "what was accepted is lost in a restart": (
        [*accepted(2, "a", "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 3],
            "n1 accepted 'a' at ballot 2, and restarted with nothing",
        ),
    ),
    "what was found after a crash, and had not been said, is lost in the next": (
        [("n1", AcceptorStarted(1, 2, "a")), *accepted(1, "b", "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "b"))],
        (
            "AcceptedIsDurable(AcceptorStarted, AcceptorStarted)",
            [0, 4],
            "n1 had accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
    "a lower proposal, accepted later, has replaced a higher one": (
        [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(2, 1, "b"))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 2],
            "n1 accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
    "another value is found at the same ballot": (
        [*accepted(2, 1, "n1"), *restart("n1"), *found("n1", (2, 2, True))],
        ("AcceptedIsDurable(Accepted, AcceptorStarted)", [0, 3], "n1 accepted 1 at ballot 2, and restarted with True at 2"),
    ),
    "what was accepted in a slot is lost in a restart": (
        [
            *[*accepted(2, "a", "n1", slot=1), *accepted(2, "b", "n1", slot=2), *restart("n1")],
            *found("n1", (2, None, None), (2, 2, "b", 2), (2, None, None, 1)),
        ],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 6],
            "n1 accepted 'a' at ballot 2 in slot 1, and restarted with nothing",
        ),
    ),
    "an older acceptance is found in a slot": (
        [*accepted(2, "a", "n1", slot=1), *restart("n1"), *found("n1", (2, 1, "b", 1))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 3],
            "n1 accepted 'a' at ballot 2 in slot 1, and restarted with 'b' at 1",
        ),
    ),
}


@pytest.mark.parametrize("happenings", KEPT.values(), ids=KEPT)
def test_is_kept_when(happenings):
    assert fold(AcceptedIsDurable, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(happenings, expected):
    assert_broken(AcceptedIsDurable, happenings, expected)


def test_a_forgotten_acceptance_names_the_restart_and_what_was_accepted_in_between():
    assert phrases(
        AcceptedIsDurable,
        *[("n1", Accepted((2, "n2"), "b")), ("n1", Accepted((1, "n1"), "a")), cut("n1"), up("n1")],
        ("n1", AcceptorStarted((1, "n1"), (1, "n1"), "a")),
        first=ACCEPTORS,
    ) == [
        "after that, n1 accepted 'a' at ballot 1.n1 (step 2), which is lower than 2.n2",
        "n1 lost its power at step 3, with nothing unsynced; at step 5 its disk held the promise of 1.n1 and 'a' accepted at 1.n1",
    ]
