"""Swarm walks, plans of partitions, and power cuts."""

from attacks import attack

from splitbrain.actions import Crash, Cut, Drop, Duplicate, Mend, Request, Resend, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.exhibit import mutant
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Faults
from splitbrain.nemesis.strategies.swarm import Partitions, PowerCuts
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.kv.scenario import RAFT_KV
from splitbrain_protocols.raft.scenario import RAFT


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


def test_where_clients_are_sessions_a_leader_is_overtaken_and_they_go_on_asking_it():
    asked = overtaken = 0
    for seed in range(12):
        with Setup(RAFT_KV, 3).world() as world:
            moves = Moves(world, Dice(seed))
            strategy = Partitions(moves, Faults(drop=False, duplicate=False, crash=False, crash_inside=False, partition=True))
            for _ in range(1_000):
                action = strategy.choose()
                if action is None:
                    continue
                leading = {node: world.processes[node].node.current_term for node in world.nodes if leads(world, node)}
                if isinstance(action, (Request, Resend)) and action.node in leading:
                    asked += 1
                    overtaken += leading[action.node] < max(leading.values())
                world.apply(action)
    assert asked > 100
    assert overtaken > asked / 20  # without these plans, and without clients that know who has led: one in a hundred


def leads(world, node):
    process = world.processes[node]
    return process.running and process.node.role == "leader"


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


def test_faults_that_a_run_has_not_drawn_do_not_occur():
    none = Faults(drop=False, duplicate=False, crash=False, crash_inside=False, partition=False)
    actions, _ = attack(lambda moves: PowerCuts.__mro__[1](moves, none), Setup(RAFT, 3), 400)
    assert not any(isinstance(action, (Duplicate, Crash, Cut)) for action in actions)
    assert sum(isinstance(action, Drop) for action in actions) < 40  # where there were too many in flight
