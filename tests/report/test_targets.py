"""What a score is held against."""

from dataclasses import replace

import pytest
from toy_museum import BUG, CONTROL
from trials import missed, on_file, outcome, scored, whole

from splitbrain.exhibit import Goal
from splitbrain.report.targets import assess
from splitbrain.search.row import row

SIZES = " or ".join(map(str, sorted(BUG.scenario.sizes)))


def test_every_target_is_stated_with_what_was_measured():
    told = {each.target: each for each in assess(whole())}
    assert told["at least 90%"].missing == ("toy-that-has-a-very-long-name-indeed",)
    assert not told["at least 90%"].reached
    assert told["at most 1.2"].reached
    assert "1 counterexample" in told["every one"].measured or "3 of 4" in told["every one"].measured
    gain = told["at most 0.33"]
    assert "geometric mean of the portfolio's time to the uniform walk's: 0.169, over the 2 exhibits" in gain.measured
    assert gain.reached


def test_a_vacuous_hunt_for_nothing_is_not_called_clean():
    idle = row(CONTROL, [missed(1), replace(missed(2), outcome="vacuous")])
    (clean,) = assess(scored(idle))
    assert (clean.measured, clean.reached, clean.missing) == (
        "controls and unbroken protocols: vacuous, which says nothing",
        False,
        ("toy-hasty",),
    )


def test_an_exhibit_is_held_to_its_own_goal():
    hard = row(replace(BUG, goal=Goal(100, "others need 364")), [outcome(11)])
    (told,) = [each for each in assess(scored(hard)) if each.measured.startswith("toy-forgets")]
    assert (told.measured, told.target) == (f"toy-forgets: 110 runs, on {SIZES} nodes", "at most 100; others need 364")
    assert not told.reached
    (told,) = [each for each in assess(scored(replace(hard, goal=Goal(110, "")))) if each.measured.startswith("toy-forgets")]
    assert told.reached


@pytest.mark.parametrize(("outcomes", "found"), [([outcome(1), missed(2), missed(3)], True), ([missed(1), missed(2)], False)])
def test_a_goal_without_a_number_is_to_be_found_at_all(outcomes, found):
    told = assess(scored(row(replace(BUG, goal=Goal(None, "with the no-op")), outcomes)))
    (told,) = [each for each in told if each.measured.startswith("toy-forgets")]
    assert told.measured == f"toy-forgets, found at all with the no-op: by {int(found)} of {len(outcomes)} seeds"
    assert (told.target, told.reached) == ("at least one", found)


def test_what_a_museum_is_to_have_is_asked_of_those_alone_who_say_so():
    assert assess(whole())[0].target == "all, of 40 and more in the museum"
    assert assess(replace(whole(), wanted=None))[0].target == "all"


def test_lengths_are_held_against_the_exact_shortest_and_against_the_shortest_known():
    rows = [
        row(BUG, [outcome(1, actions=6)]),
        row(replace(BUG, id="toy-shorter"), [outcome(1, actions=1)]),
        row(replace(BUG, id="toy-on-file"), [outcome(1, actions=3)], on_file(2)),
    ]
    exact, worst, known, worst_known = [each for each in assess(scored(*rows)) if "times the" in each.measured]
    assert exact.measured.startswith("minimised to 1.50 times the exact shortest on average, over the 2 exhibits for which")
    assert exact.measured.endswith("; shorter than that, and counted as 1: toy-shorter")
    assert (worst.measured, worst.missing) == ("worst of all seeds: 2.00 times the exact shortest", ("toy-forgets",))
    assert known.measured.startswith("minimised to 1.50 times the shortest known on average, over the 3 exhibits with")
    assert (worst_known.measured, worst_known.reached) == ("worst of all seeds: 2.00 times the shortest known", False)


def test_a_target_names_no_more_than_six_that_miss_it():
    rows = [row(replace(BUG, id=f"toy-{number}"), [missed(1)]) for number in range(8)]
    found = assess(scored(*rows))[0]
    assert found.missing == tuple(f"toy-{number}" for number in range(8))
    assert str(found).endswith("; missed by toy-0, toy-1, toy-2, toy-3, toy-4, toy-5 and 2 more")
