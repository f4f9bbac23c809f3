"""All exhibits of Raft, from votes to controls."""

from __future__ import annotations

from harness.scenario import Exhibit
from protocols.museum.raft_commit import COMMIT
from protocols.museum.raft_controls import CONTROLS
from protocols.museum.raft_durability import DURABILITY
from protocols.museum.raft_elections import ELECTIONS
from protocols.museum.raft_liveness import LIVENESS
from protocols.museum.raft_replication import REPLICATION

RAFT_EXHIBITS: tuple[Exhibit, ...] = (*ELECTIONS, *DURABILITY, *REPLICATION, *COMMIT, *LIVENESS, *CONTROLS)
