"""All exhibits of Raft, from votes to controls."""

from __future__ import annotations

from harness.scenario import Exhibit
from protocols.museum.raft_async_disk import ASYNC_DISK
from protocols.museum.raft_commit import COMMIT
from protocols.museum.raft_controls import CONTROLS
from protocols.museum.raft_durability import DURABILITY
from protocols.museum.raft_elections import ELECTIONS
from protocols.museum.raft_liveness import LIVENESS
from protocols.museum.raft_replication import REPLICATION
from protocols.museum.raft_rollbacks import ROLLBACKS
from protocols.museum.raft_stability import STABILITY
from protocols.museum.raft_terms import TERMS
from protocols.museum.raft_tracking import TRACKING

RAFT_EXHIBITS: tuple[Exhibit, ...] = (
    *ELECTIONS,
    *TERMS,
    *DURABILITY,
    *ASYNC_DISK,
    *REPLICATION,
    *ROLLBACKS,
    *TRACKING,
    *COMMIT,
    *LIVENESS,
    *STABILITY,
    *CONTROLS,
)
