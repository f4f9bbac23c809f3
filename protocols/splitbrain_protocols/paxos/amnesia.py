"""Lost disks: how a process notices that it has forgotten, and what it must not do then (an option)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, NodeId, Sync, Write
from splitbrain_protocols.paxos.role import Role

MARK = "has run"


class Amnesia(Role):
    """With ``disks="lost"``, each restart finds an empty disk, but for a mark that is kept elsewhere and says "has run before".

    An acceptor has to remember "even if it fails and then restarts" (2.2): one that does not can neither keep its promises
    nor report what it accepted, and its proposer may number two proposals alike. So it learns, and does nothing else any
    more. That is why there may be no majority left in the end, and this option claims no progress.
    """

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, disks: str = "kept", **options: Any) -> None:
        if disks not in ("kept", "lost"):
            raise ValueError(f"disks={disks!r}: disks have no such fate; use 'kept' or 'lost'")
        self.disks = disks
        self.has_forgotten = disks == "lost" and MARK in disk
        super().__init__(me, peers, {} if self.has_forgotten else disk, **options)

    def may_take_part(self) -> bool:
        """Propose, promise and accept: only with all that it ever said still in mind (2.2, 2.5)."""
        return not self.has_forgotten

    def leave_a_mark(self) -> list[Effect]:
        """Before anything is said: from now on this process can forget."""
        return [Write(MARK, True), Sync()] if self.disks == "lost" and not self.has_forgotten else []
