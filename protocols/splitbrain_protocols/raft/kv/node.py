"""A server of the key-value store."""

from __future__ import annotations

from splitbrain_protocols.raft.kv.on_disk import OnDisk


class KeyValue(OnDisk):
    """Raft, complete, with the store for its state machine, and the state machine on the disk, if it is asked for."""
