"""Rounds: impulses together, then the network alone."""

from attacks import QUIET, attack

from splitbrain.actions import Fire, Request
from splitbrain.exhibit import mutant
from splitbrain.nemesis.strategies.rounds import Rounds
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


def test_rounds_let_the_network_carry_on_between_impulses():
    actions, _ = attack(Rounds, Setup(mutant(RAFT, RAFT.factory, budget=QUIET), 3), 600)
    impulses = [isinstance(action, (Fire, Request)) for action in actions]
    together = "".join("i" if each else " " for each in impulses).split()
    assert max(map(len, together)) > 1
    assert sum(impulses) < len(actions) / 2
