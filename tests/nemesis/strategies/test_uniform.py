"""The uniform walk."""

from collections import Counter

from attacks import QUIET, attack

from splitbrain.actions import Complete, Crash, Deliver, Drop, Duplicate, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.exhibit import mutant
from splitbrain.nemesis.strategies.uniform import Uniform
from splitbrain.world.run import Setup
from splitbrain_protocols.raft.scenario import RAFT


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


def test_what_the_budget_forbids_is_not_in_the_list_and_all_that_it_allows_is_taken():
    forbidden, _ = attack(Uniform, Setup(mutant(RAFT, RAFT.factory, budget=QUIET), 3), 400)
    assert {type(action) for action in forbidden} == {Deliver, Fire, Request}
    slow = mutant(RAFT, RAFT.factory, budget=FaultBudget(slow_disks=True))
    allowed, _ = attack(Uniform, Setup(slow, 3), 2_000)
    assert {type(action) for action in allowed} == {Deliver, Drop, Duplicate, Fire, Request, Crash, Restart, Complete}
