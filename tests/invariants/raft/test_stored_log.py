"""A node's log and its disk: every state, and what each event does in it."""

import pytest

from splitbrain_invariants.raft.stored_log import State, StoredLog

A, B, C = (1, 1), (2, 1), (1, 2)  # index, term


def stored(*changes):
    """A log after these changes: an entry to append, an event, or an event with its argument."""
    it = StoredLog()
    for change in changes:
        match change:
            case str(event):
                getattr(it, event)()
            case str(event), *arguments:
                getattr(it, event)(*arguments)
            case index, term:
                it.append(index, term)
    return it


def torn(kept=1):
    return ("lose_power", kept)


FOUND = ("recover", [(1, "a")])

IN_STATE = {
    State.RUNNING: {
        "at first": [],
        "it appends and syncs": [A, "sync", B],
        "it said what it found": [A, "sync", torn(0), "start_again", FOUND],
        "it said what it found, and nobody saw it start": [A, "sync", torn(0), FOUND],
    },
    State.OFF: {
        "its power went": [A, "sync", torn(0)],
        "its power went, and it had said nothing": [torn(0)],
        "what it had appended there is not held against the trace": [torn(0), A, "sync"],
    },
    State.UNKNOWN: {
        "it has not said what it found": [A, "sync", torn(0), "start_again"],
        "it goes on without having said that": [A, "sync", torn(0), "start_again", B, "sync"],
        "nobody saw its power go": ["start_again"],
        "its power went when it had left entries out": [B, "sync", torn(0)],
        "its power went before it said what it found": [A, "sync", torn(0), "start_again", torn(0)],
        "its power went twice": [A, "sync", torn(0), torn(0)],
    },
}


@pytest.mark.parametrize(
    ("state", "changes"), [(state, changes) for state, cases in IN_STATE.items() for changes in cases.values()],
    ids=[case for cases in IN_STATE.values() for case in cases],
)  # fmt: skip
def test_is_in_that_state_when(state, changes):
    assert stored(*changes).state is state


HELD = {
    "it is synced": [A, "sync"],
    "it is found": [FOUND],
    "it is removed, and comes back before the sync": [A, "sync", ("truncate", 1), A],
    "its power went after the sync": [A, "sync", torn(0)],
    "its power went before a truncation was synced": [A, "sync", ("truncate", 1), torn(0)],
    "some unsynced write survived, which may be this one": [A, torn()],
    "it does not say what it found": [A, torn(0), "start_again"],
    "it appends something else without saying what it found": [torn(0), "start_again", C, "sync"],
    "it was caught leaving entries out, of which this may be one": [B, "sync"],
    "it is in a snapshot that came": [("install", 3, 2, False)],
    "it is the last of a snapshot": [("install", *A, False)],
    "it is in a snapshot of the node's own": [A, B, ("install", *B, True)],
    "it is in a snapshot, and the power went": [("install", 3, 2, False), torn(0)],
    "it is in a snapshot that was found": [("recover", [], 3, 2)],
    "the node asked for the sync in the step in which it appended it": [("append", *A, 4), ("sync", 4)],
    "the node asked for a sync before it appended another one": [("append", *A, 4), ("append", *B, 5), ("sync", 4)],
    "it may have been on the disk before another took its place there": [
        *[("append", *B, 4), ("append", *C, 6), ("sync", 5), torn(0)],
    ],
}

NOT_HELD = {
    "it never was appended": [],
    "another one is there": [C, "sync"],
    "it is not synced": [A],
    "it is removed, synced or not": [A, "sync", ("truncate", 1)],
    "its removal is synced": [A, "sync", ("truncate", 1), "sync"],
    "another one takes its place": [A, "sync", C],
    "its power went before the sync": [A, torn(0)],
    "another one was being written when the power went": [C, torn()],
    "it is not found": [A, "sync", torn(0), "start_again", ("recover", [])],
    "another one is the last of a snapshot": [A, "sync", ("install", *C, False)],
    "a snapshot took the place of what was before it": [A, "sync", ("install", 0, 0, False)],
    "the node had asked for the sync before it appended it": [("append", *A, 5), ("sync", 4)],
    "another one was synced, which was there when the node asked": [("append", *C, 4), ("append", 2, 2, 6), ("sync", 5)],
}


@pytest.mark.parametrize("changes", HELD.values(), ids=HELD)
def test_an_entry_is_durable_when(changes):
    assert stored(*changes).durable(*A)


@pytest.mark.parametrize("changes", NOT_HELD.values(), ids=NOT_HELD)
def test_an_entry_is_not_durable_when(changes):
    assert not stored(*changes).durable(*A)


def test_what_lies_beyond_a_log_with_gaps_may_be_there_too():
    gaps = stored((3, 1), "sync")
    assert gaps.durable(1, 7)
    assert gaps.durable(4, 7)
    assert not gaps.durable(3, 7)


def test_an_entry_is_in_the_log_before_it_is_durable():
    assert stored(A).log.has(*A)
    assert not stored(A).log.has(*C)
    assert not stored(A, torn()).log.has(*A)


def test_a_sync_says_what_has_left_the_disk():
    it = stored(A, B, "sync", ("truncate", 2))
    assert it.sync() == [B]
    assert it.sync() == []


def test_a_sync_is_silent_about_what_came_back():
    assert stored(A, B, "sync", ("truncate", 1), A).sync() == [B]


def test_an_append_says_whether_it_replaced_anything():
    it = StoredLog()
    assert not it.append(*A)
    assert not it.append(*B)
    assert not it.append(*A)
    assert it.append(*C)


def test_a_truncation_says_whether_it_removed_anything():
    it = stored(A)
    assert not it.truncate(2)
    assert it.truncate(1)
    assert not it.truncate(1)


COMPLETE = {
    "the disk is as it was": ([A, "sync", torn(0)], [(1, "a")]),
    "what had not been synced is gone": ([A, "sync", B, torn(0)], [(1, "a")]),
    "what had not been synced has survived": ([A, "sync", B, torn()], [(1, "a"), (1, "b")]),
    "there is more than it had told of": ([A, "sync", torn(0)], [(1, "a"), (1, "b")]),
    "it had said nothing": ([], []),
}

INCOMPLETE = {
    "what had been synced is gone": ([A, B, "sync", torn(0)], [(1, "a")]),
    "another entry is in its place": ([A, "sync", torn(0)], [(2, "c")]),
    "it is gone although nobody saw the power go": ([A, "sync"], []),
    "what may have survived, and was reckoned with, has not": ([A, "sync", B, torn()], [(1, "a")]),
}


@pytest.mark.parametrize(("changes", "found"), COMPLETE.values(), ids=COMPLETE)
def test_nothing_is_missing_after_a_restart_when(changes, found):
    assert not stored(*changes).recover(found)


@pytest.mark.parametrize(("changes", "found"), INCOMPLETE.values(), ids=INCOMPLETE)
def test_something_is_missing_after_a_restart_when(changes, found):
    assert stored(*changes).recover(found)


@pytest.mark.parametrize(("changes", "known"), [([A], True), ([A, torn(0)], True), ([A, torn(0), "start_again"], False)])
def test_a_node_is_known_unless_it_kept_something_back(changes, known):
    assert stored(*changes).known is known


def test_a_sync_that_was_asked_for_earlier_leaves_the_later_entries_to_the_next():
    it = stored(("append", *A, 4), ("append", *B, 6), ("sync", 5))
    assert (it.durable(*A), it.durable(*B)) == (True, False)
    it.sync(6)
    assert it.durable(*B)


def test_a_sync_that_was_asked_for_earlier_knows_nothing_of_a_later_truncation():
    it = stored(("append", *A, 3), ("append", *B, 4), "sync", ("truncate", 2, 6))
    assert it.sync(5) == []
    assert it.sync(6) == [B]


def test_a_snapshot_says_whether_anything_behind_it_is_gone():
    it = stored(A, B)
    assert not it.install(*A, True)
    assert it.install(*A, False)
    assert not it.install(7, 2, False)


def test_what_is_behind_a_snapshot_is_gone_from_the_disk_with_the_next_sync():
    assert stored(A, B, "sync", ("install", *A, False)).sync() == [B]


@pytest.mark.parametrize(
    ("changes", "found", "missing"),
    [
        ([A, B, "sync", torn(0)], ([(1, "b")], 1, 1), False),
        ([A, B, "sync", torn(0)], ([], 2, 1), False),
        ([A, B, "sync", torn(0)], ([], 1, 1), True),
        ([A, B, "sync", torn(0)], ([(1, "b")], 1, 2), True),
        ([A, B, "sync", ("install", *A, True), torn(0)], ([(1, "a"), (1, "b")],), False),
        ([A, B, "sync", ("install", *A, True), torn(0)], ([(2, "a"), (1, "b")],), True),
        ([("install", 7, 2, False), torn(0)], ([],), True),
        ([("install", 7, 2, False), torn(0)], ([], 9, 2), False),
    ],
    ids=[
        "a snapshot has the first of two",
        "a snapshot has both",
        "a snapshot has the first alone",
        "a snapshot contradicts",
        "a snapshot of its own is undone",
        "what was in its snapshot is another one",
        "a snapshot is gone",
        "a later snapshot",
    ],
)
def test_snapshots_are_compared_with_what_is_found(changes, found, missing):
    assert stored(*changes).recover(*found) is missing
