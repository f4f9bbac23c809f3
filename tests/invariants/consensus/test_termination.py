"""Termination: fair phases that satisfy it, fair phases that break it, and what the diagnosis says."""

from dataclasses import replace
from functools import partial

import pytest
from handwritten import ACCEPTORS, NODES, THREE, cut, fair, fold, sent

from splitbrain.catalogue.museum import bugs
from splitbrain.events import CalmBegan, CalmEnded, Crashed, Declared, Replied, Requested, Started, TimerSet
from splitbrain.invariant import Monitor
from splitbrain.observations import Decided, Promised
from splitbrain.search.hunt import hunt
from splitbrain_invariants import Termination
from splitbrain_protocols.paxos.scenario import PAXOS

BEGIN, END = CalmBegan(90, NODES, 5_000), CalmEnded(90, NODES, 5_000)


def asks(node, number):
    return Requested(90, node, f"calm-{number}", f"v{number}", True)


LAST_LEARNS = partial(Termination, deciders=lambda size: (size - 1,))
ONLY_N1 = Declared(0, (), (), ("n1",))

KEPT = {
    "all decide in the fair phase": (Termination, [*THREE, BEGIN, *((node, Decided("a")) for node in NODES), END]),
    "all had decided before": (Termination, [*THREE, *((node, Decided("a")) for node in NODES), BEGIN, END]),
    "a decision outlives a restart that does not repeat it": (
        Termination,
        [
            *[*THREE, ("n1", Decided("a")), Crashed(5, "n1", 0, 0), BEGIN, Started(90, "n1", 2), ("n2", Decided("a"))],
            *[("n3", Decided("a")), END],
        ],
    ),
    "who is not of the core need not decide": (
        Termination,
        [*THREE, CalmBegan(9, ("n1", "n2"), 10), ("n1", Decided("a")), ("n2", Decided("a")), CalmEnded(9, ("n1", "n2"), 10)],
    ),
    "who decides nothing by its role need not decide": (LAST_LEARNS, [*THREE, BEGIN, ("n3", Decided("a")), END]),
    "no client may ask one of the core": (
        Termination,
        [ONLY_N1, *THREE, ("n2", Decided("a")), CalmBegan(9, ("n2", "n3"), 10), CalmEnded(9, ("n2", "n3"), 10)],
    ),
    "the fair phase's client had nothing to ask": (
        Termination,
        [*THREE, ("n1", Promised(1)), BEGIN, ("n2", Decided("a")), CalmEnded(90, NODES, 5_000, content=True)],
    ),
    "nobody decides, and no fair phase ends": (Termination, [*THREE, BEGIN]),
    "a later fair phase finds all decided": (
        Termination,
        [*THREE, *((node, Decided("a")) for node in NODES), BEGIN, END, BEGIN, Crashed(90, "n1", 0, 0), END],
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


BROKEN = {
    "a client may ask one of the core": (Termination, [ONLY_N1, *THREE, BEGIN, ("n1", Decided("a")), END], BEGIN),
    "the scenario does not say whom clients may ask": (
        Termination,
        [Declared(0, NODES, ()), *THREE, BEGIN, ("n1", Decided("a")), END],
        BEGIN,
    ),
    "one of the core has not decided": (Termination, [*THREE, BEGIN, ("n1", Decided("a")), ("n2", Decided("a")), END], BEGIN),
    "a learner has not decided": (LAST_LEARNS, [*THREE, BEGIN, ("n1", Decided("a")), END], BEGIN),
    "a later fair phase fails": (
        Termination,
        [*THREE, CalmBegan(8, ("n1",), 10), ("n1", Decided("a")), CalmEnded(8, ("n1",), 10), BEGIN, END],
        BEGIN,
    ),
}


@pytest.mark.parametrize(("invariant", "happenings", "began"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, began):
    violation, _ = fold(invariant, happenings)
    assert violation.fingerprint == f"{violation.invariant}(CalmBegan, CalmEnded)"
    assert violation.evidence == (began, END)


def test_termination_says_who_waits_for_what():
    happenings = [
        *[*THREE, BEGIN, TimerSet(90, "n2", "retry", 100, 200), asks("n1", 1), asks("n2", 2), ("n2", Promised(7))],
        *[("n1", Decided("a")), Replied(90, "n1", "calm-1", "a"), Crashed(90, "n3", 0, 0), END],
    ]
    violation, _ = fold(Termination, happenings)
    assert violation.summary == (
        "after 5000 fair ms n2, n3 of n1, n2, n3 had not decided; "
        "n2 last said Promised(ballot=7) at step 8, and last set its timer 'retry' at step 90; "
        "n3 is down since step 90; "
        "unanswered: calm-2 at n2; "
        "n1 had decided 'a'"
    )


def test_a_node_that_is_down_is_not_said_to_be_silent():
    told = fair(Termination, sent("n1", "n2", "Prepare"), sent("n2", "n1", "Promise"), cut("n3"), first=ACCEPTORS)
    assert told == []


@pytest.mark.slow
def test_a_core_that_no_client_may_ask_is_not_blamed_in_a_hunt_and_a_loss_of_progress_is_still_found():
    assert hunt(replace(PAXOS, clients=lambda size: (0,)), seed=1, steps=100_000).outcome == "clean"
    duelling = bugs()["pax-duelling-proposers"].scenario
    found = hunt(replace(duelling, clients=lambda size: (0, 1)), seed=1, steps=100_000).found
    assert found.violation.invariant == "Termination"


def test_where_nobody_asked_and_no_node_said_anything_there_is_nothing_to_end():
    monitor = Monitor((Termination,))
    calm = [CalmBegan(3, NODES, 5_000), CalmEnded(3, NODES, 5_000)]
    assert [monitor.observe(event) for event in (*THREE, *calm)] == [None] * 5
    asked = Monitor((Termination,))
    events = (*THREE, Requested(1, "n1", "r1", "a", False), *calm)
    assert [asked.observe(event) is not None for event in events] == [False] * 5 + [True]
