"""Raft's state machines: traces that satisfy each invariant, traces that break it, and what they say when they are asked why."""

import pytest
from handwritten import assert_broken, cut, fold, phrases, synced, up

from splitbrain.events import Crashed, Started
from splitbrain.observations import Appended, Applied, Committed, Installed, Led, Recovered
from splitbrain_invariants import AppliedInOrder, CommitIndexNeverGoesBack, StateMachineSafety

CRASH = Crashed(50, "n1", 0, 0)
AGAIN = Started(51, "n1", 2)
A = Appended(1, 1, "a")

KEPT = {
    "a snapshot ends with what was applied": (
        StateMachineSafety,
        [("n1", Applied(2, 1, "a")), ("n2", Installed(2, 1)), ("n3", Recovered(1, None, (), 2, 1)), ("n3", Applied(2, 1, "a"))],
    ),
    "it is applied after the snapshot": (StateMachineSafety, [("n2", Installed(2, 1)), ("n1", Applied(2, 1, "a"))]),
    "two snapshots": (StateMachineSafety, [("n2", Installed(2, 1)), ("n1", Recovered(3, None, (), 2, 1)), ("n1", Installed(2, 1))]),
    "nothing is recovered": (StateMachineSafety, [("n1", Recovered(3, None, ())), ("n2", Recovered(4, None, ()))]),
    "a snapshot takes a server on": (
        AppliedInOrder,
        [("n1", Applied(5, 1, "e")), ("n1", Installed(50, 3)), ("n1", Applied(51, 3, "z"))],
    ),
    "a snapshot is where a server begins": (AppliedInOrder, [("n1", Installed(50, 3)), ("n1", Applied(51, 3, "z"))]),
    "a server compacts what it has applied": (
        AppliedInOrder,
        [("n1", Applied(1, 1, "a")), ("n1", Applied(2, 1, "b")), ("n1", Installed(1, 1, rest=True)), ("n1", Applied(3, 1, "c"))],
    ),
    "what is no number is applied": (
        StateMachineSafety,
        [("n1", Applied(1, 1, float("nan"))), ("n2", Applied(1, 1, float("nan")))],
    ),
    "a term that is not told is any": (
        StateMachineSafety,
        [("n1", Applied(1, None, "a")), ("n2", Applied(1, 3, "a")), ("n3", Installed(1, 4)), ("n3", Applied(1, None, "a"))],
    ),
    "equal entries are applied": (StateMachineSafety, [("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "a"))]),
    "they are applied again after a restart": (
        StateMachineSafety,
        [("n1", Applied(1, 1, "a")), CRASH, AGAIN, ("n1", Applied(1, 1, "a")), ("n1", Applied(2, 1, "b"))],
    ),
    "entries are applied in order, by each server at its own pace": (
        AppliedInOrder,
        [("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "a")), ("n1", Applied(2, 1, "b")), ("n1", Applied(3, 1, "c"))],
    ),
    "a server goes on behind a state that it stored": (
        AppliedInOrder,
        [("n1", Applied(1, 1, "a")), CRASH, AGAIN, ("n1", Applied(5, 1, "e")), ("n1", Applied(6, 1, "f"))],
    ),
    "the commit index grows": (CommitIndexNeverGoesBack, [("n1", Committed(1, 1)), ("n1", Committed(3, 1))]),
    "commit indexes differ between nodes": (CommitIndexNeverGoesBack, [("n1", Committed(3, 1)), ("n2", Committed(1, 1))]),
    "a restart forgets the commit index": (
        CommitIndexNeverGoesBack,
        [("n1", Committed(3, 1)), CRASH, AGAIN, ("n1", Committed(1, 2))],
    ),
}

BROKEN = {
    "True and 1 are applied": (
        StateMachineSafety,
        [("n1", Applied(1, 1, True)), ("n2", Applied(1, 1, 1))],
        (
            "StateMachineSafety(Applied, Applied)",
            (0, -1),
            "n1 applied True of term 1 at index 1, and n2 1 of term 1",
        ),
    ),
    "a snapshot ends with another entry than was applied": (
        StateMachineSafety,
        [("n1", Applied(2, 1, "a")), ("n2", Installed(2, 3))],
        (
            "StateMachineSafety(Applied, Installed)",
            [0, 1],
            "n1 applied 'a' of term 1 at index 2, and n2 has a snapshot whose last entry is of term 3 there",
        ),
    ),
    "another entry is applied than a snapshot ends with": (
        StateMachineSafety,
        [("n2", Recovered(3, None, (), 2, 3)), ("n1", Applied(2, 1, "a"))],
        (
            "StateMachineSafety(Recovered, Applied)",
            [0, 1],
            "n2 has a snapshot whose last entry is of term 3 at index 2, and n1 applied 'a' of term 1",
        ),
    ),
    "two snapshots end with different entries": (
        StateMachineSafety,
        [("n2", Installed(2, 3)), ("n1", Installed(2, 1))],
        (
            "StateMachineSafety(Installed, Installed)",
            [0, 1],
            "n2 has a snapshot whose last entry is of term 3 at index 2, and n1 has a snapshot whose last entry is of term 1 there",
        ),
    ),
    "an entry is left out behind a snapshot": (
        AppliedInOrder,
        [("n1", Applied(5, 1, "e")), ("n1", Installed(50, 3)), ("n1", Applied(52, 3, "z"))],
        ("AppliedInOrder(Installed, Applied)", [1, 2], "n1 applied entry 52 right after entry 50"),
    ),
    "a snapshot takes a server back": (
        AppliedInOrder,
        [("n1", Applied(5, 1, "e")), ("n1", Installed(3, 1)), ("n1", Applied(4, 1, "d"))],
        ("AppliedInOrder(Applied, Applied)", [0, 2], "n1 applied entry 4 right after entry 5"),
    ),
    "two servers apply different commands, of terms that are not told": (
        StateMachineSafety,
        [("n1", Applied(1, None, "a")), ("n2", Applied(1, 2, "b"))],
        ("StateMachineSafety(Applied, Applied)", [0, 1], "n1 applied 'a' at index 1, and n2 'b' of term 2"),
    ),
    "two servers apply different commands": (
        StateMachineSafety,
        [("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "b"))],
        ("StateMachineSafety(Applied, Applied)", [0, 1], "n1 applied 'a' of term 1 at index 1, and n2 'b' of term 1"),
    ),
    "two servers apply equal commands of different entries": (
        StateMachineSafety,
        [("n1", Applied(1, 1, None)), ("n2", Applied(1, 2, None))],
        ("StateMachineSafety(Applied, Applied)", [0, 1], "n1 applied None of term 1 at index 1, and n2 None of term 2"),
    ),
    "a server applies something else after a restart": (
        StateMachineSafety,
        [("n1", Applied(1, 1, "a")), CRASH, AGAIN, ("n1", Applied(1, 2, "b"))],
        ("StateMachineSafety(Applied, Applied)", [0, 3], "n1 applied 'a' of term 1 at index 1, and n1 'b' of term 2"),
    ),
    "an entry is left out": (
        AppliedInOrder,
        [("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "a")), ("n1", Applied(3, 1, "c"))],
        ("AppliedInOrder(Applied, Applied)", [0, 2], "n1 applied entry 3 right after entry 1"),
    ),
    "an entry is applied twice": (
        AppliedInOrder,
        [("n1", Applied(1, 1, "a")), ("n1", Applied(1, 1, "a"))],
        ("AppliedInOrder(Applied, Applied)", [0, 1], "n1 applied entry 1 right after entry 1"),
    ),
    "a commit index goes back": (
        CommitIndexNeverGoesBack,
        [("n1", Committed(3, 1)), ("n2", Committed(1, 1)), ("n1", Committed(2, 2))],
        ("CommitIndexNeverGoesBack(Committed, Committed)", [0, 2], "n1's commit index went back from 3 to 2"),
    ),
}


def applies(node, *indices):
    return [(node, Applied(index, 1, "a")) for index in indices]


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_different_entries_applied_at_one_index():
    told = phrases(
        StateMachineSafety,
        *[("n1", A), ("n2", A), ("n1", Applied(1, 1, "a")), ("n2", Appended(1, 2, "b")), ("n2", Applied(1, 2, "b"))],
    )
    assert told == [
        "entry 1 of term 1 was at n1 (step 1) and n2 (step 2) when n1 applied it (step 3)",
        "entry 1 of term 2 was at n2 (step 4) when n2 applied it (step 5)",
        "entry 1 of term 1 in the end: n1 has it since step 1, not synced; n2 had it from step 2 and overwrote it at step 4; n3 never had it",  # noqa: E501
    ]


def test_of_entries_whose_terms_are_not_told_nothing_more_is_known():
    assert phrases(StateMachineSafety, ("n1", A), ("n1", Applied(1, None, "a")), ("n2", Applied(1, None, "b"))) == []


def test_one_entry_with_two_commands_names_its_leaders():
    told = phrases(StateMachineSafety, ("n1", Led(1)), ("n1", Applied(1, 1, "a")), ("n2", Applied(1, 1, "b")))
    assert told == ["leader of term 1, whose entry it is, was n1 (step 1) alone"]


def test_a_commit_index_that_went_back():
    told = phrases(CommitIndexNeverGoesBack, ("n1", Committed(2, 1)), ("n1", Committed(1, 1)))
    assert told == ["n1 ran all the time from step 1 to step 2: nothing had made it forget"]


def test_an_entry_that_is_left_out_was_in_the_log_and_committed():
    three = [("n1", Appended(index, 1, "a")) for index in (1, 2, 3)]
    told = phrases(AppliedInOrder, *three, synced("n1"), ("n1", Committed(3, 1)), *applies("n1", 1, 3))
    assert told == [
        "entry 2 of term 1, which it left out: n1 has it on disk (step 2)",
        "at step 7 the log of n1 is t1 t1 t1; its commit index is 3 (step 5)",
    ]


def test_an_entry_that_is_left_out_may_be_unknown():
    assert phrases(AppliedInOrder, ("n1", A), *applies("n1", 1, 4)) == [
        "entry 2, which it left out, is not known to be in its log",
    ]


def test_an_entry_that_is_applied_again_had_been_applied_since_the_start():
    assert phrases(AppliedInOrder, *applies("n1", 1, 2, 1)) == ["n1 had applied entry 1 at step 1 already"]
    told = phrases(AppliedInOrder, *applies("n1", 1, 2), cut("n1"), up("n1"), ("n1", Committed(3, 2)), *applies("n1", 2, 3, 2))
    assert told == [
        "n1 had applied entry 2 at step 6 already",
        "at step 8 the log of n1 is empty; its commit index is 3 (step 5)",
    ]
