"""What is drawn for a run as a whole."""

from collections import Counter

from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.exhibit import mutant
from splitbrain.nemesis.draw import draw_calm, draw_clients, draw_setup
from splitbrain.nemesis.moves import Moves
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


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
            limits[moves.clients.limit] += 1
            lengths[len(moves.clients.ask("n1", moves.dice).command)] += 1
    assert set(limits) == {1, 2, 3, 5, 10, 30}
    assert set(lengths) == {2, 12, 102, 1_002, 5_002}
    assert lengths[2] > 150


def calms(scenario, size=5, count=200):
    with Setup(scenario, size).world() as world:
        return [draw_calm(scenario, Dice(seed), world) for seed in range(count)]


def test_a_fair_phase_is_for_everybody_or_for_a_bare_majority():
    cores = Counter(len(calm.core) for calm in calms(RAFT))
    assert set(cores) == {3, 5}
    assert 60 < cores[5] < 140
    assert {calm.bound for calm in calms(RAFT)} == {RAFT.calm_bound}
    assert len({calm.core for calm in calms(RAFT)}) > 5


def test_a_fair_phase_leaves_nobody_dead_whom_the_budget_keeps_alive_and_none_that_is_needed():
    alive = mutant(RAFT, RAFT.factory, budget=FaultBudget(crashes="none"))
    assert {len(calm.core) for calm in calms(alive)} == {5}
    needed = mutant(RAFT, RAFT.factory, can_progress=lambda core, size, options: 0 in core)
    assert all("n1" in calm.core for calm in calms(needed))
    assert set(calms(mutant(RAFT, RAFT.factory, can_progress=lambda *_: False))) == {None}


def test_a_fair_phase_leaves_nobody_dead_whom_his_own_budget_keeps_alive():
    last = {"witness": lambda size: (size - 1,)}
    witness = mutant(RAFT, RAFT.factory, roles=last, budgets={"witness": FaultBudget(crashes="none")})
    assert {"n5" in calm.core for calm in calms(witness)} == {True}
    assert {len(calm.core) for calm in calms(witness)} == {3, 5}


def test_each_option_gets_each_of_its_values_and_the_host_is_whoever_s_choice():
    drawn = [draw_setup(RAFT, Dice(seed)) for seed in range(200)]
    for name, values in RAFT.options.items():
        assert {setup.options[name] for setup in drawn} == set(values)
    assert {setup.host for setup in drawn} == {"direct"}
    assert draw_setup(RAFT, Dice(1), "trio").host == "trio"
