"""Leader completeness: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import EMPTY_LOGS, cut, fold, phrases, synced, up
from servers import cluster, power_cut

from splitbrain.observations import Appended, Committed, EnteredTerm, Installed, Led, Recovered, Truncated, Voted
from splitbrain_invariants import LeaderCompleteness

A, B, C = (1, 1, "a"), (2, 1, "b"), (1, 2, "c")  # index, term, command

# Figure 8 on three nodes: n1 commits an entry of term 1 as the leader of term 3; n2 has one of term 2 in its place.
FIGURE_8 = [
    *[("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", Appended(1, 1, "v1"))],
    *[("n2", EnteredTerm(2)), ("n2", Led(2)), ("n2", Appended(1, 2, "v2"))],
    *[("n1", EnteredTerm(3)), ("n1", Led(3)), ("n3", Appended(1, 1, "v1"))],
]

COMPLETE = {
    "later leaders have what was committed": [
        *[("n1", Led(1)), ("n1", Appended(*A)), ("n2", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Led(2))],
        *[("n2", Appended(2, 2, "b")), ("n3", Appended(*A)), ("n3", Led(3))],
    ],
    "a leader without an entry that nobody committed": [
        *[("n1", Led(1)), ("n1", Appended(*A)), ("n1", Appended(*B)), ("n2", Appended(*A)), ("n1", Committed(1, 1))],
        ("n2", Led(2)),
    ],
    "a leader of an earlier term than the commit's lacks the entry": [
        *[("n1", Appended(*A)), ("n2", Appended(1, 2, "x")), ("n2", Led(2)), ("n1", Led(3)), ("n1", Committed(1, 3))],
    ],
    "the term of the entry does not matter, the committing leader's does": [
        # An entry of term 1, committed in term 4 together with one of term 4: leaders of terms 2 and 3 need not have it.
        *[("n1", Led(1)), ("n1", Appended(*A)), ("n2", Appended(1, 2, "x")), ("n2", Led(2)), ("n2", Led(3))],
        *[("n1", Led(4)), ("n1", Appended(2, 4, "b")), ("n1", Committed(2, 4))],
    ],
    "a follower hears of a commit in a higher term": [
        # The commit is known of term 3 by then, so n3, leader of term 3, is not accused of what term 3 may have committed.
        *[("n2", Appended(*A)), ("n3", Recovered(2, None, ())), ("n3", Led(3)), ("n2", Committed(1, 3))],
    ],
    "a commit in a term that is not told": [
        *[("n1", Led(1)), ("n1", Appended(*A)), ("n1", Committed(1, None)), ("n2", Appended(1, 2, "x")), ("n2", Led(2))],
    ],
    "a leader that never spoke of its log": [("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Led(2))],
    "a committing node that never spoke of its log": [
        *[("n2", Recovered(0, None, ())), ("n1", Committed(1, 1)), ("n2", Led(2))],
    ],
    "a leader that restarted and did not say what it recovered": [
        *[("n1", Appended(*A)), ("n2", Appended(*A)), ("n1", Committed(1, 1)), *power_cut("n2"), ("n2", Led(2))],
    ],
    "a restart that did not say what it recovered, before any other word": [
        *[*power_cut("n2"), ("n2", Appended(2, 1, "b")), ("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Led(2))],
    ],
    "a leader that was caught leaving entries out": [
        *[("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Committed(2, 1)), ("n2", Appended(1, 1, "a"))],
        *[("n2", Committed(2, 1)), ("n2", Led(2))],
    ],
    "a leader had truncated what it never spoke of": [
        *[("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Truncated(4)), ("n2", Led(2))],
    ],
    "an uncommitted entry is truncated, and its place is taken": [
        *[("n1", Appended(*A)), ("n2", Appended(*C)), ("n2", Led(2)), ("n1", Truncated(1)), ("n1", Appended(*C))],
        *[("n2", Committed(1, 2)), ("n1", Led(3))],
    ],
    "a truncation is undone by a crash": [
        *[("n1", Appended(*A)), ("n2", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Truncated(1)), *power_cut("n2")],
        *[("n2", Recovered(1, None, ((1, "a"),))), ("n2", Led(2))],
    ],
    "an overwritten entry is gone although nobody said that it was truncated": [
        *[("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Appended(*C)), ("n2", Appended(*C)), ("n2", Committed(1, 2))],
        ("n1", Led(3)),
    ],
    "a later leader has it in a snapshot": [
        *[("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Committed(2, 1)), ("n2", Installed(2, 1)), ("n2", Led(2))],
    ],
    "a later leader has a snapshot of later entries": [
        *[("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Installed(7, 1)), ("n2", Led(2))],
    ],
    "a later leader found it in a snapshot": [
        *[("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Committed(2, 1)), ("n2", Recovered(1, None, ((1, "b"),), 1, 1))],
        ("n2", Led(2)),
    ],
    "a conflicting tail gave way to a snapshot": [
        *[("n2", Appended(*C)), ("n1", Appended(1, 3, "a")), ("n1", Led(3)), ("n1", Committed(1, 3)), ("n2", Installed(1, 3))],
        ("n2", Led(4)),
    ],
    "figure 8, until the entry of term 1 would be committed": [*FIGURE_8, ("n2", EnteredTerm(4)), ("n2", Led(4))],
    "a candidate of a higher term is no leader yet": [*FIGURE_8, ("n2", EnteredTerm(4)), ("n1", Committed(1, 3))],
}

INCOMPLETE = {
    "a later leader's snapshot ends with another entry": (
        [*cluster(2), ("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Installed(1, 2)), ("n2", Led(3))],
        ("LeaderCompleteness(Committed, Led)", -3, -1, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 3"),
    ),
    "a later leader's snapshot ends before it": (
        [*cluster(2), ("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Committed(2, 1)), ("n2", Installed(1, 1)), ("n2", Led(2))],
        ("LeaderCompleteness(Committed, Led)", -3, -1, "n1 committed entry 2 ('b', term 1) in term 1, and n2, leader of term 2"),
    ),
    "a later leader was elected without it": (
        [*cluster(2), ("n1", Led(1)), ("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Led(2))],
        ("LeaderCompleteness(Committed, Led)", -2, -1, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 2"),
    ),
    "figure 8: a later leader without the entry": (
        [*cluster(3), *FIGURE_8, ("n1", Committed(1, 3)), ("n2", EnteredTerm(4)), ("n2", Led(4))],
        ("LeaderCompleteness(Committed, Led)", -3, -1, "n1 committed entry 1 ('v1', term 1) in term 3, and n2, leader of term 4"),
    ),
    "figure 8: the commit after the election": (
        [*cluster(3), *FIGURE_8, ("n2", EnteredTerm(4)), ("n2", Led(4)), ("n1", Committed(1, 3))],
        ("LeaderCompleteness(Led, Committed)", -2, -1, "n1 committed entry 1 ('v1', term 1) in term 3, and n2, leader of term 4"),
    ),
    "what a leader appends after its election does not count": (
        [
            *cluster(2),
            *[("n1", Led(1)), ("n1", Appended(*A)), ("n2", Led(2)), ("n2", Appended(1, 2, "b")), ("n1", Committed(1, 1))],
        ],
        ("LeaderCompleteness(Led, Committed)", -3, -1, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 2"),
    ),
    "a later leader has another entry there": (
        [("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n2", Appended(1, 2, "x")), ("n2", Led(3))],
        ("LeaderCompleteness(Committed, Led)", 1, 3, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 3"),
    ),
    "an entry below the commit index is missing": (
        [
            *[("n1", Appended(*A)), ("n1", Appended(*B)), ("n1", Committed(2, 1)), ("n2", Recovered(0, None, ()))],
            ("n2", Led(2)),
        ],
        ("LeaderCompleteness(Committed, Led)", 2, 4, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 2"),
    ),
    "a follower's word counts from its own term on": (
        [("n2", Appended(*A)), ("n3", Recovered(0, None, ())), ("n2", Committed(1, 2)), ("n3", Led(3))],
        ("LeaderCompleteness(Committed, Led)", 2, 3, "n2 committed entry 1 ('a', term 1) in term 2, and n3, leader of term 3"),
    ),
    "the lowest term in which the commit was known counts": (
        [
            *[("n2", Appended(*A)), ("n1", Appended(*A)), ("n3", Recovered(0, None, ())), ("n2", Committed(1, 3))],
            *[("n3", Led(2)), ("n1", Committed(1, 1))],
        ],
        ("LeaderCompleteness(Led, Committed)", 4, 5, "n1 committed entry 1 ('a', term 1) in term 1, and n3, leader of term 2"),
    ),
    "a restart lost it": (
        [
            *[("n1", Appended(*A)), ("n2", Appended(*A)), ("n1", Committed(1, 1)), *power_cut("n2")],
            *[("n2", Recovered(1, None, ())), ("n2", Led(2))],
        ],
        ("LeaderCompleteness(Committed, Led)", 2, 6, "n1 committed entry 1 ('a', term 1) in term 1, and n2, leader of term 2"),
    ),
}


@pytest.mark.parametrize("happenings", COMPLETE.values(), ids=COMPLETE)
def test_leaders_are_complete_when(happenings):
    assert fold(LeaderCompleteness, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_a_leader_is_incomplete_when(happenings, expected):
    fingerprint, first, second, beginning = expected
    violation, events = fold(LeaderCompleteness, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == (events[first], events[second])
    assert violation.summary == f"{beginning}, was elected without it"


def test_a_snapshot_alone_tells_nothing_of_a_log():
    told = [("n1", Appended(*A)), ("n1", Committed(1, 1)), ("n1", Appended(2, 1, "B")), ("n1", Committed(2, 1))]
    assert fold(LeaderCompleteness, [*told, ("n2", Installed(1, 1, rest=True)), ("n2", Led(2))])[0] is None


HAS = Appended(*A)
COMMITTED = [("n1", HAS), synced("n1"), ("n2", HAS), synced("n2"), ("n1", Committed(1, 1))]


def test_a_leader_without_a_committed_entry_was_elected_by_one_who_had_it():
    assert phrases(
        LeaderCompleteness, *COMMITTED, ("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2)), first=EMPTY_LOGS
    ) == [
        "entry 1 of term 1 was at n1 (step 1) and n2 (step 3) when n1 committed it (step 5): 2 of 3, a majority",
        "n3 became leader of term 2 with the votes of n3 (step 6) and n2 (step 7): 2 of 3, a majority",
        "n2 is in both, and had the entry when it voted at step 7: the log of n3 is empty, its own ends with entry 1 of term 1",
    ]


def test_a_voter_may_have_lost_the_entry_before_it_voted():
    told = phrases(
        LeaderCompleteness,
        *[
            ("n1", HAS),
            synced("n1"),
            ("n2", HAS),
            ("n1", Committed(1, 1)),
            cut("n2", lost=1),
            up("n2"),
            ("n2", Recovered(1, None, ())),
        ],
        *[("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2))],
        first=EMPTY_LOGS,
    )
    fate = "n2 had it from step 3, lost its power at step 5 before that was synced, and restarted without it at step 7"
    assert told[2] == f"n2 is in both, but at its vote the entry was gone: {fate}"


def test_a_voter_may_have_taken_the_entry_after_it_voted():
    told = phrases(
        LeaderCompleteness,
        *[
            ("n1", HAS),
            ("n3", Voted(2, "n3")),
            ("n2", Voted(2, "n3")),
            ("n2", HAS),
            ("n1", Committed(1, 1)),
            ("n3", Led(2)),
        ],
        first=EMPTY_LOGS,
    )
    assert told[2] == "n2 is in both: it voted at step 3, and took the entry after that (step 4)"


def test_an_entry_at_too_few_nodes_needs_nobody_to_outvote_it():
    told = phrases(
        LeaderCompleteness,
        *[("n1", HAS), ("n1", Committed(1, 1)), ("n3", Voted(2, "n3")), ("n2", Voted(2, "n3")), ("n3", Led(2))],
        first=EMPTY_LOGS,
    )
    assert told[0].endswith("was at n1 (step 1) when n1 committed it (step 2): 1 of 3, where a majority is 2")
    assert told[2] == "no node is in both; of two majorities, one would have had to be"
