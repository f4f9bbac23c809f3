"""Exhibits by id."""

import pytest
from toy_museum import BUG, CONTROL

from splitbrain.catalogue.museum import bug_of, bugs, find_bug, named, unbroken
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


def test_a_museum_of_ones_own_is_found_by_name_with_its_own_exhibits_alone():
    assert list(bugs("toy_museum:EXHIBITS")) == [BUG.id, CONTROL.id]
    assert find_bug(BUG.id, "toy_museum:EXHIBITS") is BUG
    with pytest.raises(ScenarioError, match="there is no exhibit 'figure-8' among the 2 of toy_museum:EXHIBITS; it has toy-"):
        find_bug("figure-8", "toy_museum:EXHIBITS")


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("toy_museum:BUG", "is an object of type Exhibit, not a sequence; make toy_museum:BUG a tuple of Exhibits"),
        ("toy_museum:MIXED", "holds an object of type Scenario at place 2"),
        ("toy_museum:TWICE", "has two exhibits that are called 'toy-forgets'"),
    ],
)
def test_a_museum_that_is_none_is_told_what_to_mend(name, complaint):
    with pytest.raises(ScenarioError, match=complaint):
        bugs(name)


def test_the_protocol_that_an_exhibit_breaks_is_a_shipped_one_or_stands_beside_its_museum():
    assert unbroken(find_bug("figure-8")) == "raft"
    assert unbroken(BUG, "toy_museum:EXHIBITS") == "toy_museum:REGISTER"
    assert unbroken(BUG) is None


def test_a_scenario_that_is_judged_otherwise_goes_by_the_name_of_what_it_was():
    assert named(RAFT.judged(without=("LogTermination",))) == ("raft", None)
    assert named(find_bug("figure-8").scenario.judged(without=("LogTermination",))) == ("raft", "figure-8")
