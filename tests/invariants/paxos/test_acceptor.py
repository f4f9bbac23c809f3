"""Acceptors: traces in which they keep their word and their memory, traces in which they do not, and what is said of it."""

import pytest
from acceptors import accepted, promised, restart
from handwritten import ACCEPTORS, assert_broken, cut, fold, phrases, up

from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants import AcceptedIsDurable, PromisesKept

KEPT = {
    "promises rise": (PromisesKept, [*promised(1, "n1"), *promised(3, "n1"), *accepted(3, "a", "n1"), *promised(4, "n1")]),
    "a prepare is answered again": (PromisesKept, [*promised(1, "n1"), *promised(1, "n1")]),
    "ballots are pairs": (PromisesKept, [*promised((1, "n1"), "n1"), *promised((1, "n2"), "n1"), *accepted((1, "n2"), "a", "n1")]),
    "acceptors promise for themselves": (PromisesKept, [*promised(2, "n1"), *promised(1, "n2"), *accepted(1, "a", "n2")]),
    "accepting needs no promise": (PromisesKept, [*accepted(1, "a", "n1")]),
    "accepting is no promise": (PromisesKept, [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), *promised(1, "n1")]),
    "a promise is recovered": (PromisesKept, [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))]),
    "an unanswered promise is recovered": (PromisesKept, [*promised(2, "n1"), ("n1", AcceptorStarted(3, None, None))]),
    "what was accepted stands for the promise": (
        PromisesKept,
        [*promised(2, "n1"), *accepted(3, "a", "n1"), ("n1", AcceptorStarted(None, 3, "a"))],
    ),
    "an acceptor that does not say what it found": (PromisesKept, [*promised(2, "n1"), *restart("n1"), *promised(3, "n1")]),
    "what was accepted is recovered": (AcceptedIsDurable, [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(2, 2, "a"))]),
    "something higher is recovered": (AcceptedIsDurable, [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(3, 3, "a"))]),
    "nothing had been accepted": (AcceptedIsDurable, [*promised(2, "n1"), ("n1", AcceptorStarted(2, None, None))]),
    "the highest is kept, not the last": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(None, 2, "a"))],
    ),
}

BROKEN = {
    "an acceptor promises below its promise": (
        PromisesKept,
        [*promised(2, "n1"), *promised(1, "n1")],
        ("PromisesKept(Promised, Promised)", [0, 1], "n1 promised ballot 2, and then promised 1"),
    ),
    "an acceptor accepts below its promise": (
        PromisesKept,
        [*promised(1, "n1"), *promised(2, "n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [1, 2], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "a promise is lost in a restart": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(None, None, None))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of none"),
    ),
    "an older promise is recovered": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "a"))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of only 1"),
    ),
    "an acceptor that is silent about its disk accepts below its promise": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [0, 3], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "what was accepted is lost in a restart": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 3],
            "n1 accepted 'a' at ballot 2, and restarted with nothing",
        ),
    ),
    "what was found after a crash, and had not been said, is lost in the next": (
        AcceptedIsDurable,
        [("n1", AcceptorStarted(1, 2, "a")), *accepted(1, "b", "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "b"))],
        (
            "AcceptedIsDurable(AcceptorStarted, AcceptorStarted)",
            [0, 4],
            "n1 had accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
    "a lower proposal, accepted later, has replaced a higher one": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(2, 1, "b"))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 2],
            "n1 accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_a_broken_promise_and_a_forgotten_acceptance_name_the_restart_or_that_there_was_none():
    assert phrases(PromisesKept, ("n1", Promised((2, "n1"))), ("n1", Accepted((1, "n2"), "a")), first=ACCEPTORS) == [
        "n1 ran all the time from step 1 to step 2: nothing had made it forget"
    ]
    assert phrases(
        AcceptedIsDurable,
        *[("n1", Accepted((2, "n2"), "b")), ("n1", Accepted((1, "n1"), "a")), cut("n1"), up("n1")],
        ("n1", AcceptorStarted((1, "n1"), (1, "n1"), "a")),
        first=ACCEPTORS,
    ) == [
        "after that, n1 accepted 'a' at ballot 1.n1 (step 2), which is lower than 2.n2",
        "n1 lost its power at step 3, with nothing unsynced; at step 5 its disk held the promise of 1.n1 and 'a' accepted at 1.n1",
    ]
