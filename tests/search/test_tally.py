"""A tally: what a search went through, and whether it means anything."""

from collections import namedtuple

from scripted import Note, scripted

from splitbrain.events import CalmEnded, Crashed, Observed, Started
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.observations import Decided, Led
from splitbrain.search.tally import Tally


def tally(*progress, invariants=(KeepsContract,), **changes):
    return Tally(scripted(progress=progress, invariants=invariants, **changes), seed=1)


def watching(name, *kinds):
    return type(name, (Invariant,), {"watches": kinds, "observe": lambda self, event: None})


class DecidedAt(Decided, frozen=True, tag=True):
    """What adds to a decision."""

    ballot: int = 0


def test_runs_add_up():
    one = tally()
    one.count(10, {"deliver": 3, "Note": 1}, {Note: 1}, "swarm")
    one.count(5, {"deliver": 2}, {Note: 2, Crashed: 1}, "swarm")
    one.count(1, {})
    assert (one.runs, one.steps) == (3, 16)
    assert one.coverage == {"deliver": 5, "Note": 1}
    assert one.heard == {Note: 3, Crashed: 1}
    assert one.shares == {"swarm": 15}


def test_a_search_that_lacks_one_thing_that_must_happen_is_vacuous_however_long_it_was():
    one = tally(Note, Decided)
    one.count(1_000, {}, {Note: 7})
    assert one.vacuous
    assert one.missing == (Decided,)
    one.count(1, {}, {DecidedAt: 1})  # it counts as what it adds to
    assert not one.vacuous


def test_a_mere_namesake_is_not_what_must_happen():
    one = tally(Decided, invariants=(watching("Mine", Decided),))
    one.count(1, {"Decided": 1}, {namedtuple("Decided", "value"): 1})
    assert (one.missing, one.idle) == ((Decided,), {"Mine": (Decided,)})


def test_a_search_of_a_scenario_that_demands_nothing_or_of_no_runs_is_not_vacuous():
    assert not tally(Note, invariants=(watching("Mine", Decided),)).vacuous
    one = tally()
    one.count(1, {})
    assert not one.vacuous


def test_an_invariant_that_never_heard_any_of_the_observations_that_it_watches_makes_a_search_vacuous():
    mine = watching("Mine", Led, Decided, Started, CalmEnded)
    one = tally(invariants=(mine, watching("Other", Note)))
    one.count(1_000, {}, {Note: 7, Started: 3, CalmEnded: 1, Crashed: 2})
    assert one.vacuous
    assert one.idle == {"Mine": (Led, Decided)}
    one.count(1, {}, {Led: 1})
    assert not one.vacuous


def test_one_that_watches_events_alone_or_everything_or_whatever_is_said_is_not_idle_for_what_was_not_said():
    one = tally(invariants=(watching("Events", Crashed), watching("All"), watching("Said", Observed, Decided)))
    one.count(1, {}, {Started: 1})
    assert list(one.idle) == ["Said"]
    one.count(1, {}, {Note: 1})
    assert not one.vacuous


def test_a_type_that_was_not_heard_once_was_not_heard():
    one = tally(invariants=(watching("Mine", Decided),))
    one.count(1, {}, {Decided: 0})
    assert one.vacuous


def test_who_is_muted_needs_nothing_to_judge():
    one = tally(invariants=(watching("Mine", Decided), watching("Other", Note)), without=("Mine",))
    one.count(1, {}, {Note: 1})
    assert not one.vacuous


def test_it_says_how_many_events_each_invariant_was_fed():
    kinds = (watching("Mine", Decided, Crashed), watching("All"), watching("Said", Observed))
    one = tally(invariants=kinds)
    one.count(1, {}, {DecidedAt: 3, Note: 4, Crashed: 50, Started: 100})
    assert one.saw == {"KeepsContract": 0, "Mine": 53, "All": 157, "Said": 7}
