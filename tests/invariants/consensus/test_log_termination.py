"""Termination of a log: fair phases that satisfy it, fair phases that break it, and what the diagnosis says."""

import pytest
from handwritten import NODES, THREE, fold

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Declared, Observed, Replied, Requested
from splitbrain.node import Refused
from splitbrain.observations import Appended, Applied, Committed, EnteredTerm, Led, SteppedDown, Voters
from splitbrain_invariants import LogTermination

BEGIN, END = CalmBegan(90, NODES, 5_000), CalmEnded(90, NODES, 5_000)


def asks(node, number):
    return Requested(90, node, f"calm-{number}", f"v{number}", True)


def answers(node, number, result="done"):
    return Replied(90, node, f"calm-{number}", result)


ALL_APPLY = [(node, Applied(1, 1, "v1")) for node in NODES]
TWO_APPLY = ALL_APPLY[:2]
ALL, WITHOUT_N3, WITHOUT_N2 = (Voters((voters,), 4) for voters in (NODES, ("n1", "n2"), ("n1", "n3")))

KEPT = {
    "a read is answered, and not logged": ([BEGIN, asks("n1", 1), answers("n1", 1), END]),
    "reads are answered by whoever may": (
        [BEGIN, asks("n1", 1), answers("n1", 1, Refused("n2")), asks("n2", 2), answers("n2", 2), END]
    ),
    "the last read is under way": ([BEGIN, asks("n1", 1), answers("n1", 1), asks("n2", 2), END]),
    "who leads now had refused as a follower": (
        [
            *[BEGIN, asks("n1", 1), answers("n1", 1), asks("n1", 2), answers("n1", 2, Refused("n2")), ("n1", Led(3))],
            *[asks("n1", 3), answers("n1", 3), END],
        ]
    ),
    "who was removed need not apply": ([*THREE, *[(node, WITHOUT_N3) for node in NODES], BEGIN, asks("n1", 1), *TWO_APPLY, END]),
    "who does not know that it was removed need not apply": (
        [*THREE, *[(node, WITHOUT_N3) for node in ("n1", "n2")], BEGIN, asks("n1", 1), *TWO_APPLY, END]
    ),
    "the core has no quorum of what one of it counts by": (
        [
            *[*THREE, ("n1", WITHOUT_N2), CalmBegan(90, ("n1", "n2"), 10), asks("n1", 1)],
            CalmEnded(90, ("n1", "n2"), 10),
        ]
    ),
    "one command of the fair phase is applied by all": (
        [BEGIN, asks("n1", 1), asks("n2", 2), *((node, Applied(4, 2, "v2")) for node in NODES), END],
    ),
    "who is not of the core need not apply": (
        [
            *[CalmBegan(90, ("n1", "n3"), 10), asks("n1", 1), ("n1", Applied(1, 1, "v1")), ("n3", Applied(1, 1, "v1"))],
            CalmEnded(90, ("n1", "n3"), 10),
        ],
    ),
    "there was nobody to ask": ([BEGIN, END]),
    "each fair phase is a claim of its own": (
        [BEGIN, asks("n1", 1), *ALL_APPLY, END, BEGIN, asks("n1", 2), *((node, Applied(2, 1, "v2")) for node in NODES), END],
    ),
}


@pytest.mark.parametrize("happenings", KEPT.values(), ids=KEPT)
def test_is_kept_when(happenings):
    assert fold(LogTermination, happenings)[0] is None


BROKEN = {
    "a command is logged, answered, and not applied by all": (
        [BEGIN, asks("n1", 1), ("n1", Appended(1, 1, "v1")), answers("n1", 1), *TWO_APPLY, END],
        BEGIN,
    ),
    "a read is answered, and a command stays in the leader's log": (
        [BEGIN, asks("n1", 1), answers("n1", 1), asks("n1", 2), ("n1", Appended(1, 1, "v2")), END],
        BEGIN,
    ),
    "a read is answered, and a write is not": (
        [BEGIN, asks("n1", 1), answers("n1", 1), asks("n2", 2), asks("n3", 3), END],
        BEGIN,
    ),
    "reads are answered, and writes refused, by the same": (
        [
            *[BEGIN, *(each for n, node in enumerate(NODES) for each in (asks(node, n), answers(node, n)))],
            *[*(each for n, node in enumerate(NODES, 3) for each in (asks(node, n), answers(node, n, Refused()))), END],
        ],
        BEGIN,
    ),
    "reads are answered by one, writes refused by another, and nobody leads": (
        [
            ("n1", Led(1)),
            ("n1", EnteredTerm(2)),
            BEGIN,
            asks("n1", 1),
            answers("n1", 1),
            asks("n2", 2),
            answers("n2", 2, Refused()),
            END,
        ],
        BEGIN,
    ),
    "all are refused": ([BEGIN, asks("n1", 1), answers("n1", 1, Refused("n2")), END], BEGIN),
    "an answer of before is none": (
        [Requested(9, "n1", "r1", "a", False), Replied(9, "n1", "r1", "done"), BEGIN, asks("n1", 1), END],
        BEGIN,
    ),
    "a learner, who never was a voter, does not apply": (
        [
            *[Declared(0, ("n1", "n2"), ()), *THREE, ("n1", Voters((("n1", "n2"),), 4)), BEGIN, asks("n1", 1), *TWO_APPLY],
            END,
        ],
        BEGIN,
    ),
    "who was added again does not apply": (
        [*THREE, ("n1", WITHOUT_N3), *[(node, ALL) for node in NODES], BEGIN, asks("n1", 1), *TWO_APPLY, END],
        BEGIN,
    ),
    "no command is applied by all": (
        [
            *[BEGIN, asks("n1", 1), asks("n2", 2), ("n1", Applied(1, 1, "v1")), ("n2", Applied(1, 1, "v1"))],
            *[("n2", Applied(2, 1, "v2")), ("n3", Applied(2, 1, "v2")), END],
        ],
        BEGIN,
    ),
    "only the schedule's own commands are applied": (
        [Requested(1, "n1", "r1", "a", False), BEGIN, asks("n1", 1), *((node, Applied(1, 1, "a")) for node in NODES), END],
        BEGIN,
    ),
    "a former fair phase's command does not count": (
        [BEGIN, asks("n1", 1), *ALL_APPLY, END, BEGIN, asks("n1", 2), END],
        BEGIN,
    ),
}


@pytest.mark.parametrize(("happenings", "began"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(happenings, began):
    violation, _ = fold(LogTermination, happenings)
    assert violation.fingerprint == "LogTermination(CalmBegan, CalmEnded)"
    assert violation.evidence == (began, END)


@pytest.mark.parametrize(
    ("happenings", "satisfied"),
    [
        ([], False),
        ([BEGIN, asks("n1", 1)], False),
        ([BEGIN, asks("n1", 1), answers("n1", 1)], False),
        ([BEGIN, asks("n1", 1), *TWO_APPLY], False),
        ([BEGIN, asks("n1", 1), *ALL_APPLY], True),
        ([*THREE, ("n1", WITHOUT_N2), CalmBegan(90, ("n1", "n2"), 10)], True),
    ],
    ids=["no fair phase", "nothing applied", "a read answered: commands may come", "two apply", "all apply", "no quorum"],
)
def test_a_fair_phase_may_end_early_when_a_command_is_applied_or_nothing_can_be(happenings, satisfied):
    invariant = LogTermination()
    for step, each in enumerate(happenings, 1):
        invariant.observe(Observed(step, *each) if type(each) is tuple else each)
    assert invariant.satisfied() is satisfied


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
