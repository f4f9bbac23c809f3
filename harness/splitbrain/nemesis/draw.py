"""What is drawn for one run as a whole: its cluster, its clients, and the fair phase that may end it."""

from __future__ import annotations

from splitbrain.actions import Calm
from splitbrain.dice import Dice
from splitbrain.nemesis.moves import Moves
from splitbrain.scenario import PAYLOADS, Scenario
from splitbrain.world.power import why_too_few
from splitbrain.world.run import Setup
from splitbrain.world.world import World

DEPTHS = (30, 60, 120, 250, 500, 1000, 2000)
CALM = 0.3  # of the runs of a scenario that claims liveness end in a fair phase


def draw_setup(scenario: Scenario, dice: Dice, host: str | None = None, setups: type[Setup] = Setup) -> Setup:
    """A cluster size, a value for each option, and a seed for the order of async tasks.

    host: what is to run the nodes, where somebody chose. setups: the kind of setup.
    The k-th of the sizes is drawn with a weight of 1/k: most bugs need few nodes, and are found sooner among few.
    """
    size = dice.weighted((1 / rank, each) for rank, each in enumerate(scenario.sizes, 1))
    options = {name: dice.pick(values) for name, values in scenario.options.items()}
    return setups(scenario, size, options, dice.below(1 << 16), host)


def draw_clients(dice: Dice, moves: Moves) -> None:
    """How many requests clients make at most, how long their commands are, mostly as the scenario has them, and their manner."""
    clients = moves.clients
    clients.limit = moves.world.scenario.requests
    if dice.chance(0.5):
        clients.limit = min(clients.limit, dice.pick((1, 2, 3, 5, 10)))
    if dice.chance(0.1):
        clients.payload = dice.pick(PAYLOADS)
    clients.draw(dice)


def draw_calm(scenario: Scenario, dice: Dice, world: World) -> Calm | None:
    """A fair phase on a core that can make progress: everybody half of the time, else, where that is enough, a bare majority.

    None where not even everybody can, or too many have not recovered yet.
    """
    core = nodes = world.nodes
    if not scenario.may_progress(nodes, len(nodes), world.options) or why_too_few(world, nodes) is not None:
        return None
    if dice.chance(0.5):
        count = len(nodes) // 2 + 1
        smaller = tuple(dice.sample(nodes, count))
        if why_too_few(world, smaller) is None and scenario.may_progress(smaller, len(nodes), world.options):
            core = smaller
    return Calm(core, dice.below(1 << 16), scenario.calm_bound)
