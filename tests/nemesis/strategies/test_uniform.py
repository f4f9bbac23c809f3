"""The uniform walk."""

from collections import Counter

from attacks import attack

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
