"""The Raft wing: the folders ``elections``, ``disks`` and ``logs``, then ``liveness`` and ``controls``; of the store: ``clients``.

``shortest`` is the least number of actions with the options at their first values, which are the paper's. With a leader's no-op,
or an optimistic ``next_index``, a counterexample can be shorter than that: some need no client, or no refusal, any more.
"""

from __future__ import annotations

from splitbrain.exhibit import Exhibit
from splitbrain_protocols.museum.raft.controls import CONTROLS
from splitbrain_protocols.museum.raft.disks.async_disk import ASYNC_DISK
from splitbrain_protocols.museum.raft.disks.durability import DURABILITY
from splitbrain_protocols.museum.raft.elections.stability import STABILITY
from splitbrain_protocols.museum.raft.elections.terms import TERMS
from splitbrain_protocols.museum.raft.elections.votes import ELECTIONS
from splitbrain_protocols.museum.raft.liveness import LIVENESS
from splitbrain_protocols.museum.raft.logs.commit import COMMIT
from splitbrain_protocols.museum.raft.logs.replication import REPLICATION
from splitbrain_protocols.museum.raft.logs.rollbacks import ROLLBACKS
from splitbrain_protocols.museum.raft.logs.tracking import TRACKING

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
