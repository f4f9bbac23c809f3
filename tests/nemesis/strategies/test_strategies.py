"""The strategies: what each is for, and what all of them promise."""

import sys
from collections import Counter

import pytest

from splitbrain.actions import Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import SplitbrainError
from splitbrain.exhibit import mutant
from splitbrain.nemesis.draw import draw_clients, draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.nemesis.portfolio import _SHARES, Bandit, Portfolio
from splitbrain.nemesis.profile import Faults, Profile
from splitbrain.nemesis.strategies.channels import Delays, Priorities
from splitbrain.nemesis.strategies.rounds import Rounds
from splitbrain.nemesis.strategies.swarm import Partitions, PowerCuts
from splitbrain.nemesis.strategies.uniform import Uniform
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run
from splitbrain_protocols.museum.raft.elections.votes import VoteTwiceInTerm
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

QUIET = FaultBudget(crashes="none", drop=False, duplicate=False, partition=False, mid_handler=False)
EVERYTHING = FaultBudget(slow_disks=True)
FIFO = FaultBudget(reorder=False, crashes="minority")


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("budget", [QUIET, EVERYTHING, FIFO], ids=["quiet", "everything", "fifo"])
@pytest.mark.parametrize("base", [RAFT, PAXOS], ids=["raft", "paxos"])
def test_every_strategy_does_only_what_is_enabled_and_allowed_in_clusters_of_any_size(strategy, budget, base):
    # What is not enabled, or not allowed, would raise.
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
    found = hunt(RAFT, seed=1, runs=150)
    assert set(found.shares) == set(STRATEGIES)
    assert sum(found.shares.values()) == found.steps
    assert found.found is None


def test_a_strategy_that_does_not_exist_is_refused_with_those_that_do():
    with pytest.raises(SplitbrainError, match="no strategy 'sworm'; it may be one of: swarm, rounds"):
        hunt(RAFT, seed=1, runs=1, strategy="sworm")


def attack(make, setup, steps, seed=1):
    """The actions of one strategy, and the events."""
    with setup.world(keep=True) as world:
        moves = Moves(world, Dice(seed))
        moves.go(make(moves).choose, steps)
        return moves.actions, world.events


def test_the_uniform_walk_chooses_evenly_among_all_that_is_enabled():
    # Right after the start three election timers are armed and nothing is in flight: three timers, three nodes to crash, three
    # to ask. The first action of many runs is each of the nine about as often.
    first = Counter()
    for seed in range(1800):
        (action,), _ = attack(Uniform, Setup(RAFT, 3), 1, seed)
        first[str(action).split(" 'v")[0]] += 1
    assert len(first) == 9
    assert min(first.values()) > 140
    assert max(first.values()) < 260


def test_priorities_keep_the_order_of_each_channel_as_long_as_nothing_changes():
    actions, _ = attack(Priorities, Setup(mutant(RAFT, RAFT.factory, budget=QUIET), 3, {"heartbeats": "full"}), 300)
    delivered = {}
    for action in actions:
        if isinstance(action, Deliver):
            delivered.setdefault((action.sender, action.receiver, action.kind, action.epoch), []).append(action.ordinal)
    assert sum(map(len, delivered.values())) > 100
    assert all(ordinals == sorted(ordinals) for ordinals in delivered.values())


def test_delays_deliver_in_the_order_of_sending_but_for_a_few():
    setup = Setup(mutant(RAFT, RAFT.factory, budget=QUIET), 3, {"heartbeats": "full"})
    late = []
    with setup.world() as world:
        moves = Moves(world, Dice(3))
        strategy = Delays(moves)
        for _ in range(600):
            action = strategy.choose()
            if action is None:
                continue
            if isinstance(action, Deliver):
                oldest = min(each.number for each in world.network.flight)
                late.append(world.network.find(action).number != oldest)
            world.apply(action)
    assert len(late) > 200
    assert 0 < sum(late) < len(late) / 2


def test_rounds_let_the_network_carry_on_between_impulses():
    actions, _ = attack(Rounds, Setup(mutant(RAFT, RAFT.factory, budget=QUIET), 3), 600)
    impulses = [isinstance(action, (Fire, Request)) for action in actions]
    together = "".join("i" if each else " " for each in impulses).split()
    assert max(map(len, together)) > 1
    assert sum(impulses) < len(actions) / 2


def test_partitions_are_cut_and_mended_in_turn_in_many_shapes():
    budget = FaultBudget(crashes="none", drop=False, duplicate=False)
    actions, _ = attack(Partitions, Setup(mutant(RAFT, RAFT.factory, budget=budget), 5), 2_000)
    cuts = [action for action in actions if isinstance(action, Cut)]
    assert len(cuts) > 10
    assert sum(isinstance(action, Mend) for action in actions) > 10
    assert len({len(cut.links) for cut in cuts}) > 3  # families of several shapes


def test_a_leader_is_isolated_made_deaf_or_made_mute():
    budget = FaultBudget(crashes="none", drop=False, duplicate=False)
    seen = set()
    for seed in range(12):
        with Setup(mutant(RAFT, RAFT.factory, budget=budget), 3).world() as world:
            moves = Moves(world, Dice(seed))
            strategy = Partitions(moves)
            for _ in range(400):
                action = strategy.choose()
                leader = moves.picture.leader
                if isinstance(action, Cut) and leader is not None:
                    others = [node for node in world.nodes if node != leader]
                    deaf, mute = {(node, leader) for node in others}, {(leader, node) for node in others}
                    for name, links in (("isolated", deaf | mute), ("deaf", deaf), ("mute", mute)):
                        if set(action.links) == links:
                            seen.add(name)
                if action is not None:
                    world.apply(action)
    assert seen == {"isolated", "deaf", "mute"}


def test_power_cuts_come_inside_handlers_and_to_whole_sites():
    whole = inside = 0
    for seed in range(10):
        actions, _ = attack(PowerCuts, Setup(RAFT, 3), 300, seed)
        inside += sum(isinstance(action, Crash) and action.during is not None for action in actions)
        kinds = "".join("c" if isinstance(action, Crash) else "." for action in actions)
        whole += "ccc" in kinds
        assert any(isinstance(action, Restart) for action in actions) or "c" not in kinds
    assert inside > 20
    assert whole > 2


def test_a_message_may_arrive_twice_in_a_row():
    profile = Profile(twice=1.0, fire=0.3)
    with Setup(RAFT, 3).world() as world:
        moves = Moves(world, Dice(1))
        moves.go(Walk(moves, profile).choose, 100)
    doubled = [place for place, action in enumerate(moves.actions) if isinstance(action, Duplicate)]
    assert doubled
    twice = 0
    for place in doubled:
        arrivals = moves.actions[place + 1 : place + 3]
        if [getattr(each, "copy", None) for each in arrivals] == [0, 1]:
            twice += 1
    assert twice > len(doubled) / 3


def test_what_is_rare_and_little_explored_is_gone_back_to():
    portfolio = Portfolio(RAFT, ("swarm", "guided"))
    for number in range(60):
        portfolio.run(Dice(f"rare/{number}"))
    assert len(portfolio.archive) > 50
    reached = portfolio.archive.choose(Dice(1))
    again = run(reached.setup, reached.actions, lenient=True)
    assert len(again.actions) > 0.9 * len(reached.actions)
    assert reached.tried >= 1


def test_the_bandit_favours_what_reaches_more_that_is_new():
    bandit = Bandit(("swarm", "rounds"))
    for _ in range(200):
        bandit.learn("swarm", 0, 100)
        bandit.learn("rounds", 5, 100)
    drawn = Counter(bandit.choose(Dice(seed)) for seed in range(1_000))
    assert drawn["rounds"] > 2 * drawn["swarm"] > 0


def test_all_strategies_have_a_share():
    assert set(_SHARES) == set(STRATEGIES)
    assert all(share > 0 for share in _SHARES.values())


def test_sizes_that_stand_first_are_drawn_more_often_and_all_are_drawn():
    drawn = Counter(draw_setup(RAFT, Dice(seed)).size for seed in range(2_000))
    assert set(drawn) == {1, 2, 3, 4, 5, 6, 7}
    assert drawn[3] > 1.5 * drawn[5] > drawn[1]


def test_how_many_requests_there_are_and_how_long_their_commands_are_is_drawn():
    limits, lengths = Counter(), Counter()
    for seed in range(200):
        with Setup(RAFT, 1).world() as world:
            moves = Moves(world, Dice(seed))
            draw_clients(moves.dice, moves)
            limits[moves.limit] += 1
            lengths[len(moves.ask("n1").command)] += 1
    assert set(limits) == {1, 2, 3, 5, 10, 30}
    assert set(lengths) == {2, 12, 102, 1_002, 5_002}
    assert lengths[2] > 150


def test_commands_of_ones_own_are_not_touched_even_if_they_look_like_the_default_ones():
    own = mutant(RAFT, RAFT.factory, commands=lambda number: f"v{number}")
    assert own.guarded.command(3, 100) == "v3"
    assert RAFT.guarded.command(3, 2) == "v3.."


def test_commands_of_a_workload_of_ones_own_are_made_longer_only_as_it_says():
    def commands(number):
        return {"set": number}

    plain = mutant(RAFT, RAFT.factory, commands=commands)
    assert plain.command(3, 100) == {"set": 3}
    sized = mutant(plain, RAFT.factory, payload=lambda command, size: command | {"pad": "x" * size})
    assert sized.command(3, 2) == {"set": 3, "pad": "xx"}

    def broken(command, size):
        raise ValueError("no")

    with pytest.raises(SplitbrainError, match=r"payload\({'set': 3}, 2\) raised ValueError: no"):
        mutant(plain, RAFT.factory, payload=broken).command(3, 2)


def test_faults_that_a_run_has_not_drawn_do_not_occur():
    none = Faults(drop=False, duplicate=False, crash=False, crash_inside=False, partition=False)
    actions, _ = attack(lambda moves: PowerCuts.__mro__[1](moves, none), Setup(RAFT, 3), 400)
    assert not any(isinstance(action, (Duplicate, Crash, Cut)) for action in actions)
    assert sum(isinstance(action, Drop) for action in actions) < 40  # where there were too many in flight


def test_guided_runs_do_not_depend_on_the_seed_of_hashes(pytester):
    probe = (
        "from splitbrain.search.hunt import hunt\nfrom splitbrain_protocols.raft.scenario import RAFT\n"
        "found = hunt(RAFT, seed=4, runs=80)\nprint(found.steps, sorted(found.shares.items()), len(found.portfolio.archive))\n"
    )
    script = pytester.makepyfile(probe)
    told = []
    for seed in ("1", "2"):
        pytester._monkeypatch.setenv("PYTHONHASHSEED", seed)
        told.append(pytester.run(sys.executable, script).outlines)
    assert told[0] == told[1]


def test_the_first_runs_are_short_and_later_ones_deep():
    portfolio = Portfolio(RAFT, ("swarm",))
    steps = [len(portfolio.run(Dice(number)).run.actions) for number in range(60)]
    assert steps[0] <= 31
    assert max(steps[:3]) <= 121
    assert max(steps) > 1_000


def test_weighted_dice_give_each_item_its_share_and_never_one_without_weight():
    drawn = Counter(Dice(seed).weighted([(3.0, "often"), (0.0, "never"), (1.0, "rarely")]) for seed in range(2_000))
    assert set(drawn) == {"often", "rarely"}
    assert 2 * drawn["rarely"] < drawn["often"] < 4 * drawn["rarely"]
