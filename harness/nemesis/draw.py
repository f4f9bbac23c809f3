"""What is drawn for one walk as a whole: its cluster, and the fair phase that may end it."""

from __future__ import annotations

from harness.actions import Calm
from harness.dice import Dice
from harness.run import Setup
from harness.scenario import Scenario
from harness.world import World


def draw_setup(scenario: Scenario, dice: Dice) -> Setup:
    """A cluster size, a value for each option, and a seed for the order of async tasks."""
    size = dice.pick(scenario.sizes)
    options = {name: dice.pick(values) for name, values in scenario.options.items()}
    return Setup(scenario, size, options, dice.below(1 << 16))


def draw_calm(scenario: Scenario, dice: Dice, world: World) -> Calm:
    """A fair phase on a core that can make progress: everybody half of the time, else, where that is enough, a bare majority."""
    core = nodes = world.nodes
    if dice.chance(0.5):
        count = len(nodes) // 2 + 1
        smaller = tuple(dice.sample(nodes, count))
        affordable = len(nodes) - count <= scenario.budget.may_be_down(len(nodes))
        if affordable and scenario.may_progress(smaller, len(nodes), world.options):
            core = smaller
    return Calm(core, dice.below(1 << 16), scenario.calm_bound)
