"""Integrity: traces that satisfy it, traces that break it, and what it says when it is asked why."""

from functools import partial

import pytest
from handwritten import NODES, THREE, assert_broken, cut, fold, phrases, up

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Started
from splitbrain.observations import Decided
from splitbrain_invariants import Integrity


def calm(*core):
    return [CalmBegan(90, core, 5_000), CalmEnded(90, core, 5_000)]


LAST_LEARNS = partial(Integrity, deciders=lambda size: (size - 1,))

KEPT = {
    "a node decides once": (Integrity, [*THREE, ("n1", Decided("a"))]),
    "a node says its decision again after a restart": (
        Integrity,
        [*THREE, ("n1", Decided("a")), Crashed(5, "n1", 0, 0), Started(6, "n1", 2), ("n1", Decided("a"))],
    ),
    "a node decides in several slots": (Integrity, [*THREE, ("n1", Decided("a", 1)), ("n1", Decided("b", 2))]),
    "what is not a number is the same when it is said again": (
        Integrity,
        [*THREE, *((node, Decided([float("nan")])) for node in (*NODES, *NODES))],
    ),
    "a node decides in slots that need not be hashable": (
        Integrity,
        [*THREE, *((node, Decided(value, slot)) for node in NODES for value, slot in ((1, [1]), (2, [True]), (3, {1}), (1, (1,))))],
    ),
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
}

BROKEN = {
    "a node changes its decision": (
        Integrity,
        [*THREE, ("n1", Decided("a")), ("n1", Decided("b"))],
        ("Integrity(Decided, Decided)", [3, 4], "n1 decided 'a', and later 'b'"),
    ),
    "a node decides 1, and then True": (
        Integrity,
        [*THREE, ("n1", Decided(1, "x")), ("n1", Decided(True, "x"))],
        ("Integrity(Decided, Decided)", [3, 4], "n1 decided 1 in slot 'x', and later True"),
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
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_a_changed_decision_names_the_restart():
    told = phrases(Integrity, ("n1", Decided("a")), cut("n1"), up("n1"), ("n1", Decided("b")))
    assert told == ["n1 lost its power at step 2, with nothing unsynced"]
