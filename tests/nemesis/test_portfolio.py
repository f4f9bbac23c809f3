"""The portfolio: what all strategies promise, and how they share the time of a search."""

from collections import Counter

import pytest
from attacks import QUIET
from scripted import scripted

from splitbrain.actions import Calm
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.nemesis.names import STRATEGIES, SWARM
from splitbrain.nemesis.portfolio import Bandit, Portfolio
from splitbrain.node import SetTimer
from splitbrain.search.hunt import hunt
from splitbrain.stopwatch import Deadline
from splitbrain.world.run import run
from splitbrain_protocols.museum.raft.elections.votes import VoteTwiceInTerm
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

EVERYTHING = FaultBudget(slow_disks=True)
FIFO = FaultBudget(reorder=False, crashes="minority")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("budget", [QUIET, EVERYTHING, FIFO], ids=["quiet", "everything", "fifo"])
@pytest.mark.parametrize("base", [RAFT, PAXOS], ids=["raft", "paxos"])
def test_every_strategy_does_only_what_is_enabled_and_allowed_in_clusters_of_any_size(strategy, budget, base):
    # It lives by not raising: what is not enabled, or not allowed, would.
    scenario = mutant(base, base.factory, budget=budget)
    portfolio = Portfolio(scenario, (strategy,))
    sizes = {portfolio.run(Dice(f"any/{number}")).run.setup.size for number in range(25)}
    assert len(sizes) > 1


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_equal_dice_give_equal_runs_and_other_dice_others(strategy):
    runs = [Portfolio(RAFT, (strategy,)).run(Dice(seed)) for seed in (5, 5, 6)]
    assert runs[0].run.actions == runs[1].run.actions
    assert runs[0].run.actions != runs[2].run.actions


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_strategy_finds_a_double_vote_by_itself_and_says_so(strategy):
    scenario = mutant(RAFT, VoteTwiceInTerm, sizes=(3,))
    found = hunt(scenario, seed=1, steps=150_000, strategy=strategy).found
    assert found is not None
    assert found.strategy == strategy
    assert run(found.setup, found.actions).violation == found.violation


def test_the_portfolio_uses_all_of_them_and_counts_their_steps():
    found = hunt(RAFT, seed=1, runs=80)
    assert set(found.shares) == set(STRATEGIES)
    assert sum(found.shares.values()) == found.steps
    assert found.found is None


def test_a_strategy_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(SplitbrainError, match="no strategy 'sworm'; it may be one of: swarm, rounds"):
        hunt(RAFT, seed=1, runs=1, strategy="sworm")


def test_the_bandit_favours_what_reaches_more_that_is_new():
    bandit = Bandit(("swarm", "rounds"))
    for _ in range(200):
        bandit.learn("swarm", 0, 100)
        bandit.learn("rounds", 5, 100)
    drawn = Counter(bandit.choose(Dice(seed)) for seed in range(1_000))
    assert drawn["rounds"] > 2 * drawn["swarm"] > 0


def test_the_first_runs_are_short_and_later_ones_deep():
    portfolio = Portfolio(RAFT, ("swarm",))
    steps = [len(portfolio.run(Dice(number)).run.actions) for number in range(60)]
    assert steps[0] <= 31
    assert max(steps[:3]) <= 121
    assert max(steps) > 1_000


def test_a_fair_phase_that_a_deadline_cuts_short_is_no_action_and_what_was_done_before_is_the_run():
    asked = []

    def request(node, name, command):
        if name.startswith("calm-"):
            asked.append(name)
        return ()

    class Late(Deadline):
        """It comes once a fair phase is under way."""

        def steps(self):
            return 0 if asked else 1

    scenario = scripted(request=request, calm_bound=1_000, start=lambda node: [SetTimer("t", 1, 2)])
    cut, whole = Portfolio(scenario, (SWARM,)), Portfolio(scenario, (SWARM,))
    phases = 0
    for number in range(20):
        short = cut.run(Dice(f"any/{number}"), Late(600)).run
        phases += bool(asked)
        asked.clear()
        full = whole.run(Dice(f"any/{number}")).run
        assert short.actions == tuple(action for action in full.actions if not isinstance(action, Calm))
        asked.clear()
    assert phases > 3
