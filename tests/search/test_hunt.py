"""A hunt: when it ends, what it finds, and that equal seeds attack equally."""

import re
from collections import namedtuple
from itertools import islice

import pytest
from scripted import scripted
from toys import FORGETFUL, REGISTER, OneValue

from splitbrain.doctor.conformance import conformance
from splitbrain.errors import SplitbrainError
from splitbrain.events import Crashed, Observed, Started
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.nemesis.names import SWARM
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.node import Observe, SetTimer
from splitbrain.observations import Decided, Led
from splitbrain.search.hunt import attacks, hunt, more_like
from splitbrain.search.tally import Tally
from splitbrain.stopwatch import Deadline, Stopwatch
from splitbrain.world.run import run
from splitbrain_invariants import Agreement, ElectionSafety, Integrity


def test_a_hunt_ends_with_its_runs_or_with_the_run_that_uses_its_steps_up():
    assert hunt(REGISTER, seed=1, runs=7).runs == 7
    done = hunt(REGISTER, seed=1, steps=500)
    before = hunt(REGISTER, seed=1, runs=done.runs - 1)
    assert before.steps < 500 <= done.steps
    assert (done.outcome, done.found) == ("clean", None)


def test_a_hunt_ends_when_its_progress_says_so_with_what_it_has():
    told = []

    def progress(so_far):
        told.append(so_far.runs)
        return so_far.runs == 3

    done = hunt(REGISTER, seed=1, progress=progress)
    assert (told, done.runs, done.interrupted, done.outcome) == ([1, 2, 3], 3, True, "clean")


def test_what_is_found_breaks_again_in_the_same_way():
    done = hunt(FORGETFUL, seed=1, runs=200)
    assert done.outcome == "violation"
    again = run(done.found.setup, done.found.actions)
    assert (again.violation, again.actions, again.stopped) == (done.found.violation, done.found.actions, None)
    assert done.seconds_to_violation == done.seconds


def test_a_hunt_in_which_something_never_happened_is_vacuous_not_clean():
    assert hunt(mutant(REGISTER, REGISTER.factory, progress=(Led,)), seed=1, runs=3).outcome == "vacuous"


class DecidedAt(Decided, frozen=True, tag=True):
    """What a protocol with ballots has to say of a decision."""

    ballot: int = 0


@pytest.mark.parametrize(("values", "outcome"), [(("x",), "clean"), (("x", "y"), "violation")])
def test_a_decision_in_a_protocol_s_own_words_is_judged_and_is_progress(values, outcome):
    answers = [Observe(DecidedAt(value, ballot=3)) for value in values]
    scenario = scripted(request=lambda *_: answers, invariants=(Agreement, Integrity), progress=(Decided,))
    done = hunt(scenario, seed=1, runs=5)
    assert done.outcome == outcome
    assert done.coverage["Decided"] == done.coverage["DecidedAt"] > 0
    assert conformance(scenario).scenario == "scripted"


def test_a_namesake_of_progress_is_no_progress():
    namesake = namedtuple("Decided", "value")
    done = hunt(scripted(request=lambda *_: [Observe(namesake("x"))], progress=(Decided,)), seed=1, runs=5)
    assert done.outcome == "vacuous"
    assert (done.coverage["Decided"], done.coverage[f"{__name__}.Decided"] > 0) == (0, True)


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_an_invariant_is_told_to_have_seen_what_it_was_fed(host):
    fed = []

    class Counts(Invariant):
        """Nothing in particular."""

        watches = (Decided, Started, Crashed)

        def observe(self, event):
            fed.append(event)

    done = hunt(mutant(REGISTER, REGISTER.factory, invariants=(Counts,)), seed=1, runs=20, host=host)
    assert done.saw == {"KeepsContract": 0, "Counts": len(fed)}
    assert {type(event) for event in fed} == {Observed, Started, Crashed}


def test_a_hunt_in_which_an_invariant_never_had_anything_to_judge_is_vacuous():
    scenario = mutant(REGISTER, REGISTER.factory, invariants=(OneValue, ElectionSafety))
    done = hunt(scenario, seed=1, runs=30)
    assert (done.outcome, done.missing, done.idle) == ("vacuous", (), {"ElectionSafety": (Led,)})
    assert hunt(scenario.judged(without=("ElectionSafety",)), seed=1, runs=30).outcome == "clean"


def test_equal_seeds_attack_equally_and_others_otherwise():
    one, same, other = (hunt(FORGETFUL, seed=seed, runs=200) for seed in (4, 4, 5))
    assert (one.found, one.runs, one.coverage, one.shares) == (same.found, same.runs, same.coverage, same.shares)
    assert one.found != other.found


def test_a_hunt_by_one_strategy_uses_no_other():
    assert set(hunt(REGISTER, seed=1, runs=20, strategy=SWARM).shares) == {SWARM}
    with pytest.raises(SplitbrainError, match="no strategy 'sworm'"):
        hunt(REGISTER, seed=1, runs=1, strategy="sworm")


def test_a_stream_of_attacks_that_begins_later_goes_on_as_the_whole_one_does():
    def coverage(after, count):
        tally = Tally(REGISTER, seed=1)
        list(islice(attacks(Portfolio(REGISTER, (SWARM,)), tally, after), count))
        return tally.coverage

    # Each run has dice of its own; of a portfolio that learns nothing, only how deep its first runs go depends on those before.
    assert coverage(0, 1) == hunt(REGISTER, seed=1, runs=1, strategy=SWARM).coverage
    assert coverage(0, 1) != coverage(1, 1)


def test_more_failing_runs_are_all_alike_and_not_many_and_not_the_same_one():
    scenario = mutant(FORGETFUL, FORGETFUL.factory, invariants=(OneValue, Alone))
    done = hunt(scenario, seed=1, runs=200)
    more = list(more_like(done.found, done))
    assert 0 < len(more) < 12
    assert all(done.found.alike(each.violation) for each in more)
    assert done.found.actions not in [each.actions for each in more]
    others = [found for found in islice(attacks(Portfolio(scenario), Tally(scenario, 1)), 200) if found is not None]
    assert not all(done.found.alike(each.violation) for each in others)  # which there would have been


class Alone(Invariant):
    """Nobody decides but n1."""

    watches = (Decided,)

    def observe(self, event):
        return None if event.node == "n1" else self.violation("another", event)


def test_looking_for_more_ends_where_nothing_else_is_like_it():
    done = hunt(FORGETFUL, seed=1, runs=200)
    tally = Tally(REGISTER, seed=1)  # of a search of what breaks nothing
    assert list(more_like(done.found, tally)) == []


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({}, "has no budget, so that it would never end where nothing breaks; pass seconds=, runs= or steps="),
        ({"seconds": 0}, "seconds=0 is no budget"),
        ({"seconds": float("nan")}, "seconds=nan is no budget"),
        ({"seconds": "60"}, "seconds='60' is no budget"),
        ({"runs": -1}, "runs=-1 is no budget: a hunt of so many would not even begin; pass a whole number above 0"),
        ({"runs": 1.5}, "runs=1.5 is no budget"),
        ({"runs": True}, "runs=True is no budget"),
        ({"steps": 0}, "steps=0 is no budget"),
        ({"runs": 1, "seed": None}, "seed=None is no whole number, so nobody could repeat the hunt"),
        ({"runs": 1, "seed": "1"}, "seed='1' is no whole number"),
        ({"runs": 1, "host": "tokio"}, "there is no host 'tokio'; pass 'direct' or 'trio'"),
        ({"runs": 1, "strategy": "sworm"}, "there is no strategy 'sworm'"),
        ({"progress": 5}, "progress=5 cannot be called"),
        ({"runs": 1, "without": ("OneValu",)}, "OneValue"),
    ],
)
def test_a_hunt_that_cannot_be_is_refused_in_the_user_s_terms(arguments, complaint):
    with pytest.raises(SplitbrainError, match=re.escape(complaint)):
        hunt(FORGETFUL, **{"seed": 1, **arguments})


@pytest.mark.parametrize("nothing", [None, FORGETFUL.factory, "raft"])
def test_what_is_no_scenario_is_not_hunted(nothing):
    with pytest.raises(SplitbrainError, match="pass it a Scenario"):
        hunt(nothing, seed=1, runs=1)


def test_a_hunt_may_be_judged_by_some_invariants_alone():
    assert hunt(FORGETFUL, seed=1, runs=200, without=("OneValue",)).outcome == "clean"
    done = hunt(FORGETFUL, seed=1, runs=200, only=("OneValue",))
    assert done.outcome == "violation"
    assert done.found.setup.scenario.only == ("OneValue",)


def test_the_seconds_of_a_hunt_are_heeded_inside_a_run():
    def slow(node, timer):
        watch = Stopwatch()
        while watch.seconds() < 0.02:
            pass
        return [SetTimer("t", 1, 1)]

    scenario = scripted(start=lambda node: [SetTimer("t", 1, 1)], timeout=slow, requests=0)
    watch = Stopwatch()
    done = hunt(scenario, seed=1, seconds=0.5)
    assert (done.outcome, done.interrupted) == ("clean", False)
    assert done.seconds >= 0.5
    assert done.steps < 200
    assert watch.seconds() < 3  # some runs of this would take a minute


def test_seconds_that_are_not_used_up_change_nothing():
    one, other = hunt(FORGETFUL, seed=4, runs=200), hunt(FORGETFUL, seed=4, runs=200, seconds=600)
    assert (one.found, one.runs, one.coverage, one.shares) == (other.found, other.runs, other.coverage, other.shares)


def test_looking_for_more_ends_with_its_deadline():
    done = hunt(FORGETFUL, seed=1, runs=200)
    assert list(more_like(done.found, done, Deadline(0.0))) == []
