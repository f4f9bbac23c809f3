"""Validity: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import assert_broken, fold, phrases

from splitbrain.events import Requested
from splitbrain.observations import Applied, Decided, Voters
from splitbrain_invariants import Validity


def asked(*commands):
    return [Requested(1, "n1", f"r{number}", command, False) for number, command in enumerate(commands)]


KEPT = {
    "what was asked for is decided": (Validity, [*asked("a", "b"), ("n2", Decided("b")), ("n3", Applied(1, 1, "a"))]),
    "a leader's no-op is applied": (Validity, [("n1", Applied(1, 1, None))]),
    "a configuration is applied": (
        Validity,
        [("n2", Voters((("n1", "n2"),), 4)), ("n1", Applied(4, 1, ("voters", "n1", "n2")))],
    ),
    "a no-op fills a slot": (Validity, [("n1", Decided(None, 4))]),
    "a client asks for a tuple, and what went through JSON is a list": (Validity, [*asked((1, (2,))), ("n1", Decided([1, [2]]))]),
    "keys of a command need not be text": (Validity, [*asked({1: "a", (1, 2): "b"}), ("n1", Decided({(1, 2): "b", 1: "a"}))]),
    "commands may be sets": (Validity, [*asked({1, "a"}, {1, 2}), ("n1", Decided({"a", 1})), ("n1", Applied(1, 1, {2, 1}))]),
    "commands may be bytes": (Validity, [*asked(bytearray(b"x")), ("n1", Decided(bytearray(b"x"))), ("n2", Decided(b"x"))]),
    "commands may be no numbers": (Validity, [*asked(float("nan")), ("n1", Decided(float("nan")))]),
    "commands need not be hashable": (Validity, [*asked({"set": ["x", 1]}), ("n1", Decided({"set": ["x", 1]}))]),
}

BROKEN = {
    "a command is applied beside a configuration": (
        Validity,
        [("n1", Voters((("n1", "n2"),), 4)), ("n1", Voters((("n1",),))), ("n1", Applied(5, 1, "b"))],
        ("Validity(Applied)", [2], "n1 applied 'b' at index 5, which no client had asked for"),
    ),
    "a decision out of nowhere": (
        Validity,
        [*asked("a"), ("n1", Decided("b"))],
        ("Validity(Decided)", [1], "n1 decided 'b', which no client had asked for"),
    ),
    "1 was asked for, and True is decided": (
        Validity,
        [*asked(1), ("n1", Decided(True))],
        ("Validity(Decided)", [1], "n1 decided True, which no client had asked for"),
    ),
    "a list was asked for, and its text is decided": (
        Validity,
        [*asked([1]), ("n1", Decided(b"[1]", 3))],
        ("Validity(Decided)", [1], "n1 decided b'[1]' in slot 3, which no client had asked for"),
    ),
    "a decision before its request": (
        Validity,
        [("n1", Decided("a"))],
        ("Validity(Decided)", [0], "n1 decided 'a', which no client had asked for"),
    ),
    "a no-op is no single decision": (
        Validity,
        [*asked("a"), ("n1", Decided(None))],
        ("Validity(Decided)", [1], "n1 decided None, which no client had asked for"),
    ),
    "a command out of nowhere": (
        Validity,
        [*asked("a"), ("n1", Applied(1, 1, "a")), ("n1", Applied(2, 1, "b"))],
        ("Validity(Applied)", [2], "n1 applied 'b' at index 2, which no client had asked for"),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_a_value_from_nowhere_is_set_against_what_was_asked_for():
    assert phrases(Validity, ("n1", Decided("a"))) == ["no client had asked for anything"]
    asked = [lambda step: Requested(step, "n1", f"r{step}", step, False) for _ in range(7)]
    (told,) = phrases(Validity, *asked, ("n1", Decided("a")))
    assert told.startswith("clients had asked for 3 (step 3), 4 (step 4)")
    assert told.endswith("7 (step 7), and 2 things before")
