"""A protocol that relies on a witness that never crashes is clean where the budget says so, and breaks where it does not."""

from dataclasses import replace

import pytest
from correct.witness import WITNESS

from splitbrain.actions import Crash
from splitbrain.search.hunt import hunt


def test_a_witness_that_never_crashes_keeps_leaders_apart():
    hunted = hunt(WITNESS, seed=1, steps=20_000)
    assert hunted.outcome == "clean"
    assert hunted.coverage["crash"] > 100


@pytest.mark.slow
def test_a_witness_that_never_crashes_keeps_leaders_apart_for_long():
    assert hunt(WITNESS, seed=7, steps=200_000).outcome == "clean"


def test_without_its_budget_the_witness_crashes_and_two_lead_a_term():
    found = hunt(replace(WITNESS, budgets={}), seed=1, steps=20_000).found
    assert found is not None
    assert found.violation.invariant == "ElectionSafety"
    assert any(isinstance(action, Crash) and action.node == "n3" for action in found.actions)
