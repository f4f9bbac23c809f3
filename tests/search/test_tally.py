"""A tally: what a search went through, and whether it means anything."""

from collections import namedtuple

from scripted import Note, scripted

from splitbrain.events import CalmEnded, Crashed, Observed, Replied, Requested, Started
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.node import Refused
from splitbrain.observations import Decided, Led
from splitbrain.search.tally import Tally
from splitbrain.trace.history import History


def tally(*progress, invariants=(KeepsContract,), **changes):
    return Tally(scripted(progress=progress, invariants=invariants, **changes), seed=1)


def watching(name, *kinds):
    return type(name, (Invariant,), {"watches": kinds, "observe": lambda self, event: None})


def asked(command="v", **outcomes):
    """A history with so many operations of each outcome."""
    history = History()
    for outcome, count in outcomes.items():
        for _ in range(count):
            name = f"r{len(history) + 1}"
            history.ask(1, "n1", name, command)
            if outcome != "unknown":
                history.reply(1, "n1", name, True if outcome == "answered" else Refused())
    return history


class DecidedAt(Decided, frozen=True, tag=True):
    """What adds to a decision."""

    ballot: int = 0


def test_runs_add_up():
    one = tally()
    one.count(10, {"deliver": 3, "Note": 1}, {Note: 1}, "swarm")
    one.count(5, {"deliver": 2}, {Note: 2, Crashed: 1}, "swarm", asked(answered=2, unknown=1))
    one.count(1, {}, history=asked(answered=3))
    assert (one.runs, one.steps) == (3, 16)
    assert one.coverage == {"deliver": 5, "Note": 1}
    assert one.heard == {Note: 3, Crashed: 1}
    assert one.shares == {"swarm": 15}
    assert one.operations == {"answered": 5, "unknown": 1}


def test_what_clients_ask_for_is_counted_by_kind_where_it_has_a_name_and_what_had_to_be_asked_again():
    one = tally()
    one.count(1, {}, history=asked(("get", "x"), answered=2, unknown=1))
    one.count(1, {}, history=asked(["get", "y"], answered=1))
    one.count(1, {}, history=asked("v1", refused=1))
    assert one.commands == {("get", "answered"): 3, ("get", "unknown"): 1}
    assert one.operations == {"answered": 3, "unknown": 1, "refused": 1}
    again = asked(("put", "x", 1), unknown=2)
    again.ask(2, "n2", "r2", ("put", "x", 1))
    again.reply(3, "n2", "r2", True)
    one.count(1, {}, history=again)
    assert (one.resent, one.operations["answered"]) == (1, 4)


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


def test_one_that_goes_by_answers_alone_is_idle_where_nobody_was_answered():
    later = type("Later", (Invariant,), {"watches": (Replied,), "kind": "eventually", "observe": lambda self, event: None})
    kinds = (watching("Told", Requested, Replied), watching("Asked", Requested), watching("Said", Replied, Note), later)
    one = tally(invariants=kinds)
    one.count(1, {}, {Note: 1, Requested: 5, Replied: 3}, history=asked(refused=3, unknown=2))
    assert one.vacuous
    assert one.idle == {"Told": (Replied,)}
    one.count(1, {}, {}, history=asked(answered=1))
    assert not one.vacuous


def test_a_search_of_no_run_of_which_an_invariant_knows_whether_it_breaks_it_is_vacuous():
    one = tally()
    one.count(1, {}, undecided={"Mine": "it is too much", "Other": "so it is"})
    one.count(1, {}, undecided={"Mine": "it is far too much"})
    assert one.vacuous
    assert (one.inconclusive, one.unsettled) == ({"Mine": 2, "Other": 1}, ("Mine",))
    assert one.doubts == {"Mine": "it is far too much", "Other": "so it is"}
    one.count(1, {})
    assert not one.vacuous
    assert one.inconclusive["Mine"] == 2


def test_of_one_that_goes_by_answers_runs_without_any_do_not_count():
    one = tally(invariants=(watching("Told", Requested, Replied), watching("Said", Note)))
    for _ in range(3):
        one.count(1, {}, {Note: 1}, history=asked(refused=2, unknown=1))
    one.count(1, {}, {}, history=asked(answered=1), undecided={"Told": "it is too much", "Said": "so it is"})
    assert (one.answered, one.unsettled, one.vacuous) == (1, ("Told",), True)
    one.count(1, {}, {}, history=asked(answered=1))
    assert (one.answered, one.unsettled, one.vacuous) == (2, (), False)


def test_it_says_how_many_events_each_invariant_was_fed():
    kinds = (watching("Mine", Decided, Crashed), watching("All"), watching("Said", Observed))
    one = tally(invariants=kinds)
    one.count(1, {}, {DecidedAt: 3, Note: 4, Crashed: 50, Started: 100})
    assert one.saw == {"KeepsContract": 0, "Mine": 53, "All": 157, "Said": 7}
