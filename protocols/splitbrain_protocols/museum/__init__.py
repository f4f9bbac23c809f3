"""The museum: historical bugs of consensus protocols, each re-created by overriding one decision of the reference.

Read ``exhibit`` (how one is described), then a wing: the folder ``raft`` or ``paxos``.
"""

from __future__ import annotations

from splitbrain.exhibit import Exhibit
from splitbrain_protocols.museum.paxos import PAXOS_EXHIBITS
from splitbrain_protocols.museum.raft import RAFT_EXHIBITS
from splitbrain_protocols.museum.raft.clients import CLIENT_EXHIBITS

EXHIBITS: tuple[Exhibit, ...] = (*RAFT_EXHIBITS, *CLIENT_EXHIBITS, *PAXOS_EXHIBITS)
