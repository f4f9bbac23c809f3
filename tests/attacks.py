"""Attacks by one strategy on one world, for tests that look at what it did."""

from __future__ import annotations

from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves

QUIET = FaultBudget(crashes="none", drop=False, duplicate=False, partition=False, mid_handler=False)


def attack(make, setup, steps, seed=1):
    """The actions of one strategy, and the events."""
    with setup.world(keep=True) as world:
        moves = Moves(world, Dice(seed))
        moves.go(make(moves).choose, steps)
        return moves.actions, world.events
