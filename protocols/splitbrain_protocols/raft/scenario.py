"""Raft under any nemesis: crashes of any number of nodes, torn writes, and a network that loses, repeats, delays and partitions."""

from __future__ import annotations

from splitbrain.observations import Committed, Led
from splitbrain.scenario import Scenario
from splitbrain_invariants import RAFT_SAFETY, LogTermination
from splitbrain_protocols.raft.core.messages import label
from splitbrain_protocols.raft.node import Raft

RAFT = Scenario(
    name="raft",
    factory=Raft,
    # Most mistakes show among three; duplicate votes need four nodes, several mistakes in counting copies need five.
    sizes=(3, 5, 4, 2, 7, 6, 1),
    # A no-op hides Figure 8, full heartbeats hide what an empty one may commit: both ways of each are to be searched.
    options={"noop": (False, True), "optimistic": (False, True), "heartbeats": ("empty", "full")},
    invariants=(*RAFT_SAFETY, LogTermination),
    label=label,
    calm_bound=5_000,
    progress=(Led, Committed),
)
