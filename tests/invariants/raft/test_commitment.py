"""What Raft's *committed* must mean: traces that satisfy leader completeness and durability, and traces that break them."""

import pytest

from splitbrain.events import Crashed, Observed, Started, Synced
from splitbrain.invariant import Monitor
from splitbrain.observations import Appended, Committed, EnteredTerm, Led, Recovered, Truncated
from splitbrain_invariants import CommittedIsDurable, LeaderCompleteness


def fold(invariant, happenings):
    """The violation, which must come at the last happening; a pair is an observation at its place, from step 1."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


def cluster(size, silent=()):
    """The first start of n1, n2, ...; all but the silent ones say that their disks are empty."""
    happenings = []
    for node in (f"n{number}" for number in range(1, size + 1)):
        happenings.append(Started(0, node, 1))
        if node not in silent:
            happenings.append((node, Recovered(0, None, ())))
    return happenings


def on_disk(node, *entries):
    return [*((node, Appended(*entry)) for entry in entries), Synced(7, node, None)]


def power_cut(node, kept=0, lost=0):
    return [Crashed(8, node, kept, lost), Started(9, node, 2)]


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
    "figure 8, until the entry of term 1 would be committed": [*FIGURE_8, ("n2", EnteredTerm(4)), ("n2", Led(4))],
    "a candidate of a higher term is no leader yet": [*FIGURE_8, ("n2", EnteredTerm(4)), ("n1", Committed(1, 3))],
}

INCOMPLETE = {
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

DURABLE = {
    "a majority has synced it": [*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
    "the leader itself has not synced it": [
        *[*cluster(3), ("n1", Appended(*A)), *on_disk("n2", A), *on_disk("n3", A), ("n1", Committed(1, 1))],
    ],
    "a crash takes what only the minority had": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n3", Appended(*A)), ("n1", Committed(1, 1))],
        *[*power_cut("n3", lost=1), ("n3", Recovered(1, None, ()))],
    ],
    "it is recovered after a crash": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1)), *power_cut("n2")],
        *[("n2", Recovered(1, None, ((1, "a"),))), ("n2", Committed(1, 1))],
    ],
    "a node that is down has it on disk": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), Crashed(8, "n2", 0, 0), ("n1", Committed(1, 1))],
    ],
    "a crash kept an unsynced write, which may be this one": [
        *[*cluster(3), *on_disk("n1", A), ("n2", Appended(*A)), Crashed(8, "n2", 1, 0), ("n1", Committed(1, 1))],
    ],
    "a crash kept it, and a second one comes before the node could say so": [
        *[*cluster(3), *on_disk("n1", A), ("n2", Appended(*A)), *power_cut("n2", kept=1), Crashed(9, "n2", 0, 0)],
        ("n1", Committed(1, 1)),
    ],
    "what is recovered is durable": [
        *[*cluster(3), *on_disk("n1", A), ("n2", Appended(*A)), *power_cut("n2", kept=1)],
        *[("n2", Recovered(1, None, ((1, "a"),))), ("n1", Committed(1, 1))],
    ],
    "a restarted node does not say what it recovered": [
        *[*cluster(3), *on_disk("n1", A), *power_cut("n2"), ("n1", Committed(1, 1)), ("n2", Appended(2, 1, "b"))],
    ],
    "other nodes never speak of their logs": [*cluster(3, silent=("n2", "n3")), *on_disk("n1", A), ("n1", Committed(1, 1))],
    "nobody speaks of logs": [*cluster(3, silent=("n1", "n2", "n3")), ("n1", Committed(1, 1))],
    "a node was caught leaving entries out": [
        *[*cluster(3), *on_disk("n1", A, B), *on_disk("n2", (3, 1, "c")), ("n1", Committed(2, 1))],
    ],
    "a node that had not acknowledged it truncates it": [
        # In Figure 8 (a later leader) this is what may happen to a copy that no commit counted.
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), *on_disk("n3", A), ("n1", Committed(1, 1))],
        *[("n3", Truncated(1)), Synced(8, "n3", None)],
    ],
    "it is removed and appended again before the next sync": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
        *[("n2", Truncated(1)), ("n2", Appended(*A)), Synced(8, "n2", None), ("n2", Committed(1, 1))],
    ],
    "a truncation is undone by a crash": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1)), ("n2", Truncated(1))],
        *[*power_cut("n2", lost=1), ("n2", Recovered(1, None, ((1, "a"),)))],
    ],
    "uncommitted entries come and go": [
        *[*cluster(3), *on_disk("n1", A, B), *on_disk("n2", A), ("n1", Committed(1, 1)), ("n1", Truncated(2))],
        *[Synced(8, "n1", None), *on_disk("n1", (2, 2, "x"))],
    ],
    "a cluster of one": [*cluster(1), *on_disk("n1", A), ("n1", Committed(1, 1))],
    "three of five": [
        *[*cluster(5), *on_disk("n1", A), *on_disk("n4", A), *on_disk("n5", A), ("n1", Committed(1, 1))],
    ],
}

NOT_DURABLE = {
    "a follower acknowledged before it synced": (
        [*cluster(3), *on_disk("n1", A), ("n3", Appended(*A)), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n1 only, of n1, n2, n3 (n3 had not synced it)"),
    ),
    "the leader counted itself before it synced": (
        [*cluster(3), ("n1", Appended(*A)), *on_disk("n3", A), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n3 only, of n1, n2, n3 (n1 had not synced it)"),
    ),
    "nobody else has it": (
        [*cluster(3), *on_disk("n1", A), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "n1 committed entry 1 ('a', term 1), which is durable on n1 only, of n1, n2, n3"),
    ),
    "two of four are no majority": (
        [*cluster(4), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n1, n2 only, of n1, n2, n3, n4"),
    ),
    "another entry is at that index": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n2", C), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n1 only"),
    ),
    "a follower commits what only it has": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n2", C), *on_disk("n3", C), ("n1", Committed(1, 2))],
        ("CommittedIsDurable(Committed)", [-1], "n1 committed entry 1 ('a', term 1), which is durable on n1 only"),
    ),
    "only the first of two entries is durable": (
        [*cluster(3), *on_disk("n1", A, B), *on_disk("n3", A), ("n1", Committed(1, 1)), ("n1", Committed(2, 1))],
        ("CommittedIsDurable(Committed)", [-1], "n1 committed entry 2 ('b', term 1), which is durable on n1 only"),
    ),
    "a crash took what had not been synced": (
        [*cluster(3), *on_disk("n1", A), ("n2", Appended(*A)), Crashed(8, "n2", 0, 1), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n1 only, of n1, n2, n3"),
    ),
    "a follower removes it": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n3", A), ("n1", Committed(1, 1)), ("n3", Truncated(1)), Synced(8, "n3", None)],
        ("CommittedIsDurable(Committed, Truncated)", [-3, -2], "n3 removed it, so it is durable on n1 only, of n1, n2, n3"),
    ),
    "a follower had removed it, and an old acknowledgement counts": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n3", A), ("n3", Truncated(1)), Synced(8, "n3", None), ("n1", Committed(1, 1))],
        ("CommittedIsDurable(Committed)", [-1], "durable on n1 only, of n1, n2, n3"),
    ),
    "a follower overwrites it": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n3", A), ("n1", Committed(1, 1)), *on_disk("n3", C)],
        ("CommittedIsDurable(Committed, Appended)", [-3, -2], "n3 removed it, so it is durable on n1 only"),
    ),
    "a node restarts without it": (
        [
            *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1)), *power_cut("n2")],
            ("n2", Recovered(1, None, ())),
        ],
        ("CommittedIsDurable(Committed, Recovered)", [-4, -1], "n2 restarted without it, so it is durable on n1 only"),
    ),
    "a benefit of the doubt is withdrawn": (
        [
            *[*cluster(3), *on_disk("n1", A), ("n2", Appended(*A)), Crashed(8, "n2", 1, 1), ("n1", Committed(1, 1))],
            *[Started(9, "n2", 2), ("n2", Recovered(1, None, ()))],
        ],
        ("CommittedIsDurable(Committed, Recovered)", [-3, -1], "n2 restarted without it, so it is durable on n1 only"),
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


@pytest.mark.parametrize("happenings", DURABLE.values(), ids=DURABLE)
def test_what_is_committed_is_durable_when(happenings):
    assert fold(CommittedIsDurable, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), NOT_DURABLE.values(), ids=NOT_DURABLE)
def test_what_is_committed_is_not_durable_when(happenings, expected):
    fingerprint, places, words = expected
    violation, events = fold(CommittedIsDurable, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == tuple(events[place] for place in places)
    assert words in violation.summary
