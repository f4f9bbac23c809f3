"""Agreement, integrity and validity: traces that satisfy each, and traces that break it."""

from functools import partial

import pytest

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Observed, Requested, Started
from splitbrain.invariant import Monitor
from splitbrain.observations import Applied, Decided
from splitbrain_invariants import Agreement, Integrity, Validity


def fold(invariant, happenings):
    """The violation, which must come at the last happening; a pair is an observation at its place, from step 1."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


THREE = [Started(0, "n1", 1), Started(0, "n2", 1), Started(0, "n3", 1)]
NODES = ("n1", "n2", "n3")


def calm(*core):
    return [CalmBegan(90, core, 5_000), CalmEnded(90, core, 5_000)]


def asked(*commands):
    return [Requested(1, "n1", f"r{number}", command, False) for number, command in enumerate(commands)]


LAST_LEARNS = partial(Integrity, deciders=lambda size: (size - 1,))

KEPT = {
    "all decide the same": (Agreement, [("n1", Decided("a")), ("n2", Decided("a")), ("n3", Decided("a"))]),
    "slots differ": (Agreement, [("n1", Decided("a", 1)), ("n2", Decided("b", 2)), ("n2", Decided("a", 1))]),
    "values need not be hashable": (Agreement, [("n1", Decided(["a", {"b": 1}])), ("n2", Decided(["a", {"b": 1}]))]),
    "to change one's own decision is integrity's affair": (Agreement, [("n1", Decided("a")), ("n1", Decided("b"))]),
    "a node decides once": (Integrity, [*THREE, ("n1", Decided("a"))]),
    "a node says its decision again after a restart": (
        Integrity,
        [*THREE, ("n1", Decided("a")), Crashed(5, "n1", 0, 0), Started(6, "n1", 2), ("n1", Decided("a"))],
    ),
    "a node decides in several slots": (Integrity, [*THREE, ("n1", Decided("a", 1)), ("n1", Decided("b", 2))]),
    "two that disagree are agreement's affair while a third runs undecided": (
        Integrity,
        [*THREE, ("n1", Decided("a")), ("n2", Decided("b"))],
    ),
    "two that disagree, and are all that run, have settled nothing": (
        Integrity,
        [*THREE, ("n1", Decided("a")), ("n2", Decided("b")), Crashed(5, "n3", 0, 0), Started(6, "n3", 2), ("n3", Decided("b"))],
    ),
    "a late process decides the same": (
        Integrity,
        [*THREE, Crashed(1, "n3", 0, 0), ("n1", Decided("a")), ("n2", Decided("a")), Started(6, "n3", 2), ("n3", Decided("a"))],
    ),
    "nobody runs, so nothing is settled": (
        Integrity,
        [*THREE, ("n1", Decided("a")), *(Crashed(5, node, 0, 0) for node in NODES), Started(6, "n2", 2), ("n2", Decided("b"))],
    ),
    "another slot is decided otherwise": (
        Integrity,
        [*THREE, *((node, Decided("a", 1)) for node in NODES), ("n1", Decided("b", 2))],
    ),
    "a fair phase tells everybody": (
        Integrity,
        [
            *[*THREE, Crashed(1, "n3", 0, 0), ("n1", Decided("a")), ("n2", Decided("a")), CalmBegan(6, NODES, 5_000)],
            *[Started(6, "n3", 2), ("n3", Decided("a")), CalmEnded(6, NODES, 5_000)],
        ],
    ),
    "a fair phase leaves others dead": (
        Integrity,
        [*THREE, Crashed(1, "n3", 0, 0), ("n1", Decided("a")), ("n2", Decided("a")), *calm("n1", "n2")],
    ),
    "nothing was settled, so nothing is to be told": (Integrity, [*THREE, ("n1", Decided("a")), *calm(*NODES)]),
    "who decides nothing by its role need not be told": (
        LAST_LEARNS,
        [*THREE, Crashed(1, "n1", 0, 0), Crashed(1, "n2", 0, 0), ("n3", Decided("a")), *calm(*NODES)],
    ),
    "what was asked for is decided": (Validity, [*asked("a", "b"), ("n2", Decided("b")), ("n3", Applied(1, 1, "a"))]),
    "a leader's no-op is applied": (Validity, [("n1", Applied(1, 1, None))]),
    "a no-op fills a slot": (Validity, [("n1", Decided(None, 4))]),
    "commands need not be hashable": (Validity, [*asked({"set": ["x", 1]}), ("n1", Decided({"set": ["x", 1]}))]),
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
    "a node changes its decision": (
        Integrity,
        [*THREE, ("n1", Decided("a")), ("n1", Decided("b"))],
        ("Integrity(Decided, Decided)", [3, 4], "n1 decided 'a', and later 'b'"),
    ),
    "a node changes its decision across a restart": (
        Integrity,
        [*THREE, ("n1", Decided("a", 7)), Crashed(5, "n1", 0, 0), Started(6, "n1", 2), ("n1", Decided("b", 7))],
        ("Integrity(Decided, Decided)", [3, 6], "n1 decided 'a' in slot 7, and later 'b'"),
    ),
    "a late process decides otherwise than all that ran": (
        Integrity,
        [*THREE, Crashed(1, "n3", 0, 0), ("n1", Decided("a")), ("n2", Decided("a")), Started(6, "n3", 2), ("n3", Decided("b"))],
        (
            "Integrity(Decided, Decided)",
            [5, 7],
            "every running process had decided 'a' (n2 last), and then n3 decided 'b'",
        ),
    ),
    "all that ran had decided once the undecided one was dead": (
        Integrity,
        [
            *THREE,
            ("n1", Decided("a")),
            ("n2", Decided("a")),
            Crashed(5, "n3", 0, 0),
            Started(6, "n3", 2),
            ("n3", Decided("b")),
        ],
        (
            "Integrity(Decided, Decided)",
            [4, 7],
            "every running process had decided 'a' (n2 last), and then n3 decided 'b'",
        ),
    ),
    "a fair phase ends, and one of its core does not know what all others had decided": (
        Integrity,
        [*THREE, Crashed(1, "n3", 0, 0), ("n1", Decided("a")), ("n2", Decided("a")), Started(6, "n3", 2), *calm(*NODES)],
        ("Integrity(Decided, CalmEnded)", [5, 8], "every running process had decided 'a', and after 5000 fair ms n3 had not"),
    ),
    "a decision out of nowhere": (
        Validity,
        [*asked("a"), ("n1", Decided("b"))],
        ("Validity(Decided)", [1], "n1 decided 'b', which no client had asked for"),
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
    fingerprint, places, summary = expected
    violation, events = fold(invariant, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == tuple(events[place] for place in places)
    assert violation.summary == summary
