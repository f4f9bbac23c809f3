"""A search that broke nothing, for tests of what is told of it."""

from __future__ import annotations

from collections import Counter

from splitbrain.events import Crashed
from splitbrain.observations import Appended, Applied, Committed, Led, Tracked, Voted
from splitbrain.search.hunt import Hunted
from splitbrain_protocols.raft.scenario import RAFT

COVERAGE = Counter(
    Led=1204,
    Voted=98_765,
    Committed=311,
    Appended=4_000,
    Lease=17,
    deliver=1_234_567,
    crash=12_345,
    restart=12_001,
    request=900,
    cut=44,
)


HEARD = Counter({Led: 1204, Voted: 98_765, Committed: 311, Appended: 4_000, Tracked: 5, Applied: 9, Crashed: 12_345})


def hunted(scenario=RAFT, **fields):
    counts = {"coverage": COVERAGE, "heard": HEARD, "operations": Counter(answered=640, refused=210, unknown=50)}
    return Hunted(scenario, 7, **{"runs": 1234, "steps": 2_345_678, "seconds": 20.04, **counts, **fields})
