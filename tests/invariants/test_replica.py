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
