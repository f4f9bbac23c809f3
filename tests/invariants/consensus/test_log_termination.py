"""Termination of a log: fair phases that satisfy it, fair phases that break it, and what the diagnosis says."""

import pytest
from handwritten import NODES, THREE, fold

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Declared, Observed, Replied, Requested
from splitbrain.node import Refused
from splitbrain.observations import Appended, Applied, Committed, EnteredTerm, Executed, Led, SteppedDown, Voters
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
    "one request of the fair phase is executed by all": (
        [BEGIN, asks("n1", 1), *((node, Executed(4, 2, "v1", "calm-1")) for node in NODES), END],
    ),
    "what its client gave up need not be answered": (
        [
            *[BEGIN, Requested(90, "n1", "calm-1.1", "v1", True, "calm-1")],
            *[Requested(90, "n2", "calm-2.1", "v2", True, "calm-2", "calm-1"), Replied(90, "n2", "calm-2.1", "done")],
            *[Requested(90, "n2", "calm-2.2", "v2", True, "calm-2"), END],
        ],
    ),
    "what was refused first is answered where it is asked for again, and whoever answered has refused something": (
        [
            *[BEGIN, asks("n1", 1), answers("n1", 1), asks("n2", 2), answers("n2", 2), asks("n1", 3), answers("n1", 3, Refused())],
            *[asks("n2", 3), answers("n2", 3, Refused()), asks("n1", 3), answers("n1", 3), END],
        ],
    ),
    "it is asked for again after a refusal": (
        [BEGIN, asks("n1", 1), answers("n1", 1, Refused("n2")), asks("n2", 1), *ALL_APPLY, END],
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
    "what was answered first is no excuse for what was refused in the end, by the same": (
        [
            *[BEGIN, asks("n1", 1), answers("n1", 1, Refused()), asks("n1", 1), answers("n1", 1)],
            *[asks("n1", 2), answers("n1", 2, Refused()), asks("n1", 2), answers("n1", 2, Refused()), END],
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
    "an older request for the same is executed by all": (
        [Requested(1, "n1", "r1", "v1", False), BEGIN, asks("n1", 1), *((node, Executed(1, 1, "v1", "r1")) for node in NODES), END],
        BEGIN,
    ),
    "a request is executed by two of three": (
        [BEGIN, asks("n1", 1), *((node, Executed(4, 2, "v1", "calm-1")) for node in ("n1", "n2")), END],
        BEGIN,
    ),
    "what another client gave up is no excuse": (
        [
            *[
                BEGIN,
                Requested(90, "n1", "calm-1.1", "v1", True, "calm-1"),
                Requested(90, "n1", "calm-11.1", "v1", True, "calm-11"),
            ],
            *[Requested(90, "n2", "calm-2.1", "v2", True, "calm-2", "calm-1"), Replied(90, "n2", "calm-2.1", "done"), END],
        ],
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


@pytest.mark.parametrize(
    ("happenings", "why"),
    [
        ([asks("n1", 1), answers("n1", 1, Refused())], "no client was answered"),
        (
            [asks("n1", 1), answers("n1", 1), *(asks("n2", number) for number in range(2, 7)), asks("n1", 7)],
            "nothing was logged, and nobody answered calm-2, calm-3, calm-4 and 2 more",
        ),
        (
            [asks("n1", 1), answers("n1", 1), asks("n1", 2), answers("n1", 2, Refused())],
            "nothing was logged, all that calm-2 met was refusals, and whoever answered anything has refused something afterwards",
        ),
    ],
    ids=["no answer", "some not answered", "some refused"],
)
def test_log_termination_says_why_answers_are_not_enough(happenings, why):
    violation, _ = fold(LogTermination, [BEGIN, *happenings, END])
    silent = "no node has said anything of a log or a leader: by answers alone goes ClientsAnswered"
    assert violation.summary.split("; ")[1:] == [why, silent]
    violation, _ = fold(LogTermination, [("n1", EnteredTerm(2)), BEGIN, *happenings, END])
    assert violation.summary.split("; ")[1:4] == [why, "nobody leads", "n1 is in term 2, commit index 0, applied up to 0"]


def test_who_leads_is_named_where_that_is_said():
    happenings = [asks("n1", 1), answers("n1", 1), asks("n1", 2), answers("n1", 2, Refused())]
    violation, _ = fold(LogTermination, [BEGIN, ("n1", Led(1)), *happenings, END])
    assert "no leader has answered without refusing something afterwards" in violation.summary
