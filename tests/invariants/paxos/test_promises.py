"""Promises: traces in which acceptors keep them, traces in which they do not, and what is said of it."""

import pytest
from acceptors import accepted, found, promised, restart
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants import PromisesKept

KEPT = {
    "promises rise": [*promised(1, "n1"), *promised(3, "n1"), *accepted(3, "a", "n1"), *promised(4, "n1")],
    "a prepare is answered again": [*promised(1, "n1"), *promised(1, "n1")],
    "ballots are pairs": [*promised((1, "n1"), "n1"), *promised((1, "n2"), "n1"), *accepted((1, "n2"), "a", "n1")],
    "acceptors promise for themselves": [*promised(2, "n1"), *promised(1, "n2"), *accepted(1, "a", "n2")],
    "accepting needs no promise": [*accepted(1, "a", "n1")],
    "accepting is no promise": [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), *promised(1, "n1")],
    "a promise is recovered": [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))],
    "an unanswered promise is recovered": [*promised(2, "n1"), ("n1", AcceptorStarted(3, None, None))],
    "what was accepted stands for the promise": [
        *promised(2, "n1"),
        *accepted(3, "a", "n1"),
        ("n1", AcceptorStarted(None, 3, "a")),
    ],
    "an acceptor that does not say what it found": [*promised(2, "n1"), *restart("n1"), *promised(3, "n1")],
    "a promise in a slot is for that slot alone": [
        *[*promised(5, "n1", slot=1), *promised(1, "n1", slot=2), *accepted(1, "a", "n1", slot=2), *promised(1, "n1", slot="1")],
        *[*promised(1, "n1", slot=True), *accepted(1, "a", "n1", slot=1.0)],
    ],
    "slots need not be hashable": [*promised(5, "n1", slot=["x", 1]), *promised(1, "n1", slot=["x", 2])],
    "one promise for all slots": [*promised(2, "n1"), *accepted(2, "a", "n1", slot=1), *accepted(3, "b", "n1", slot=2)],
    "ballots are lists at times": [*promised((1, "n1"), "n1"), *promised([1, "n1"], "n1"), *accepted((1, "n2"), "a", "n1")],
    "the promise of each slot is recovered": [
        *[*promised(5, "n1", slot=1), *promised(1, "n1", slot=2), *restart("n1")],
        *found("n1", (1, None, None, 2), (5, 3, "a", 1)),
    ],
    "what is found for all slots is found in each": [
        *[*promised(5, "n1", slot=1), *promised(4, "n1", slot=2), *restart("n1")],
        *found("n1", (5, None, None), (None, 2, "a", 1)),
    ],
    "the promise for all slots is recovered in each": [
        *[*promised(5, "n1"), *accepted(5, "a", "n1", slot=2), *restart("n1")],
        *found("n1", (5, 5, "a", 2), (5, None, None, 3)),
    ],
    "nothing is said of a slot, which it may have pruned": [
        *[*promised(5, "n1", slot=1), *restart("n1"), *found("n1", (None, None, None))],
    ],
}

BROKEN = {
    "an acceptor promises below its promise": (
        [*promised(2, "n1"), *promised(1, "n1")],
        ("PromisesKept(Promised, Promised)", [0, 1], "n1 promised ballot 2, and then promised 1"),
    ),
    "an acceptor accepts below its promise": (
        [*promised(1, "n1"), *promised(2, "n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [1, 2], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "a promise is lost in a restart": (
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(None, None, None))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of none"),
    ),
    "an older promise is recovered": (
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "a"))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of only 1"),
    ),
    "an acceptor that is silent about its disk accepts below its promise": (
        [*promised(2, "n1"), *restart("n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [0, 3], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "an acceptor accepts below its promise in a slot": (
        [*promised(2, "n1", slot=[7]), *promised(1, "n1", slot=[8]), *accepted(1, "a", "n1", slot=(7,))],
        ("PromisesKept(Promised, Accepted)", [0, 2], "n1 promised ballot 2 in slot [7], and then accepted 'a' at ballot 1"),
    ),
    "an acceptor accepts in a slot below its promise for all": (
        [*promised(2, "n1"), *accepted(1, "a", "n1", slot=7)],
        ("PromisesKept(Promised, Accepted)", [0, 1], "n1 promised ballot 2, and then accepted 'a' at ballot 1 in slot 7"),
    ),
    "an acceptor promises in a slot below its promise for all": (
        [*promised(2, "n1"), *promised(1, "n1", slot=7)],
        ("PromisesKept(Promised, Promised)", [0, 1], "n1 promised ballot 2, and then promised 1 in slot 7"),
    ),
    "the promise for all slots is lost in a restart": (
        [*promised(2, "n1"), *accepted(1, "a", "n2", slot=1), *restart("n1"), *found("n1", (1, None, None))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 4], "n1 promised ballot 2, and restarted knowing of only 1"),
    ),
    "the promise for all slots is not found in one": (
        [*promised(5, "n1"), *restart("n1"), *found("n1", (5, 5, "a", 2), (4, None, None, 3))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 4], "n1 promised ballot 5, and restarted knowing of only 4"),
    ),
    "the promise of one slot is lost in a restart": (
        [*promised(5, "n1", slot=1), *promised(1, "n1", slot=2), *restart("n1"), *found("n1", (1, 1, "a", 2), (3, None, None, 1))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 5], "n1 promised ballot 5 in slot 1, and restarted knowing of only 3"),
    ),
    "what is found for all slots is not enough": (
        [*promised(5, "n1", slot=1), *restart("n1"), *found("n1", (4, None, None), (None, 4, "a", 1))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 4], "n1 promised ballot 5 in slot 1, and restarted knowing of none"),
    ),
    "what had been found for all slots in an earlier start does not count": (
        [
            *[*promised(5, "n1", slot=1), *restart("n1"), *found("n1", (5, None, None))],
            *[*restart("n1"), *found("n1", (2, None, None, 1), step=60)],
        ],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 6], "n1 promised ballot 5 in slot 1, and restarted knowing of only 2"),
    ),
    "a slot of which nothing was said is accepted in below its promise": (
        [*promised(5, "n1", slot=1), *restart("n1"), *found("n1", (None, None, None)), *accepted(4, "a", "n1", slot=1)],
        ("PromisesKept(Promised, Accepted)", [0, 4], "n1 promised ballot 5 in slot 1, and then accepted 'a' at ballot 4"),
    ),
}


@pytest.mark.parametrize("happenings", KEPT.values(), ids=KEPT)
def test_is_kept_when(happenings):
    assert fold(PromisesKept, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(happenings, expected):
    assert_broken(PromisesKept, happenings, expected)


def test_a_broken_promise_names_the_restart_or_that_there_was_none():
    assert phrases(PromisesKept, ("n1", Promised((2, "n1"))), ("n1", Accepted((1, "n2"), "a")), first=ACCEPTORS) == [
        "n1 ran all the time from step 1 to step 2: nothing had made it forget"
    ]
