"""What `pytest` does with the node; what it finds is saved under tests/schedules/, and replayed from then on."""

from hypothesis import settings
from mynode import SCENARIO

from splitbrain import conformance, simulate, state_machine


def test_the_contract_is_kept():
    """First of all: restarts from disk, well-formed effects, determinism, here and in other processes."""
    conformance(SCENARIO)


TestMyNode = state_machine(SCENARIO).TestCase  # Hypothesis and the engine attack it, with faults of all kinds
TestMyNode.settings = settings(max_examples=200)  # seconds; without this line it is half a minute, or what a profile says


@simulate(SCENARIO)  # or tell how a story begins: it is run many times, under other dice
def test_a_decision_survives_a_power_cut(world):
    """Nobody forgets what was decided, though all lose their power."""
    world.request("n1")
    world.settle()  # deliver all that is in flight
    for node in world.nodes:
        world.crash(node)
        world.restart(node)
    world.storm(100)  # up to so many actions of the engine's choice
