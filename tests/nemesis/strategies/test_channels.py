"""Schedulers of channels: in order, but for a few."""

from collections import Counter

import pytest
from attacks import QUIET, attack

from splitbrain.actions import Crash, Cut, Deliver, Fire, Request
from splitbrain.dice import Dice
from splitbrain.exhibit import mutant
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.strategies.channels import Delays, Priorities
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


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


@pytest.mark.parametrize("make", [Priorities, Delays])
def test_timers_clients_and_faults_come_in_between_now_and_then(make):
    kinds = Counter()
    for seed in range(8):
        kinds.update(type(action) for action in attack(make, Setup(RAFT, 3), 400, seed)[0])
    assert kinds[Deliver] > kinds[Fire] > 50
    assert kinds[Request] > 10
    assert kinds[Crash] > 0
    assert kinds[Cut] > 0
