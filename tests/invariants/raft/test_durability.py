"""What is committed is durable: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import EMPTY_LOGS, cut, fold, phrases, synced, up
from servers import cluster, on_disk, power_cut

from splitbrain.events import Crashed, Declared, Started, Synced
from splitbrain.observations import Appended, Committed, Installed, Led, Recovered, Truncated, Voters
from splitbrain_invariants import CommittedIsDurable

A, B, C = (1, 1, "a"), (2, 1, "b"), (1, 2, "c")  # index, term, command
JOINT = Voters((("n1", "n2", "n3"), ("n1", "n4", "n5")), 1)

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
    "two of the three voters have it, of five nodes": [
        *[Declared(0, ("n1", "n2", "n3"), ()), *cluster(5), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
    ],
    "two of four have it, where two are a quorum": [
        *[Declared(0, ("n1", "n2", "n3", "n4"), ((1, 1), (2, 2), (2, 2), (3, 2))), *cluster(4)],
        *[*on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
    ],
    "a majority of the configuration that its leader counts by has it": [
        *[*cluster(5), ("n1", Led(1)), *on_disk("n1", A), *on_disk("n2", A), ("n1", Voters((("n1", "n2", "n3"),), 1))],
        ("n1", Committed(1, 1)),
    ],
    "a follower that counts by another configuration repeats it": [
        *[*cluster(5), ("n1", Led(1)), *on_disk("n1", A), *on_disk("n2", A), ("n3", Voters((("n1", "n2", "n3"),), 1))],
        ("n2", Committed(1, 1)),
    ],
    "each half of a joint configuration has it": [
        *[*cluster(5), ("n1", Led(1)), ("n1", JOINT), *on_disk("n1", A), *on_disk("n2", A), *on_disk("n5", A)],
        ("n1", Committed(1, 1)),
    ],
    "its leader started again, and has not said by what it counts": [
        *[*cluster(5), ("n1", Voters((("n1", "n2", "n3"),), 1)), *on_disk("n2", A), *power_cut("n1"), ("n1", Led(1))],
        *[("n1", Recovered(1, None, ((1, "a"),))), ("n1", Committed(1, 1))],
    ],
    "a snapshot has it": [*cluster(3), *on_disk("n1", A), ("n2", Installed(4, 1)), ("n1", Committed(1, 1))],
    "who had it finds a snapshot": [
        *[*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1)), *power_cut("n2")],
        ("n2", Recovered(1, None, (), 1, 1)),
    ],
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
    "learners do not count": (
        [
            *[Declared(0, ("n1", "n2", "n3"), ()), *cluster(5), *on_disk("n1", A), *on_disk("n4", A), *on_disk("n5", A)],
            ("n1", Committed(1, 1)),
        ],
        ("CommittedIsDurable(Committed)", [-1], "n1 committed entry 1 ('a', term 1), which is durable on n1 only, of n1, n2, n3"),
    ),
    "a majority is too few where the scenario wants more": (
        [
            *[Declared(0, ("n1", "n2", "n3"), ((1, 1), (2, 2), (1, 3))), *cluster(3), *on_disk("n1", A), *on_disk("n2", A)],
            ("n1", Committed(1, 1)),
        ],
        ("CommittedIsDurable(Committed)", [-1], "is durable on n1, n2 only, of n1, n2, n3"),
    ),
    "its leader counts by a configuration of which no majority has it": (
        [
            *[*cluster(3), ("n1", Led(1)), *on_disk("n1", A), *on_disk("n3", A), ("n1", Voters((("n1", "n2"),), 1))],
            ("n1", Committed(1, 1)),
        ],
        ("CommittedIsDurable(Committed)", [-1], "n1 committed entry 1 ('a', term 1), which is durable on n1 only, of n1, n2"),
    ),
    "the configuration that would do was truncated": (
        [
            *[*cluster(5), ("n1", Led(1)), ("n1", Voters((("n1", "n2", "n3"),), 2)), ("n1", Truncated(2))],
            *[*on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1))],
        ],
        ("CommittedIsDurable(Committed)", [-1], "is durable on n1, n2 only, of n1, n2, n3, n4, n5"),
    ),
    "one half of a joint configuration lacks it": (
        [
            *[*cluster(5), ("n1", Led(1)), ("n1", JOINT), *on_disk("n1", A), *on_disk("n2", A), *on_disk("n3", A)],
            ("n1", Committed(1, 1)),
        ],
        ("CommittedIsDurable(Committed)", [-1], "is durable on n1, n2, n3 only, of n1, n2, n3 and of n1, n4, n5"),
    ),
    "a snapshot's last entry is another one": (
        [*cluster(3), *on_disk("n1", A), *on_disk("n2", A), ("n1", Committed(1, 1)), ("n2", Installed(1, 2))],
        ("CommittedIsDurable(Committed, Installed)", [-2, -1], "n2 took a snapshot without it, so it is durable on n1 only"),
    ),
    "it is not synced, for the sync was asked for before": (
        [
            *[*cluster(3), ("n1", Appended(*A)), Synced(9, "n1", "for another", asked=1), *on_disk("n2", A)],
            ("n1", Committed(1, 1)),
        ],
        ("CommittedIsDurable(Committed)", [-1], "is durable on n2 only, of n1, n2, n3 (n1 had not synced it)"),
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


HAS = Appended(*A)
COMMITTED = [("n1", HAS), synced("n1"), ("n2", HAS), synced("n2"), ("n1", Committed(1, 1))]


@pytest.mark.parametrize(
    ("happenings", "expected"),
    [
        (
            [("n1", HAS), synced("n1"), ("n2", HAS), ("n1", Committed(1, 1))],
            "n1 has it on disk (step 1); n2 has it since step 3, not synced; n3 never had it",
        ),
        (
            [*COMMITTED, ("n2", Truncated(1)), synced("n2")],
            "n1 has it on disk (step 1); n2 had it from step 3 and removed it at step 6; n3 never had it",
        ),
        (
            [*COMMITTED, ("n2", Appended(1, 2, "b")), synced("n2")],
            "n1 has it on disk (step 1); n2 had it from step 3 and overwrote it at step 6; n3 never had it",
        ),
        (
            [*COMMITTED, cut("n2"), up("n2"), ("n2", Recovered(0, None, ()))],
            "n1 has it on disk (step 1); n2 had it from step 3, lost its power at step 6, and restarted without it at step 8; n3 never had it",  # noqa: E501
        ),
    ],
)
def test_an_entry_that_is_not_durable_is_told_node_by_node(happenings, expected):
    fate, count = phrases(CommittedIsDurable, *happenings, first=EMPTY_LOGS)
    assert fate == f"entry 1 of term 1: {expected}"
    assert count == "it is on disk at 1 of 3, where a majority is 2"
