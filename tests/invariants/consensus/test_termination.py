"""Termination: fair phases that satisfy it, fair phases that break it, and what the diagnosis says."""

from functools import partial

import pytest
from handwritten import ACCEPTORS, NODES, THREE, cut, fair, fold, sent

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Replied, Requested, Started, TimerSet
from splitbrain.observations import Applied, Committed, Decided, EnteredTerm, Led, Promised, SteppedDown
from splitbrain_invariants import LogTermination, Termination

BEGIN, END = CalmBegan(90, NODES, 5_000), CalmEnded(90, NODES, 5_000)


def asks(node, number):
    return Requested(90, node, f"calm-{number}", f"v{number}", True)


LAST_LEARNS = partial(Termination, deciders=lambda size: (size - 1,))
ALL_APPLY = [(node, Applied(1, 1, "v1")) for node in NODES]

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
    "nobody decides, and no fair phase ends": (Termination, [*THREE, BEGIN]),
    "a later fair phase finds all decided": (
        Termination,
        [*THREE, *((node, Decided("a")) for node in NODES), BEGIN, END, BEGIN, Crashed(90, "n1", 0, 0), END],
    ),
    "one command of the fair phase is applied by all": (
        LogTermination,
        [BEGIN, asks("n1", 1), asks("n2", 2), *((node, Applied(4, 2, "v2")) for node in NODES), END],
    ),
    "who is not of the core need not apply": (
        LogTermination,
        [
            *[CalmBegan(90, ("n1", "n3"), 10), asks("n1", 1), ("n1", Applied(1, 1, "v1")), ("n3", Applied(1, 1, "v1"))],
            CalmEnded(90, ("n1", "n3"), 10),
        ],
    ),
    "there was nobody to ask": (LogTermination, [BEGIN, END]),
    "each fair phase is a claim of its own": (
        LogTermination,
        [BEGIN, asks("n1", 1), *ALL_APPLY, END, BEGIN, asks("n1", 2), *((node, Applied(2, 1, "v2")) for node in NODES), END],
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


BROKEN = {
    "one of the core has not decided": (Termination, [*THREE, BEGIN, ("n1", Decided("a")), ("n2", Decided("a")), END], BEGIN),
    "a learner has not decided": (LAST_LEARNS, [*THREE, BEGIN, ("n1", Decided("a")), END], BEGIN),
    "a later fair phase fails": (
        Termination,
        [*THREE, CalmBegan(8, ("n1",), 10), ("n1", Decided("a")), CalmEnded(8, ("n1",), 10), BEGIN, END],
        BEGIN,
    ),
    "no command is applied by all": (
        LogTermination,
        [
            *[BEGIN, asks("n1", 1), asks("n2", 2), ("n1", Applied(1, 1, "v1")), ("n2", Applied(1, 1, "v1"))],
            *[("n2", Applied(2, 1, "v2")), ("n3", Applied(2, 1, "v2")), END],
        ],
        BEGIN,
    ),
    "only the schedule's own commands are applied": (
        LogTermination,
        [Requested(1, "n1", "r1", "a", False), BEGIN, asks("n1", 1), *((node, Applied(1, 1, "a")) for node in NODES), END],
        BEGIN,
    ),
    "a former fair phase's command does not count": (
        LogTermination,
        [BEGIN, asks("n1", 1), *ALL_APPLY, END, BEGIN, asks("n1", 2), END],
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


def test_log_termination_says_who_leads_and_who_lags():
    happenings = [
        *[BEGIN, ("n1", EnteredTerm(2)), ("n2", EnteredTerm(3)), ("n2", Led(3)), ("n2", Committed(2, 3)), asks("n2", 5)],
        *[("n2", Applied(1, 1, "a")), ("n2", Applied(2, 3, "v5")), ("n1", Applied(1, 1, "a")), END],
    ]
    violation, _ = fold(LogTermination, happenings)
    assert violation.summary == (
        "after 5000 fair ms none of 'v5' was applied by all of n1, n2, n3; n2 leads term 3; "
        "n1 is in term 2, commit index 0, applied up to 1; "
        "n2 is in term 3, commit index 2, applied up to 2; "
        "n3 is in no known term, commit index 0, applied up to 0"
    )


@pytest.mark.parametrize("end", [("n2", SteppedDown(3)), ("n2", EnteredTerm(4)), Crashed(90, "n2", 0, 0)])
def test_log_termination_knows_when_nobody_leads(end):
    violation, _ = fold(LogTermination, [BEGIN, asks("n1", 1), ("n2", EnteredTerm(3)), ("n2", Led(3)), end, END])
    assert "; nobody leads; " in violation.summary


def test_a_node_that_is_down_is_not_said_to_be_silent():
    told = fair(Termination, sent("n1", "n2", "Prepare"), sent("n2", "n1", "Promise"), cut("n3"), first=ACCEPTORS)
    assert told == []
