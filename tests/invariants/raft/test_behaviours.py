"""Whole behaviours of replicated logs, right and wrong, before all of Raft's invariants at once."""

import pytest
from servers import cluster, power_cut

from splitbrain.events import Declared, Observed, Requested, Synced
from splitbrain.invariant import Monitor
from splitbrain.observations import (
    Appended,
    Applied,
    Committed,
    EnteredTerm,
    Installed,
    Led,
    Recovered,
    SteppedDown,
    Tracked,
    Truncated,
    Voted,
    Voters,
)
from splitbrain_invariants import RAFT_SAFETY

THREE, FIVE = cluster(3), cluster(5)


def asked(*commands):
    return [Requested(1, "n1", f"r{command}", command, False) for command in commands]


def elected(node, term, *voters):
    """It stands for election, has the votes of these, and leads."""
    stands = [(node, EnteredTerm(term)), (node, Voted(term, node))]
    votes = [happening for voter in voters for happening in ((voter, EnteredTerm(term)), (voter, Voted(term, node)))]
    return [*stands, *votes, (node, Led(term))]


def stored(entry, *nodes):
    return [happening for node in nodes for happening in ((node, Appended(*entry)), Synced(7, node, None))]


LEADS = [*asked("a", "b"), *elected("n1", 1, "n2")]
A, B = (1, 1, "a"), (2, 1, "b")
COMMITS = [*stored(A, "n1", "n2"), ("n1", Committed(1, 1)), ("n1", Applied(*A))]
# n3 led term 1, and has an entry that nobody else has; n1 leads term 2, and commits another one there.
FORK = [
    *[*THREE, *asked("a", "b"), *elected("n3", 1, "n2"), *stored((1, 1, "b"), "n3"), *elected("n1", 2, "n2")],
    *[*stored((1, 2, "a"), "n1", "n2"), ("n1", Committed(1, 2)), ("n1", Applied(1, 2, "a")), ("n3", SteppedDown(1))],
    ("n3", EnteredTerm(2)),
]

RIGHT = {
    "two of the three voters have it, and not the learners": [Declared(0, ("n1", "n2", "n3"), ()), *FIVE, *LEADS, *COMMITS],
    "a snapshot replaces a conflicting tail, and the node leads": [*FORK, ("n3", Installed(1, 2)), *elected("n3", 3, "n2")],
    "the same, and the node says that it truncates and commits": [
        *[*FORK, ("n3", Truncated(1)), ("n3", Installed(1, 2)), ("n3", Committed(1, 2)), *elected("n3", 3, "n2")],
    ],
    "a restart from a snapshot and an empty log": [
        *[*THREE, *LEADS, *COMMITS, *power_cut("n2"), ("n2", Recovered(1, "n1", (), 1, 1)), *elected("n2", 2, "n3")],
    ],
    "a restart from a snapshot and what is behind it": [
        *[*THREE, *LEADS, *COMMITS, *stored(B, "n1", "n2"), *power_cut("n1"), ("n1", Recovered(1, "n1", ((1, "b"),), 1, 1))],
        *[*elected("n2", 2, "n3"), ("n2", Committed(1, 2)), ("n2", Applied(*A))],
    ],
    "after a snapshot entry 51 is applied": [
        *[*THREE, *LEADS, *COMMITS, ("n1", Installed(50, 1)), ("n2", Installed(50, 1)), ("n3", Installed(50, 1))],
        *[*stored((51, 1, "b"), "n1", "n3"), ("n1", Committed(51, 1)), ("n3", Committed(51, 1)), ("n3", Applied(51, 1, "b"))],
    ],
    "the same is said again": [
        *[*THREE, *LEADS, *elected("n1", 1, "n2"), *COMMITS[:-2], *COMMITS[:-2], ("n1", Committed(1, 1)), ("n1", Committed(1, 1))],
    ],
    "equal commands of two clients": [
        *[*THREE, *LEADS, *stored(A, "n1", "n2"), *stored((2, 1, "a"), "n1", "n2"), ("n1", Committed(2, 1))],
        *[("n1", Applied(*A)), ("n1", Applied(2, 1, "a"))],
    ],
    "the leader's disk is slower than those of its followers (dissertation, 10.2.1)": [
        *[*THREE, *LEADS, ("n1", Appended(*A)), *stored(A, "n2", "n3"), ("n1", Committed(1, 1)), ("n1", Applied(*A))],
    ],
    "a server is removed and added again by one leader": [
        *[*THREE, *LEADS, ("n1", Tracked("n2", 1, 2)), ("n1", Voters((("n1", "n3"),), 2))],
        *[("n1", Voters((("n1", "n2", "n3"),), 3)), ("n1", Tracked("n2", 0, 1))],
    ],
    "a configuration is an entry": [
        *[*THREE, *LEADS, ("n1", Voters((("n1", "n2", "n3"),), 1)), ("n1", Appended(1, 1, ("config", "n1", "n2", "n3")))],
        *[Synced(7, "n1", None), *stored((1, 1, ("config", "n1", "n2", "n3")), "n2"), ("n1", Committed(1, 1))],
        ("n1", Applied(1, 1, ("config", "n1", "n2", "n3"))),
    ],
    "a joint configuration decides with a majority of each": [
        *[*FIVE, *asked("a"), *elected("n1", 1, "n2", "n3"), ("n1", Voters((("n1", "n2", "n3"), ("n1", "n4", "n5")), 1))],
        *[*stored(A, "n1", "n2", "n4"), ("n1", Committed(1, 1))],
    ],
}


WRONG = {
    "n10's vote is not n1's": ("OneVotePerTerm", [*cluster(11), ("n2", Voted(1, "n1")), ("n2", Voted(1, "n10"))]),
    "an unsynced entry counts, after a sync that was asked for before it": (
        "CommittedIsDurable",
        [
            *[*THREE, *LEADS, *stored(A, "n1", "n2"), ("n1", Appended(*B)), ("n2", Appended(*B))],
            *[Synced(99, "n1", "1", asked=1), Synced(99, "n2", "1", asked=1), ("n1", Committed(2, 1))],
        ],
    ),
    "it leads with its own vote alone": ("LeadsByVotes", [*THREE, ("n1", EnteredTerm(1)), ("n1", Voted(1, "n1")), ("n1", Led(1))]),
    "it leads by the votes of learners": (
        "LeadsByVotes",
        [Declared(0, ("n1", "n2", "n3"), ()), *FIVE, *elected("n1", 1, "n4", "n5")],
    ),
    "it leads a term that it is not in": (
        "TermsRise",
        [*THREE, *elected("n1", 1, "n2"), ("n2", Voted(9, "n1")), ("n1", Led(9))],
    ),
    "it commits above its log": ("CommitWithinLog", [*THREE, *LEADS, ("n1", Committed(7, 1))]),
    "it applies what it has not committed": (
        "AppliedIsCommitted",
        [*THREE, *LEADS, *COMMITS, *stored(B, "n1", "n2"), ("n1", Applied(*B))],
    ),
    "it appends an entry of a term above its own": ("TermsRise", [*THREE, *LEADS, ("n1", Appended(1, 9, "a"))]),
    "the terms of a log fall": (
        "TermsRise",
        [*THREE, *asked("a"), *elected("n2", 3, "n3"), ("n1", Appended(1, 3, "a")), ("n1", Appended(2, 1, "a"))],
    ),
    "two nodes write different entries of one term": (
        "LogMatching",
        [*THREE, *LEADS, ("n1", Appended(*A)), ("n2", Appended(1, 1, "b"))],
    ),
    "it leaves an entry out": ("AppliedInOrder", [*THREE, *LEADS, *COMMITS, ("n1", Applied(3, 1, "b"))]),
    "it applies an entry twice in one life": (
        "AppliedInOrder",
        [*THREE, *LEADS, *COMMITS, *stored(B, "n1", "n2"), ("n1", Committed(2, 1)), ("n1", Applied(*B)), ("n1", Applied(*B))],
    ),
    "a snapshot ends with an entry that was not the committed one": ("StateMachineSafety", [*FORK, ("n3", Installed(1, 1))]),
    "it leads without what was committed, which no snapshot of its has": (
        "LeaderCompleteness",
        [*FORK, ("n3", Truncated(1)), *elected("n3", 3, "n2")],
    ),
    "a joint configuration decides with a majority of one": (
        "CommittedIsDurable",
        [
            *[*FIVE, *asked("a"), *elected("n1", 1, "n2", "n3"), ("n1", Voters((("n1", "n2", "n3"), ("n1", "n4", "n5")), 1))],
            *[*stored(A, "n1", "n2", "n3"), ("n1", Committed(1, 1))],
        ],
    ),
    "two of five are a quorum, and the scenario did not say so": (
        "CommittedIsDurable",
        [*FIVE, *asked("a"), *elected("n1", 1, "n2", "n3"), *COMMITS[:-1]],
    ),
}


def violation_of(happenings):
    """The first violation of any of the invariants; pairs are observations at their places, from step 1."""
    monitor = Monitor(RAFT_SAFETY)
    for place, each in enumerate(happenings, 1):
        found = monitor.observe(Observed(place, *each) if type(each) is tuple else each)
        if found is not None:
            return found
    return None


@pytest.mark.parametrize("happenings", RIGHT.values(), ids=RIGHT)
def test_nobody_is_blamed_when(happenings):
    assert violation_of(happenings) is None


@pytest.mark.parametrize(("name", "happenings"), WRONG.values(), ids=WRONG)
def test_somebody_is_blamed_when(name, happenings):
    assert violation_of(happenings[:-1]) is None
    assert violation_of(happenings).invariant == name
