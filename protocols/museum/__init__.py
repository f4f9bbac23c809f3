"""The museum: historical bugs of consensus protocols, each re-created by overriding one decision of the reference."""

from __future__ import annotations

from harness.scenario import Exhibit
from protocols.museum.paxos_exhibits import PAXOS_EXHIBITS
from protocols.museum.raft_exhibits import RAFT_EXHIBITS

EXHIBITS: tuple[Exhibit, ...] = (*RAFT_EXHIBITS, *PAXOS_EXHIBITS)
