"""An exhibit's row: medians over its seeds, and the shortest known."""

from dataclasses import replace

import pytest
from toy_museum import BUG
from trials import missed, on_file, outcome

from splitbrain.search.row import row
from splitbrain.search.trial import UNIFORM


def test_a_row_has_medians_over_the_seeds_and_the_worst_where_that_matters():
    uniform = [outcome(1, by=UNIFORM, runs=70, seconds=7.0), missed(2, by=UNIFORM)]
    made = row(BUG, [outcome(1), outcome(2, actions=6, minimal=False, minimise_seconds=9.0), outcome(3, strategy="pct"), *uniform])
    assert (made.finding.seeds, made.finding.found, made.finding.open) == (3, 3, False)
    assert (made.finding.runs, made.finding.steps, made.finding.seconds, made.finding.strategy) == (20, 2000, 0.2, "swarm")
    assert (made.length.actions_found, made.length.actions, made.length.shortest, made.length.exact) == (42, 3, 3, True)
    assert (made.length.ratio, made.length.ratio_worst, made.length.minimal) == (1, 2, 2)
    assert (made.length.minimise_seconds, made.length.minimise_seconds_worst) == (0.5, 9.0)
    assert (made.uniform.seeds, made.uniform.found, made.uniform.runs, made.uniform.seconds) == (2, 1, 2535, 33.5)
    assert made.finding.found_within == {"1": 3, "10": 3, "60": 3}


def test_a_seed_that_missed_counts_with_its_whole_budget():
    made = row(BUG, [outcome(1), missed(2), missed(3)])
    assert (made.finding.found, made.finding.open, made.finding.seconds, made.finding.runs) == (1, True, 60.0, 5000)
    assert made.finding.found_within == {"1": 1, "10": 1, "60": 1}
    made = row(BUG, [missed(1)])
    assert (made.finding.strategy, made.finding.invariant, made.length.actions, made.length.ratio, made.length.replays) == (
        None,
        None,
        None,
        None,
        None,
    )


def test_the_shortest_is_that_of_the_invariant_that_broke():
    made = row(BUG, [outcome(1, invariant="Other"), outcome(2, invariant="Other"), outcome(3)])
    assert (made.finding.invariant, made.length.shortest, made.length.exact, made.length.ratio, made.finding.expected) == (
        "Other",
        None,
        False,
        1,
        False,
    )


@pytest.mark.parametrize(
    ("exact", "saved", "known"),
    [
        ({"OneValue": 3}, None, (3, True, 1)),
        ({"OneValue": 3}, on_file(3), (3, True, 1)),
        ({"OneValue": 3}, on_file(4), (3, True, 1)),
        ({"OneValue": 3}, on_file(2), (2, False, 1.5)),  # a search with other options or sizes
        ({"OneValue": 3}, on_file(2, "Other"), (3, True, 1)),
        ({}, on_file(6), (6, False, 0.5)),
        ({}, on_file(6, "Other"), (None, False, None)),
    ],
)
def test_the_shortest_known_is_the_exact_one_unless_a_shorter_is_on_file_or_there_is_none(exact, saved, known):
    made = row(replace(BUG, shortest=exact), [outcome(1)], saved)
    assert (made.length.shortest, made.length.exact, made.length.ratio) == known
