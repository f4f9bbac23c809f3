"""The exhibits of single-decree Paxos."""

from __future__ import annotations

from splitbrain.exhibit import Exhibit
from splitbrain_protocols.museum.paxos.acceptors import ACCEPTOR_EXHIBITS
from splitbrain_protocols.museum.paxos.controls import CONTROL_EXHIBITS
from splitbrain_protocols.museum.paxos.liveness import LIVENESS_EXHIBITS
from splitbrain_protocols.museum.paxos.memory import MEMORY_EXHIBITS
from splitbrain_protocols.museum.paxos.proposers import PROPOSER_EXHIBITS
from splitbrain_protocols.museum.paxos.quorums import QUORUM_EXHIBITS

PAXOS_EXHIBITS: tuple[Exhibit, ...] = (
    *ACCEPTOR_EXHIBITS,
    *MEMORY_EXHIBITS,
    *PROPOSER_EXHIBITS,
    *QUORUM_EXHIBITS,
    *LIVENESS_EXHIBITS,
    *CONTROL_EXHIBITS,
)
