"""The shrinker: what it runs, what it remembers, and when it stops."""

from toys import FORGETFUL

from splitbrain.actions import Crash, Request, Restart
from splitbrain.counterexample.minimiser.shrinker import Budget, Shrinker, SpentError
from splitbrain.world.run import Setup, run

SETUP = Setup(FORGETFUL, 3)


def shrinker(setup, schedule, replays=1_000):
    return Shrinker(run(setup, schedule).found(), Budget(60, replays))


def test_a_candidate_is_run_once():
    s = shrinker(SETUP, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    assert not s.attempt("once", s.best.actions[:2])
    assert not s.attempt("twice", s.best.actions[:2])
    assert s.budget.runs == 1


def test_what_was_idle_in_a_candidate_is_remembered():
    s = shrinker(SETUP, [Request("n1", "r1", "v1"), Crash("n1"), Restart("n1"), Request("n1", "r2", "v2")])
    assert not s.attempt("without the crash", [s.best.actions[0], *s.best.actions[2:]])
    assert s.idle([s.best.actions[0], *s.best.actions[2:]]) == (1,)


def test_a_budget_counts_work_so_that_a_storm_of_messages_uses_it_up_sooner():
    budget = Budget(60, 10)
    budget.check()
    budget.charge(1, 100_000)
    try:
        budget.check()
    except SpentError:
        assert budget.runs == 1
        assert budget.left() == 0
    else:
        raise AssertionError("there is something left")
