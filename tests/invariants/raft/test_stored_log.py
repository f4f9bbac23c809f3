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
            case str(event), argument:
                getattr(it, event)(argument)
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
