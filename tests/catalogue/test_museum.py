"""Exhibits by id."""

import pytest

from splitbrain.catalogue.museum import bug_of, bugs, find_bug
from splitbrain.errors import ScenarioError
from splitbrain.exhibit import mutant
from splitbrain_protocols.raft.scenario import RAFT


def test_the_museum_is_listed_by_id_and_a_bug_is_found_by_it():
    exhibits = bugs()
    assert len(exhibits) >= 15
    assert all(slug == exhibit.id for slug, exhibit in exhibits.items())
    first = next(iter(exhibits.values()))
    assert find_bug(first.id) is first
    assert bug_of(first.scenario) is first
    assert bug_of(mutant(RAFT, RAFT.factory)) is None


def test_an_unknown_bug_is_answered_with_the_nearest_ids():
    with pytest.raises(
        ScenarioError, match=r"there is no exhibit 'figur-8' among the \d+ that are installed; did you mean figure-8"
    ):
        find_bug("figur-8")
    with pytest.raises(ScenarioError, match="`splitbrain bugs` lists them"):
        find_bug("qqqq")
