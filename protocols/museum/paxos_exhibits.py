"""The exhibits of single-decree Paxos."""

from __future__ import annotations

from harness.scenario import Exhibit
from protocols.museum.paxos_acceptors import ACCEPTOR_EXHIBITS
from protocols.museum.paxos_controls import CONTROL_EXHIBITS
from protocols.museum.paxos_liveness import LIVENESS_EXHIBITS
from protocols.museum.paxos_memory import MEMORY_EXHIBITS
from protocols.museum.paxos_proposers import PROPOSER_EXHIBITS
from protocols.museum.paxos_quorums import QUORUM_EXHIBITS

PAXOS_EXHIBITS: tuple[Exhibit, ...] = (
    *ACCEPTOR_EXHIBITS,
    *MEMORY_EXHIBITS,
    *PROPOSER_EXHIBITS,
    *QUORUM_EXHIBITS,
    *LIVENESS_EXHIBITS,
    *CONTROL_EXHIBITS,
)
