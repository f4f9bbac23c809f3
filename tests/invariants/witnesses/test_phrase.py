"""Words for witnesses."""

import msgspec
import pytest

from splitbrain_invariants.witnesses.phrase import at, ballot, entry, in_slot, listed, quorum, quorums, when


class Numbered(msgspec.Struct, frozen=True):
    round: int
    owner: str


@pytest.mark.parametrize(
    ("items", "expected"), [(["n1"], "n1"), (["n1", "n2"], "n1 and n2"), (["n1", "n2", "n3"], "n1, n2 and n3")]
)
def test_a_list_ends_with_and(items, expected):
    assert listed(items) == expected


def test_the_start_is_no_step():
    assert when(0) == "from the start"
    assert when(3) == "step 3"
    assert at({"n1": 0, "n2": 4}) == "n1 (from the start) and n2 (step 4)"


@pytest.mark.parametrize(
    ("count", "size", "expected"),
    [
        (2, 3, "2 of 3, a majority"),
        (1, 1, "1 of 1, a majority"),
        (2, 4, "2 of 4, where a majority is 3"),
        (0, 5, "0 of 5, where a majority is 3"),
    ],
)
def test_a_quorum_is_held_against_a_majority(count, size, expected):
    assert quorum(count, size) == expected


@pytest.mark.parametrize(
    ("count", "size", "least", "expected"),
    [
        (2, 3, 2, "2 of 3, a majority"),
        (2, 4, 2, "2 of 4, a quorum"),
        (1, 4, 2, "1 of 4, where a quorum is 2"),
        (3, 4, 4, "3 of 4, where a quorum is 4"),
    ],
)
def test_a_quorum_is_held_against_what_was_declared(count, size, least, expected):
    assert quorum(count, size, least) == expected


def test_each_group_of_a_joint_configuration_is_counted():
    told = quorums((("n1", "n2", "n3"), ("n1", "n4")), {"n1", "n3", "n5"}, lambda voters: voters // 2 + 1)
    assert told == "2 of 3, a majority, and 1 of 2, where a majority is 2"


def test_an_entry_has_its_command_where_that_is_known():
    assert entry(1, 2, {(1, 2): "a"}) == "entry 1 ('a', term 2)"
    assert entry(1, 2, {(1, 2): None}) == "entry 1 (None, term 2)"
    assert entry(1, 2, {(1, 1): "a"}) == "entry 1 (term 2)"


@pytest.mark.parametrize(
    ("thing", "expected"),
    [
        ((2, "n1"), "2.n1"),
        ([2, "n1"], "2.n1"),
        (Numbered(2, "n1"), "2.n1"),
        ((2, ""), "2"),
        (7, "7"),
        ("b", "'b'"),
        (None, "None"),
        ((), "()"),
        ((1, (2, 3)), "(1, (2, 3))"),
        ("x" * 60, "'" + "x" * 39),
    ],
)
def test_a_ballot_of_any_type_is_written_with_dots_or_else_as_it_is(thing, expected):
    assert ballot(thing) == expected


@pytest.mark.parametrize(
    ("count", "size", "least", "expected"),
    [
        (2, 4, 2, "2 of 4, a quorum"),
        (1, 4, 2, "1 of 4, where a quorum is 2"),
        (3, 5, 4, "3 of 5, where a quorum is 4"),
        (3, 4, 3, "3 of 4, a majority"),
    ],
)
def test_a_quorum_that_is_no_majority_is_not_called_one(count, size, least, expected):
    assert quorum(count, size, least) == expected


def test_a_slot_is_named_where_there_is_one():
    assert [in_slot(slot) for slot in (None, 1, "1", True)] == ["", " in slot 1", " in slot '1'", " in slot True"]
