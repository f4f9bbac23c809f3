"""The minimiser: what it ends with, and that it ends with the same for the same."""

from itertools import combinations

import pytest
from replicated import Replicated
from scripted import scripted
from toys import FORGETFUL, REGISTER

from splitbrain.actions import Calm, Crash, Deliver, Fire, Request, Restart
from splitbrain.catalogue.museum import find_bug
from splitbrain.counterexample.counterexample import pursue
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.exhibit import mutant
from splitbrain.invariant import Invariant
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import Found, failures, hunt
from splitbrain.world.lenient import attempt
from splitbrain.world.run import Setup, run

FAST = ("vote-twice-in-term", "vote-not-durable", "pax-accepted-not-durable", "commit-quorum-half", "pax-accept-overstrict")


def failing(bug, seed=1):
    found = hunt(find_bug(bug).scenario, seed=seed, seconds=60)
    return Found(found.setup, found.actions, found.violation), found


def shrunk(bug, seed=1, **budget):
    first, found = failing(bug, seed)
    others = [(each.setup, each.actions, each.violation) for each in failures(found, first)][1:]
    return first, minimise(first.setup, first.actions, first.violation, more=others, **({"seconds": 60} | budget))


@pytest.mark.parametrize("bug", FAST)
def test_neither_one_action_nor_two_can_be_left_out(bug):
    first, best = shrunk(bug)
    assert best.complete
    places = [place for place, action in enumerate(best.actions) if not isinstance(action, Calm)]
    for gone in [*combinations(places, 1), *combinations(places, 2)]:
        rest = [action for place, action in enumerate(best.actions) if place not in gone]
        violation = attempt(best.setup, rest, "direct").violation
        assert violation is None or violation.fingerprint != first.violation.fingerprint


@pytest.mark.parametrize("bug", FAST)
def test_the_result_breaks_in_the_same_way_when_it_is_run_strictly_and_is_no_longer(bug):
    first, best = shrunk(bug)
    again = run(best.setup, best.actions)
    assert again.stopped is None
    assert again.actions == best.actions
    assert again.violation.fingerprint == best.violation.fingerprint == first.violation.fingerprint
    assert len(best.actions) <= len(first.actions)


@pytest.mark.parametrize("bug", FAST)
def test_what_was_removed_adds_up_to_what_is_gone(bug):
    first, best = shrunk(bug)
    assert best.found == len(first.actions)
    assert sum(best.removed.values()) == len(first.actions) - len(best.actions)


@pytest.mark.parametrize("bug", FAST)
def test_two_runs_of_the_same_bug_end_as_the_same_schedule(bug):
    (one, left), (other, right) = shrunk(bug, 1), shrunk(bug, 2)
    assert one.actions != other.actions
    assert (left.setup.size, left.setup.options, left.setup.seed) == (right.setup.size, right.setup.options, right.setup.seed)
    assert left.actions == right.actions


def test_equal_runs_have_equal_results_whatever_the_clock_says():
    first, found = failing("vote-not-durable")
    others = [(each.setup, each.actions, each.violation) for each in failures(found, first)][1:]
    one, other = (minimise(first.setup, first.actions, first.violation, more=others, seconds=each) for each in (60, 1_000))
    assert (one.setup, one.actions, one.replays, one.removed) == (other.setup, other.actions, other.replays, other.removed)


def test_names_are_plain_and_options_at_their_first_values():
    setup = Setup(FORGETFUL, 3, {"patience": 50}, 7)
    schedule = [Request("n3", "r9", "v9"), Fire("n3", "remind"), Crash("n3"), Restart("n3"), Request("n3", "r4", "v4")]
    first = run(setup, schedule)
    best = minimise(setup, first.actions, first.violation)
    assert best.setup == Setup(FORGETFUL, 2, {"patience": 20}, 0)
    assert best.actions == (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))


def test_a_command_that_is_longer_than_the_workload_s_own_is_made_plain_where_it_does_not_matter():
    setup = Setup(FORGETFUL, 2)
    first = run(setup, [Request("n1", "r1", "v1........"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2........")])
    best = minimise(setup, first.actions, first.violation)
    assert [action.command for action in best.actions if isinstance(action, Request)] == ["v1", "v2"]


class NeverFour(Invariant):
    """No node ever decides for a command of more than four characters."""

    watches = (Decided,)

    def observe(self, event):
        return self.violation("too long", event) if len(event.observation.value) > 4 else None


def test_a_long_command_stays_where_it_is_what_breaks_the_invariant():
    setup = Setup(mutant(REGISTER, REGISTER.factory, invariants=(NeverFour,)), 2)
    first = run(setup, [Request("n1", "r1", "v1........")])
    assert minimise(setup, first.actions, first.violation).actions == first.actions


def raising(node, *_):
    raise LookupError("no such thing")


def raising_in_pairs(node, *_):
    return raising(node) if len(node.peers) == 1 else ()


def test_what_breaks_before_the_first_action_is_minimal():
    setup = Setup(scripted(start=raising), 3)
    best = minimise(setup, (), run(setup, ()).violation)
    assert (best.actions, best.complete, best.found, best.removed) == ((), True, 0, {})


def test_a_failing_run_without_actions_among_others_is_the_shortest():
    setup, empty = Setup(scripted(request=raising), 3), Setup(scripted(start=raising), 3)
    first = run(setup, [Request("n1", "r1", "v1"), Request("n2", "r2", "v2")])
    best = minimise(setup, first.actions, first.violation, more=[(empty, (), run(empty, ()).violation)])
    assert (best.setup, best.actions, best.complete) == (empty, (), True)


def test_a_schedule_of_which_nothing_is_needed_ends_as_one_without_actions():
    setup = Setup(scripted(start=raising_in_pairs, request=raising, sizes=(3, 2)), 3)
    told = []
    first = run(setup, [Request("n1", "r1", "v1")])
    best = minimise(setup, first.actions, first.violation, progress=lambda so_far: told.append(so_far.complete))
    assert (best.setup.size, best.actions, best.complete) == (2, (), True)
    assert sum(best.removed.values()) == best.found == 1
    assert told[-1]


def test_safety_that_broke_in_a_fair_phase_is_told_by_single_actions_but_never_by_more_than_there_were():
    scenario = mutant(FORGETFUL, FORGETFUL.factory, calm_bound=500)
    setup = Setup(scenario, 2)
    before = [Request("n1", "r1", "v1"), Crash("n1")]
    first = run(setup, [*before, Calm(("n1", "n2"), 0, 500)])
    assert first.violation.invariant == "OneValue"
    best = minimise(setup, first.actions, first.violation)
    assert len(best.actions) <= len(first.actions)
    reminded = run(setup, [before[0], *[Fire("n1", "remind")] * 5, before[1], Calm(("n1", "n2"), 0, 500)])
    best = minimise(setup, reminded.actions, reminded.violation)
    assert best.actions == (Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2"))
    assert best.removed == {"by spelling out the fair phase": 4}


def test_a_budget_that_is_used_up_leaves_the_best_so_far_which_is_not_called_minimal():
    first, _ = failing("vote-not-durable")
    lengths = []
    for replays in (0, 30, 30_000):
        best = minimise(first.setup, first.actions, first.violation, replays=replays, seconds=60)
        assert run(best.setup, best.actions).violation.fingerprint == first.violation.fingerprint
        lengths.append(len(best.actions))
        assert best.complete is (replays == 30_000)
    assert lengths[0] == len(first.actions) > lengths[1] > lengths[2]


def test_a_failing_run_that_is_shorter_in_the_end_wins():
    setup = Setup(FORGETFUL, 3)
    long = run(
        setup, [Request("n2", "r1", "v1"), Deliver("n2", "n1", "Copy"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")]
    )
    short = run(setup, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    best = minimise(setup, long.actions, long.violation, more=[(setup, short.actions, short.violation)])
    assert best.actions == short.actions
    assert best.removed == {"by another failing run": 1}


class Undecided(Invariant):
    """No node decides."""

    watches = (Decided,)

    def observe(self, event):
        return self.violation("decided", event)


def test_async_nodes_are_minimised_on_the_trio_host():
    scenario = Scenario(name="replicated", factory=Replicated, invariants=(Undecided,), sizes=(3,))
    found = hunt(scenario, seed=1, runs=50, host="trio")
    assert found.violation is not None
    best = minimise(found.setup, found.actions, found.violation, host="trio", seconds=60)
    assert best.complete
    assert [str(action) for action in best.actions] == [
        "request n1 r1 'v1'",
        "deliver n1->n2 Store",
        "deliver n2->n1 Stored",
    ]


# On disk


class Unplugged(BaseException):
    """The machine goes, while something is being minimised."""


def test_what_is_on_disk_while_a_run_is_minimised_is_one_file_that_reproduces_the_best_so_far(tmp_path):
    first, _ = failing("vote-not-durable")
    seen = []

    def progress(so_far):
        (file,) = tmp_path.iterdir()
        saved = load(file)
        assert replay(saved).outcome == "REPRODUCED"
        seen.append(len(saved.actions))
        if len(seen) == 3:
            raise Unplugged

    with pytest.raises(Unplugged):
        pursue(
            [first],
            scenario="raft",
            bug="vote-not-durable",
            folder=tmp_path,
            how="a test",
            progress=progress,
        )
    (file,) = tmp_path.iterdir()
    assert replay(load(file)).outcome == "REPRODUCED"
    assert len(load(file).actions) == seen[-1] < len(first.actions)


def test_ctrl_c_while_minimising_leaves_the_best_so_far_as_the_only_file(tmp_path):
    first, _ = failing("vote-not-durable")

    def progress(so_far):
        if len(so_far.actions) < len(first.actions) // 4:
            raise KeyboardInterrupt

    made = pursue([first], scenario="raft", bug="vote-not-durable", folder=tmp_path, how="a test", progress=progress)
    assert made.minimised.interrupted
    assert not made.minimised.complete
    assert sum(made.minimised.removed.values()) == made.found - len(made.minimised.actions)
    assert [load(file).actions for file in tmp_path.iterdir()] == [made.minimised.actions]
    assert len(made.minimised.actions) < len(first.actions) // 4
