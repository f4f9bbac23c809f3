"""The wing of single-decree Paxos: ``acceptors``, ``memory``, ``proposers``, ``quorums``, ``liveness``, ``controls``.

``shortest`` is exact, in two models. For the invariants that speak early it is the least number of actions (a crash and its
restart are two) of our own nodes, as `ci/optimum.py` finds it: on three nodes, or four where it takes as many, with two clients
and one crash (and where it is 8, without crashes and without the timers of learners). For the choice of a second value
it is that of a model whose proposers and acceptors are processes of their own; here they share processes, what a process
tells itself is no action, and a counterexample can be shorter than that.
"""

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
