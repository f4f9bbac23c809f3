"""A Raft node (Diego Ongaro and John Ousterhout, "In Search of an Understandable Consensus Algorithm", extended version)."""

from __future__ import annotations

from splitbrain_protocols.raft.extensions.async_disk import AsyncDisk
from splitbrain_protocols.raft.extensions.prevote import PreElection
from splitbrain_protocols.raft.extensions.quorum_check import QuorumCheck


class Raft(PreElection, QuorumCheck, AsyncDisk):
    """Figure 2, complete; no membership changes, no snapshots.

    Figure 2 stands in ``core``, one class for each of its boxes: ``server``, ``election``, ``follower`` and ``leader``, whose
    options noop, optimistic, heartbeats and batch are explained there. What goes beyond the paper is in modules of its own,
    and off: ``prevote``, ``quorum_check`` and ``async_disk``. Each takes its own options, and adds its messages and timers.
    """
