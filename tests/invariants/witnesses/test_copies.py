"""What became of one log entry at each node: its copies, and that in words."""

import pytest
from handwritten import cut, synced, trace, up

from splitbrain.events import Synced
from splitbrain.observations import Appended, Installed, Recovered, Truncated
from splitbrain_invariants.witnesses.copies import Copy, copies, fate, fates, last_entry, log, terms

A = Appended(1, 1, "a")
B = Appended(1, 2, "b")
FOUND, EMPTY = Recovered(1, None, ((1, "a"),)), Recovered(1, None, ())

CASES = {
    "it is appended": ([A], Copy(1), "n1 has it since step 1, not synced"),
    "it is synced": ([A, synced("n1")], Copy(1, durable=2), "n1 has it on disk (step 1)"),
    "it is found on disk": ([FOUND], Copy(1, durable=1), "n1 has it on disk (step 1)"),
    "it is removed": ([A, Truncated(1)], Copy(1, lost=2, how="removed it"), "n1 had it from step 1 and removed it at step 2"),
    "it is overwritten": ([A, B], Copy(1, lost=2, how="overwrote it"), "n1 had it from step 1 and overwrote it at step 2"),
    "it comes back": ([A, B, A], Copy(3), "n1 has it since step 3, not synced"),
    "the power goes before the sync": (
        [A, cut("n1")],
        Copy(1, off=2),
        "n1 had it from step 1, and lost its power at step 2 before that was synced",
    ),
    "the power goes after the sync": (
        [A, synced("n1"), cut("n1")],
        Copy(1, durable=2, off=3),
        "n1 had it from step 1, and lost its power at step 3",
    ),
    "it is found again": ([A, synced("n1"), cut("n1"), up("n1"), FOUND], Copy(1, durable=2), "n1 has it on disk (step 1)"),
    "an unsynced write survived": ([A, cut("n1"), up("n1"), FOUND], Copy(1, durable=4), "n1 has it on disk (step 1)"),
    "it is not found": (
        [A, cut("n1"), up("n1"), EMPTY],
        Copy(1, off=2, lost=4, how="restarted without it"),
        "n1 had it from step 1, lost its power at step 2 before that was synced, and restarted without it at step 4",
    ),
    "another is appended before it says what it found": (
        [A, cut("n1"), up("n1"), B],
        Copy(1, off=2),
        "n1 had it from step 1, and lost its power at step 2 before that was synced",
    ),
    "the sync had been asked for before": (
        [B, A, lambda step: Synced(step, "n1", "for another", asked=1)],
        Copy(2),
        "n1 has it since step 2, not synced",
    ),
    "a snapshot has it": ([Installed(4, 1)], Copy(1, durable=1), "n1 has it on disk (step 1)"),
    "a snapshot takes its place": ([A, Installed(4, 1)], Copy(1, durable=2), "n1 has it on disk (step 1)"),
    "a snapshot's last entry is another one": (
        [A, Installed(1, 2)],
        Copy(1, lost=2, how="took a snapshot without it"),
        "n1 had it from step 1 and took a snapshot without it at step 2",
    ),
    "a sync comes too late": (
        [A, cut("n1"), synced("n1")],
        Copy(1, off=2),
        "n1 had it from step 1, and lost its power at step 2 before that was synced",
    ),
}


def events(happenings):
    """What n1 says, and what happens to it."""
    return trace(*(each if callable(each) else ("n1", each) for each in happenings))


@pytest.mark.parametrize(("happenings", "copy", "words"), CASES.values(), ids=CASES)
def test_a_copy_is_followed_when(happenings, copy, words):
    assert copies(events(happenings), 1, 1) == {"n1": copy}
    assert fate("n1", copy) == words


@pytest.mark.parametrize(
    ("happenings", "held"),
    [
        ([A], True),
        ([A, synced("n1"), cut("n1")], True),
        ([A, cut("n1")], False),
        ([A, Truncated(1)], False),
    ],
)
def test_a_copy_is_held_unless_it_is_lost_or_may_be(happenings, held):
    assert copies(events(happenings), 1, 1)["n1"].held is held


def test_who_has_another_entry_there_never_had_it():
    assert copies(events([B]), 1, 1) == {}
    assert fates(events([B]), 1, 1) == "n1, n2 and n3 never had it"


def test_what_a_node_had_from_the_start_is_said_so():
    assert fate("n1", Copy(0, durable=0, lost=3, how="removed it")) == "n1 had it from the start and removed it at step 3"


def test_the_end_of_a_log_is_its_length_and_last_term():
    assert last_entry(events([]), "n1") == "is empty"
    assert last_entry(events([A, Appended(2, 3, "c")]), "n1") == "ends with entry 2 of term 3"


def test_a_log_is_shown_by_its_terms_and_a_long_one_by_its_end():
    assert terms(events([]), "n1") == "the log of n1 is empty"
    assert terms(events([Appended(2, 1, "b")]), "n1") == "the log of n1 is t? t1"
    long = [Appended(index, index, "x") for index in range(1, 12)]
    assert terms(events(long), "n1") == "the log of n1 is 3 more t4 t5 t6 t7 t8 t9 t10 t11"


def test_a_log_is_as_its_node_told_it_last():
    assert log(events([A, Appended(2, 1, "b"), Truncated(2)]), "n1").terms == [1]
    assert log(events([A]), "n2").terms == []
