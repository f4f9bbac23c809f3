"""Connections in a hunt: drawn where links are streams, by every strategy; mistakes with them are found, and made small."""

from collections import Counter

import pytest
from attacks import attack
from couriers import COURIER, RIGHT, WRONG

from splitbrain.actions import Connect, Crash, Deliver, Disconnect, Drop, Duplicate, Fire
from splitbrain.budget import FaultBudget
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.dice import Dice
from splitbrain.doctor.conformance import conformance
from splitbrain.exhibit import mutant
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import GUIDED, STRATEGIES
from splitbrain.nemesis.portfolio import _MAKERS
from splitbrain.node import Send, SetTimer
from splitbrain.search.hunt import hunt
from splitbrain.world.run import Setup, run

LENGTHS = {
    "ResendsNothing": 12,
    "ResendsAll": 16,
    "ResendsLast": 16,
    "KeepsHalf": 13,
    "FreesAtEnd": 10,
    "TrustsLate": 15,
}


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != GUIDED])
def test_every_strategy_ends_connections_opens_them_again_and_tells_of_both(name):
    done = Counter()
    for seed in range(20):
        actions, _ = attack(_MAKERS[name], Setup(COURIER, 3), 300, seed)
        done.update(type(action).__name__ for action in actions)
        done.update(action.kind for action in actions if isinstance(action, Deliver))
    for what in ("Disconnect", "Connect", "disconnected", "connected", "Letter", "Crash", "Restart"):
        assert done[what] > 3, what
    assert not done["Drop"] + done["Duplicate"]


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != GUIDED])
def test_where_the_budget_keeps_connections_none_ends_but_with_its_node(name):
    kept = mutant(COURIER, COURIER.factory, budget=FaultBudget(disconnect=False))
    kinds = {type(action) for seed in range(10) for action in attack(_MAKERS[name], Setup(kept, 3), 200, seed)[0]}
    assert not kinds & {Disconnect, Drop, Duplicate}
    assert kinds >= {Crash, Connect}
    without = mutant(COURIER, COURIER.factory, budget=FaultBudget(disconnect=False, crashes="none"))
    kinds = {type(action) for seed in range(10) for action in attack(_MAKERS[name], Setup(without, 3), 200, seed)[0]}
    assert not kinds & {Disconnect, Connect}


@pytest.mark.parametrize(("scenario", "wrong"), WRONG, ids=[wrong.__name__ for _, wrong in WRONG])
def test_a_mistake_with_connections_is_found_with_each_of_five_seeds_and_made_small(scenario, wrong):
    for seed in range(1, 6):
        found = hunt(mutant(scenario, wrong), seed=seed, runs=300).found
        assert found is not None
    least = minimise(found)
    assert least.complete
    assert len(least.smallest.actions) <= LENGTHS[wrong.__name__]
    again = run(least.smallest.setup, least.smallest.actions)
    assert again.violation.fingerprint == found.violation.fingerprint


@pytest.mark.parametrize("scenario", RIGHT, ids=lambda scenario: scenario.name)
def test_who_does_it_right_keeps_the_contract_and_breaks_nothing(scenario):
    assert conformance(scenario).host == "direct"
    assert hunt(scenario, seed=1, runs=100).found is None


class Floods:
    """Sends a lot to everybody, and answers nothing."""

    def __init__(self, me, peers, disk):
        self.peers = peers

    def start(self):
        yield SetTimer("more", 10, 20)

    def timeout(self, timer):
        yield SetTimer("more", 10, 20)
        for peer in self.peers:
            for _ in range(1_000):
                yield Send(peer, "x")

    def receive(self, sender, message):
        return ()

    def request(self, request, command):
        return ()

    def connected(self, peer):
        return ()

    def disconnected(self, peer):
        return ()


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != GUIDED])
def test_no_strategy_looks_at_all_that_is_in_flight(name):
    """What a proposal looks at is counted, not timed: with ten thousand messages in flight it is not more than with few."""
    flood = mutant(COURIER, Floods, name="flood")
    with Setup(flood, 3).world() as world:
        for _ in range(2):
            for node in world.nodes:
                world.apply(Fire(node, "more"))
        assert len(world.network.flight) > 10_000
        looked = 0

        def deliverable(envelope, look=world.deliverable):
            nonlocal looked
            looked += 1
            return look(envelope)

        world.deliverable = deliverable
        moves = Moves(world, Dice(1))
        done = moves.go(_MAKERS[name](moves).choose, 300)
        assert looked <= 10 * (done + 300)


class Leaky(FaultBudget):
    """Of a world that is weaker than streams are: what is sent there may be lost, doubled and overtaken."""

    def within(self, links):
        return self


@pytest.mark.parametrize("name", [name for name in STRATEGIES if name != GUIDED])
def test_in_a_world_weaker_than_streams_messages_are_lost_and_doubled_and_no_notice_is(name):
    leaky = mutant(COURIER, COURIER.factory, budget=Leaky())
    done = [action for seed in range(20) for action in attack(_MAKERS[name], Setup(leaky, 3), 300, seed)[0]]
    outside = [action for action in done if isinstance(action, (Drop, Duplicate))]
    assert {type(action) for action in outside} == {Drop, Duplicate}
    assert not {action.kind for action in outside} & {"connected", "disconnected"}
    assert {"connected", "disconnected"} <= {action.kind for action in done if isinstance(action, Deliver)}
