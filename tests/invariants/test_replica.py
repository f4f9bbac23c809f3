"""What is known of a node's log: entries come and go, and what the node left out is not held against it."""

import pytest

from splitbrain_invariants.replica import Replica


def replica(*terms):
    """A log with entries of these terms, told one after another."""
    it = Replica()
    for index, term in enumerate(terms, 1):
        it.append(index, term)
    return it


@pytest.mark.parametrize(
    ("index", "term", "changed", "terms"),
    [
        (3, 2, 3, [1, 1, 2]),
        (2, 1, 0, [1, 1]),
        (2, 2, 2, [1, 2]),
        (1, 2, 1, [2]),
        (4, 2, 3, [1, 1, None, 2]),
        (0, 2, 0, [1, 1]),
    ],
    ids=["behind the last", "again", "in its place", "in an earlier place", "further on", "nowhere"],
)
def test_an_entry_is_appended(index, term, changed, terms):
    it = replica(1, 1)
    assert it.append(index, term) == changed
    assert it.terms == terms
    assert it.whole is (None not in terms)


@pytest.mark.parametrize(
    ("index", "changed", "terms", "whole"),
    [(2, 2, [1], True), (0, 1, [], True), (3, 0, [1, 1], True), (4, 0, [1, 1], False)],
    ids=["from an entry on", "all of it", "behind the last", "where something was that had been left out"],
)
def test_a_log_is_truncated(index, changed, terms, whole):
    it = replica(1, 1)
    assert it.truncate(index) == changed
    assert (it.terms, it.whole) == (terms, whole)


def test_a_crash_leaves_nothing_that_is_known():
    it = replica(1)
    it.crash()
    assert not it.has(1, 1)
    assert not it.lacks(1, 1)


def test_what_is_recovered_is_the_whole_log():
    it = replica(1)
    it.crash()
    it.recover([(2, "a")])
    assert it.has(1, 2)
    assert it.lacks(1, 1)
    assert it.lacks(2, 2)


def test_an_entry_of_an_unknown_term_is_neither_there_nor_lacking():
    it = Replica()
    it.append(2, 1)
    assert not it.has(1, 1)
    assert not it.lacks(1, 1)


def test_committed_entries_are_the_known_ones_up_to_the_index_newest_first():
    it = replica(1)
    it.append(3, 2)
    assert list(it.committed(2)) == [(1, 1)]
    assert list(it.committed(3)) == [(3, 2), (1, 1)]


def test_who_commits_more_than_it_told_of_has_left_something_out():
    it = replica(1)
    assert it.lacks(2, 1)
    assert list(it.committed(2)) == [(1, 1)]
    assert not it.lacks(2, 1)


def test_a_snapshot_stays_as_it_was():
    it = replica(1)
    then = it.snapshot()
    it.append(2, 1)
    assert then.terms == [1]
    assert then.lacks(2, 1)


def behind(base, base_term, *terms):
    """A log that begins behind a snapshot."""
    it = Replica()
    it.recover([(term, None) for term in terms], base, base_term)
    return it


@pytest.mark.parametrize(
    ("index", "rest", "changed", "last", "terms"),
    [
        (2, True, 0, 3, [2]),
        (3, True, 0, 3, []),
        (2, False, 3, 2, []),
        (3, False, 0, 3, []),
        (7, False, 0, 7, []),
        (7, True, 0, 7, []),
    ],
    ids=["within, the rest stays", "all of it", "within, the rest goes", "all, no rest", "beyond", "beyond, a rest of nothing"],
)
def test_a_snapshot_takes_the_place_of_the_beginning(index, rest, changed, last, terms):
    it = replica(1, 1, 2)
    assert it.install(index, 1, rest) == changed
    assert (it.base, it.base_term, it.last, it.terms) == (index, 1, last, terms)
    assert it.has(index, 1)
    assert it.lacks(last + 1, 2)


def test_an_older_snapshot_changes_nothing_where_the_rest_stays_and_is_all_there_is_where_not():
    it = behind(5, 2, 2, 3)
    assert it.install(3, 1, rest=True) == 0
    assert (it.base, it.base_term, it.terms) == (5, 2, [2, 3])
    assert it.install(3, 1, rest=False) == 4
    assert (it.base, it.base_term, it.terms) == (3, 1, [])


def test_what_a_snapshot_holds_is_there_and_of_its_last_entry_the_term_is_known():
    it = behind(5, 2, 3)
    assert it.has(1, 1)
    assert it.has(4, 9)
    assert (it.has(5, 2), it.has(5, 1), it.has(6, 3), it.has(7, 3)) == (True, False, True, False)
    assert not it.lacks(4, 9)
    assert (it.lacks(5, 2), it.lacks(5, 1), it.lacks(6, 2), it.lacks(7, 3)) == (False, True, True, True)
    assert [it.term(index) for index in (4, 5, 6, 7)] == [None, 2, 3, None]


@pytest.mark.parametrize(
    ("index", "term", "changed", "terms"),
    [(7, 3, 7, [3, 3]), (6, 3, 0, [3]), (6, 4, 6, [4]), (5, 9, 0, [3]), (2, 9, 0, [3]), (9, 3, 7, [3, None, None, 3])],
    ids=["behind the last", "again", "in its place", "the snapshot's last", "in the snapshot", "further on"],
)
def test_entries_are_appended_behind_a_snapshot(index, term, changed, terms):
    it = behind(5, 2, 3)
    assert it.append(index, term) == changed
    assert it.terms == terms


@pytest.mark.parametrize(("index", "changed", "terms"), [(7, 7, [3]), (6, 6, []), (2, 6, []), (8, 0, [3, 3])])
def test_a_truncation_leaves_the_snapshot(index, changed, terms):
    it = behind(5, 2, 3, 3)
    assert it.truncate(index) == changed
    assert (it.base, it.terms) == (5, terms)
    assert it.whole


def test_nothing_is_left_to_truncate_where_all_is_in_a_snapshot():
    assert behind(5, 2).truncate(3) == 0


def test_committed_entries_end_with_the_last_of_the_snapshot():
    it = behind(5, 2, 3, 4)
    assert list(it.committed(6)) == [(6, 3), (5, 2)]
    assert list(it.committed(5)) == [(5, 2)]
    assert list(it.committed(4)) == []


def test_a_crash_leaves_no_snapshot_that_is_known():
    it = behind(5, 2, 3)
    it.crash()
    assert not it.has(2, 1)
    assert not it.lacks(5, 1)


def test_a_snapshot_of_what_was_left_out_makes_a_log_whole_again():
    it = replica(1)
    it.append(4, 1)
    assert not it.whole
    it.install(6, 2, rest=False)
    assert it.whole
