"""What is committed and applied: traces that satisfy each invariant, traces that break it, and what they say when asked why."""

import pytest
from handwritten import EMPTY_LOGS, assert_broken, fold, phrases
from servers import cluster, power_cut

from splitbrain.observations import Appended, Applied, Committed, Installed, Recovered, Truncated
from splitbrain_invariants import AppliedIsCommitted, CommitWithinLog

A, B = ("n1", Appended(1, 1, "a")), ("n1", Appended(2, 1, "b"))

KEPT = {
    "a log is committed to its end": (CommitWithinLog, [*cluster(1), A, B, ("n1", Committed(2, 1))]),
    "what was recovered is committed": (CommitWithinLog, [("n1", Recovered(1, None, ((1, "a"),))), ("n1", Committed(1, 1))]),
    "a snapshot is committed": (CommitWithinLog, [*cluster(1), A, ("n1", Installed(50, 3)), ("n1", Committed(50, 3))]),
    "a log behind a snapshot is committed": (
        CommitWithinLog,
        [("n1", Recovered(3, None, ((3, "a"),), 50, 3)), ("n1", Appended(52, 3, "b")), ("n1", Committed(52, 3))],
    ),
    "what is behind a snapshot of its own is still there": (
        CommitWithinLog,
        [*cluster(1), A, B, ("n1", Installed(1, 1, rest=True)), ("n1", Committed(2, 1))],
    ),
    "who did not say what it recovered may hold anything": (
        CommitWithinLog,
        [*cluster(1), A, *power_cut("n1"), B, ("n1", Committed(7, 1))],
    ),
    "who never spoke of its log may hold anything": (CommitWithinLog, [*cluster(1, silent=("n1",)), ("n1", Committed(7, 1))]),
    "who removes what it never told of may hold anything": (
        CommitWithinLog,
        [*cluster(1), A, ("n1", Truncated(5)), ("n1", Committed(3, 1))],
    ),
    "what is truncated behind the end changes nothing": (
        CommitWithinLog,
        [*cluster(1), A, ("n1", Truncated(2)), ("n1", Committed(1, 1))],
    ),
    "what is committed is applied": (AppliedIsCommitted, [("n1", Committed(2, 1)), *[("n1", Applied(i, 1, "a")) for i in (1, 2)]]),
    "a restart does not make it less committed": (
        AppliedIsCommitted,
        [("n1", Committed(2, 1)), ("n1", Applied(1, 1, "a")), *power_cut("n1"), ("n1", Applied(2, 1, "a"))],
    ),
    "a commit index that went back has been there": (
        AppliedIsCommitted,
        [("n1", Committed(2, 1)), *power_cut("n1"), ("n1", Committed(1, 1)), ("n1", Applied(2, 1, "a"))],
    ),
    "who never says what it committed may apply anything": (
        AppliedIsCommitted,
        [("n2", Committed(1, 1)), ("n1", Applied(7, 1, "a"))],
    ),
}

BROKEN = {
    "an empty log is committed": (
        CommitWithinLog,
        [*cluster(1), ("n1", Committed(7, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 7, but its log ends with entry 0"),
    ),
    "more is committed than the log holds": (
        CommitWithinLog,
        [*cluster(1), A, B, ("n1", Committed(3, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 3, but its log ends with entry 2"),
    ),
    "what was truncated is committed": (
        CommitWithinLog,
        [*cluster(1), A, B, ("n1", Truncated(2)), ("n1", Committed(2, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 2, but its log ends with entry 1"),
    ),
    "all is truncated": (
        CommitWithinLog,
        [*cluster(1), A, B, ("n1", Truncated(0)), ("n1", Committed(1, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 1, but its log ends with entry 0"),
    ),
    "what a snapshot took the place of is committed": (
        CommitWithinLog,
        [*cluster(1), A, B, ("n1", Installed(1, 1)), ("n1", Committed(2, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 2, but its log ends with entry 1"),
    ),
    "what is not recovered is committed": (
        CommitWithinLog,
        [*cluster(1), A, *power_cut("n1"), ("n1", Recovered(1, None, ())), ("n1", Committed(1, 1))],
        ("CommitWithinLog(Committed)", [-1], "n1 committed up to entry 1, but its log ends with entry 0"),
    ),
    "more is applied than was committed": (
        AppliedIsCommitted,
        [("n1", Committed(1, 1)), ("n1", Applied(1, 1, "a")), ("n1", Applied(2, 1, "b"))],
        (
            "AppliedIsCommitted(Committed, Applied)",
            [0, 2],
            "n1 applied entry 2 ('b'), and had committed up to entry 1 only",
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_they_say_what_the_log_was():
    told = phrases(CommitWithinLog, A, B, ("n1", Committed(3, 1)), first=EMPTY_LOGS)
    assert told == ["at step 3 the log of n1 is t1 t1"]
    told = phrases(AppliedIsCommitted, A, B, ("n1", Committed(1, 1)), ("n1", Applied(2, 1, "b")), first=EMPTY_LOGS)
    assert told == ["at step 4 the log of n1 is t1 t1"]
