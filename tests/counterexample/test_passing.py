"""The nearest passing schedule: what is left out, and what is different then."""

import pytest
from museum_runs import SLUGS, of_the_museum, saved_run
from relay import ASK, N1, relay
from shrinkers import FORGET, SETUP

import splitbrain.counterexample.passing
from splitbrain.actions import Calm, Crash, Request
from splitbrain.counterexample.passing import nearest_passing
from splitbrain.events import CalmEnded, Observed, Requested
from splitbrain.invariant import Invariant
from splitbrain.observations import Decided
from splitbrain.world.run import Setup, run


@pytest.mark.parametrize("slug", SLUGS)
def test_the_nearest_schedule_does_pass_and_its_difference_is_true(slug):
    explanation, done = of_the_museum(slug)
    nearest = explanation.nearest
    if nearest is None:
        assert len(done.actions) == 1
        return
    actions = list(done.actions)
    left_out = actions.pop(nearest.left_out - 1)
    if nearest.crash_only:
        actions.insert(nearest.left_out - 1, left_out.during)
    again = run(done.setup, actions, keep=True, lenient=True)
    assert again.violation is None
    assert again.skipped == len(nearest.fallen)
    told = [(event.node, event.observation) for event in again.events if isinstance(event, Observed)]
    before = [(event.node, event.observation) for event in done.events if isinstance(event, Observed)]
    assert all((event.node, event.observation) in told for event in nearest.new if isinstance(event, Observed))
    assert all((event.node, event.observation) in before for event in nearest.lost if isinstance(event, Observed))


def test_a_crash_is_left_out_rather_than_a_delivery():
    explanation, done = of_the_museum("vote-not-durable")
    assert isinstance(done.actions[explanation.nearest.left_out - 1], Crash)
    assert len(explanation.nearest.fallen) == 1  # its restart
    assert explanation.nearest.step == len(done.actions)


def test_figure_8_needs_the_entry_that_makes_the_other_log_look_newer():
    explanation, done = of_the_museum("figure-8")
    assert done.actions[explanation.nearest.left_out - 1] == Request(N1, "r2", "v2")
    (lost,) = explanation.nearest.lost
    assert lost.step == explanation.nearest.step == 19
    assert explanation.nearest.fallen == ()


def test_of_a_crash_inside_a_handler_the_crash_alone_may_be_left_out():
    explanation, _ = of_the_museum("vote-self-not-durable")
    assert (explanation.nearest.left_out, explanation.nearest.crash_only) == (1, True)


def test_a_fair_phase_is_never_left_out_and_ends_sooner_in_the_nearest_run():
    explanation, done = of_the_museum("vote-overstrict")
    assert not isinstance(done.actions[explanation.nearest.left_out - 1], Calm)
    (lost,), (new,) = explanation.nearest.lost, explanation.nearest.new
    assert isinstance(new, CalmEnded)
    assert new.elapsed < lost.elapsed


def test_the_search_for_it_ends_when_its_budget_is_used_up(monkeypatch):
    monkeypatch.setattr(splitbrain.counterexample.passing, "RUNS_AT_MOST", 1)
    _, done = saved_run("vote-not-durable")
    assert isinstance(done.actions[nearest_passing(done).left_out - 1], Crash)  # what is most instructive is tried first
    monkeypatch.setattr(splitbrain.counterexample.passing, "RUNS_AT_MOST", 0)
    assert nearest_passing(done) is None


def test_of_a_short_run_it_is_the_same_without_the_fault_and_what_differs_is_told():
    done = run(SETUP, FORGET, keep=True)
    nearest = nearest_passing(done)
    assert (nearest.left_out, nearest.crash_only, nearest.fallen, nearest.step) == (2, False, (3,), 4)
    assert [event.observation for event in nearest.lost if isinstance(event, Observed)] == [Decided("v2")]


def test_a_run_that_breaks_nothing_has_none_and_neither_has_one_of_a_single_action():
    assert nearest_passing(run(SETUP, FORGET[:2], keep=True)) is None
    assert nearest_passing(run(Setup(relay(Silence), 3), [ASK], keep=True)) is None


class Silence(Invariant):
    """Nobody is asked."""

    watches = (Requested,)

    def observe(self, event):
        return self.violation("asked", event)
