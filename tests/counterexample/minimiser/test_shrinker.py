"""The shrinker: what it runs, what it remembers, and when it stops."""

import pytest
from shrinkers import FORGET, SETUP, shrinker
from toys import FORGETFUL, REGISTER, Register

from splitbrain.actions import Request
from splitbrain.counterexample.minimiser.shrinker import Budget, NoActionsError, Shrinker, SpentError
from splitbrain.exhibit import mutant
from splitbrain.world.run import Setup, run


def test_a_candidate_is_run_once():
    s = shrinker(SETUP, FORGET)
    assert not s.attempt("once", s.best.actions[:2])
    assert not s.attempt("twice", s.best.actions[:2])
    assert s.budget.runs == 1


def test_a_candidate_with_numbers_beyond_64_bits_is_run_once_too():
    def asking(number):
        return (Request("n1", "r1", number), *FORGET[1:])

    s = shrinker(SETUP, asking(2**70))
    for number in (2**70, 2**70, 2**70 + 1):
        assert not s.attempt("again", asking(number)[:2])
    assert s.budget.runs == 2


def test_what_was_idle_in_a_candidate_is_remembered():
    s = shrinker(SETUP, FORGET)
    assert not s.attempt("without the crash", [s.best.actions[0], *s.best.actions[2:]])
    assert s.idle([s.best.actions[0], *s.best.actions[2:]]) == (1,)


def test_a_budget_counts_work_so_that_a_storm_of_messages_uses_it_up_sooner():
    budget = Budget(600, 10)
    budget.check()
    budget.charge(1, 100_000)
    with pytest.raises(SpentError):
        budget.check()
    assert (budget.runs, budget.left()) == (1, 0)


def test_what_is_left_of_a_budget_is_counted_in_work_alone():
    budget = Budget(600, 10)
    shares = [budget.left()]
    for _ in range(3):
        budget.charge(30, 2)  # as a small schedule is
        shares.append(round(budget.left(), 3))
    assert shares == [1.0, 0.9, 0.8, 0.7]


def test_of_two_that_fail_alike_the_better_is_kept_and_what_is_gone_is_counted():
    s = shrinker(SETUP, [Request("n2", "r7", "v7"), *FORGET])
    told = []
    again = Shrinker(s.best, s.budget, lambda shrinker: told.append(len(shrinker.best.actions)))
    assert again.attempt("one less", FORGET)
    assert not again.attempt("no better", [Request("n2", "r7", "v7"), *FORGET])
    assert again.best.actions == FORGET
    assert (again.removed, told) == ({"one less": 1}, [4])


def test_what_breaks_otherwise_or_is_longer_than_what_was_to_be_minimised_is_never_kept():
    s = shrinker(SETUP, FORGET)
    other = run(Setup(mutant(FORGETFUL, Raises), 3), FORGET).found()
    longer = run(SETUP, [Request("n2", "r7", "v7"), *FORGET]).found()
    assert [s.may_keep(each) for each in (s.best, other, longer)] == [True, False, False]


def test_a_candidate_that_needs_no_action_ends_all():
    s = shrinker(Setup(mutant(REGISTER, Raises), 2), FORGET)
    with pytest.raises(NoActionsError) as shortest:
        s.attempt("another cluster", FORGET, Setup(mutant(REGISTER, Stillborn), 2))
    assert shortest.value.found.actions == ()


def test_a_fork_knows_what_was_tried_and_leaves_the_best_alone():
    s = shrinker(SETUP, [Request("n2", "r7", "v7"), *FORGET])
    assert not s.attempt("too much", FORGET[1:])
    fork = s.fork(run(SETUP, FORGET).found())
    runs = s.budget.runs
    assert not fork.attempt("too much", FORGET[1:])
    assert s.budget.runs == runs
    assert len(s.best.actions) == 5


class Raises(Register):
    """Fails when it is asked."""

    def request(self, request, command):
        raise LookupError("no such thing")


class Stillborn(Register):
    """Fails in the same way before it is asked."""

    def start(self):
        raise LookupError("no such thing")
