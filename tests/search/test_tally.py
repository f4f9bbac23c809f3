"""A tally: what a search went through."""

from scripted import Note, scripted

from splitbrain.observations import Decided
from splitbrain.search.tally import Tally


def tally(*progress):
    return Tally(scripted(progress=progress), seed=1)


def test_runs_add_up():
    one = tally()
    one.count(10, {"deliver": 3, "Note": 1}, "swarm")
    one.count(5, {"deliver": 2}, "swarm")
    one.count(1, {}, None)
    assert (one.runs, one.steps) == (3, 16)
    assert one.coverage == {"deliver": 5, "Note": 1}
    assert one.shares == {"swarm": 15}


def test_a_search_that_lacks_one_thing_that_must_happen_is_vacuous_however_long_it_was():
    one = tally(Note, Decided)
    one.count(1_000, {"Note": 7})
    assert one.vacuous
    one.count(1, {"Decided": 1})
    assert not one.vacuous


def test_a_search_of_a_scenario_that_demands_nothing_or_of_no_runs_is_not_vacuous():
    assert not tally(Note).vacuous
    one = tally()
    one.count(1, {})
    assert not one.vacuous
