"""The minimiser: what it ends with, and that it ends with the same for the same."""

from itertools import combinations

import pytest
from replicated import Replicated
from scripted import scripted
from toys import FORGETFUL, REGISTER

from splitbrain.actions import Calm, Crash, Deliver, Fire, Request, Restart
from splitbrain.catalogue.museum import find_bug
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.search.hunt import hunt, more_like
from splitbrain.world.run import Setup, run

FAST = ("vote-twice-in-term", "vote-not-durable", "pax-accepted-not-durable", "commit-quorum-half", "pax-accept-overstrict")


def failing(bug, seed=1):
    hunted = hunt(find_bug(bug).scenario, seed=seed, runs=3_000)
    return hunted.found, hunted


def shrunk(bug, seed=1, **budget):
    first, hunted = failing(bug, seed)
    return first, minimise(first, more=more_like(first, hunted), **({"seconds": 600} | budget))


@pytest.mark.parametrize("bug", FAST)
def test_neither_one_action_nor_two_can_be_left_out(bug):
    first, best = shrunk(bug)
    assert best.complete
    least = best.smallest
    places = [place for place, action in enumerate(least.actions) if not isinstance(action, Calm)]
    for gone in [*combinations(places, 1), *combinations(places, 2)]:
        rest = [action for place, action in enumerate(least.actions) if place not in gone]
        assert not first.alike(run(least.setup, rest, lenient=True).violation)


@pytest.mark.parametrize("bug", FAST)
def test_the_result_breaks_in_the_same_way_when_it_is_run_strictly_and_is_no_longer(bug):
    first, best = shrunk(bug)
    least = best.smallest
    again = run(least.setup, least.actions)
    assert again.stopped is None
    assert again.actions == least.actions
    assert again.violation.fingerprint == least.violation.fingerprint == first.violation.fingerprint
    assert len(least.actions) <= len(first.actions)


@pytest.mark.parametrize("bug", FAST)
def test_what_was_removed_adds_up_to_what_is_gone(bug):
    first, best = shrunk(bug)
    assert best.length == len(first.actions)
    assert sum(best.removed.values()) == len(first.actions) - len(best.smallest.actions)


@pytest.mark.slow
@pytest.mark.parametrize("bug", FAST)
def test_two_runs_of_the_same_bug_end_as_the_same_schedule(bug):
    (one, left), (other, right) = shrunk(bug, 1), shrunk(bug, 2)
    assert one.actions != other.actions
    assert left.smallest.setup == right.smallest.setup
    assert left.smallest.actions == right.smallest.actions


@pytest.mark.slow
def test_equal_runs_have_equal_results_whatever_the_clock_says():
    first, hunted = failing("vote-not-durable")
    more = list(more_like(first, hunted))
    one, other = (minimise(first, more=more, seconds=each) for each in (600, 1_000))
    assert (one.smallest, one.replays, one.removed) == (other.smallest, other.replays, other.removed)


def test_names_are_plain_and_options_at_their_first_values():
    setup = Setup(FORGETFUL, 3, {"patience": 50}, 7)
    schedule = [Request("n3", "r9", "v9"), Fire("n3", "remind"), Crash("n3"), Restart("n3"), Request("n3", "r4", "v4")]
    best = minimise(run(setup, schedule).found()).smallest
    assert best.setup == Setup(FORGETFUL, 2, {"patience": 20}, 0)
    assert best.actions == (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))


def test_a_command_that_is_longer_than_the_workload_s_own_is_made_plain_where_it_does_not_matter():
    setup = Setup(FORGETFUL, 2)
    first = run(setup, [Request("n1", "r1", "v1........"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2........")])
    best = minimise(first.found()).smallest
    assert [action.command for action in best.actions if isinstance(action, Request)] == ["v1", "v2"]


class NeverFour(Invariant):
    """No node ever decides for a command of more than four characters."""

    watches = (Decided,)

    def observe(self, event):
        return self.violation("too long", event) if len(event.observation.value) > 4 else None


def test_a_long_command_stays_where_it_is_what_breaks_the_invariant():
    setup = Setup(mutant(REGISTER, REGISTER.factory, invariants=(NeverFour,)), 2)
    first = run(setup, [Request("n1", "r1", "v1........")])
    assert minimise(first.found()).smallest.actions == first.actions


def raising(node, *_):
    raise LookupError("no such thing")


def raising_in_pairs(node, *_):
    return raising(node) if len(node.peers) == 1 else ()


def test_what_breaks_before_the_first_action_is_minimal():
    setup = Setup(scripted(start=raising), 3)
    best = minimise(run(setup, ()).found())
    assert (best.smallest.actions, best.complete, best.length, best.removed) == ((), True, 0, {})


def test_a_failing_run_without_actions_among_others_is_the_shortest():
    setup, empty = Setup(scripted(request=raising), 3), Setup(scripted(start=raising), 3)
    first = run(setup, [Request("n1", "r1", "v1"), Request("n2", "r2", "v2")])
    best = minimise(first.found(), more=[run(empty, ()).found()])
    assert (best.smallest.setup, best.smallest.actions, best.complete) == (empty, (), True)


def test_a_schedule_of_which_nothing_is_needed_ends_as_one_without_actions():
    setup = Setup(scripted(start=raising_in_pairs, request=raising, sizes=(3, 2)), 3)
    told = []
    first = run(setup, [Request("n1", "r1", "v1")])
    best = minimise(first.found(), progress=lambda so_far: told.append(so_far.complete))
    assert (best.smallest.setup.size, best.smallest.actions, best.complete) == (2, (), True)
    assert sum(best.removed.values()) == best.length == 1
    assert told[-1]


def test_safety_that_broke_in_a_fair_phase_is_told_by_single_actions_but_never_by_more_than_there_were():
    scenario = mutant(FORGETFUL, FORGETFUL.factory, calm_bound=500)
    setup = Setup(scenario, 2)
    before = [Request("n1", "r1", "v1"), Crash("n1")]
    first = run(setup, [*before, Calm(("n1", "n2"), 0, 500)])
    assert first.violation.invariant == "OneValue"
    best = minimise(first.found())
    assert len(best.smallest.actions) <= len(first.actions)
    reminded = run(setup, [before[0], *[Fire("n1", "remind")] * 5, before[1], Calm(("n1", "n2"), 0, 500)])
    best = minimise(reminded.found())
    assert best.smallest.actions == (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))
    assert best.removed == {"by spelling out the fair phase": 4}


def test_a_budget_that_is_used_up_leaves_the_best_so_far_which_is_not_called_minimal():
    first, _ = failing("vote-not-durable")
    lengths = []
    for replays in (0, 30, 30_000):
        best = minimise(first, replays=replays, seconds=600)
        assert first.alike(run(best.smallest.setup, best.smallest.actions).violation)
        lengths.append(len(best.smallest.actions))
        assert best.complete is (replays == 30_000)
    assert lengths[0] == len(first.actions) > lengths[1] > lengths[2]


def test_a_failing_run_that_is_shorter_in_the_end_wins():
    setup = Setup(FORGETFUL, 3)
    long = run(
        setup, [Request("n2", "r1", "v1"), Deliver("n2", "n1", "Copy"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")]
    )
    short = run(setup, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    best = minimise(long.found(), more=[short.found()])
    assert best.smallest.actions == short.actions
    assert best.removed == {"by another failing run": 1}


class Undecided(Invariant):
    """No node decides."""

    watches = (Decided,)

    def observe(self, event):
        return self.violation("decided", event)


def test_async_nodes_are_minimised_on_the_trio_host():
    scenario = Scenario(name="replicated", factory=Replicated, invariants=(Undecided,), sizes=(3,))
    found = hunt(scenario, seed=1, runs=50).found
    assert found is not None
    assert found.setup.host == "trio"
    best = minimise(found, seconds=600)
    assert best.complete
    assert [str(action) for action in best.smallest.actions] == [
        "request n1 r1 'v1'",
        "deliver n1->n2 Store",
        "deliver n2->n1 Stored",
    ]
