"""What the proposer, the acceptor and the learner of one process share: who is who, what a quorum is, what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, NodeId, RequestId, Send
from splitbrain_protocols.paxos.messages import Message
from splitbrain_protocols.quorum import majority


class Role:
    """Base of the three roles: "a single process may act as more than one agent" (Paxos Made Simple, 2.1)."""

    def __init__(
        self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, learning: str = "proposer", spare: bool = False
    ) -> None:
        if learning not in ("proposer", "learner"):
            raise ValueError(f"learning={learning!r}: there is no such way to learn; use 'proposer' or 'learner'")
        self.me = me
        self.peers: tuple[NodeId, ...] = tuple(peers)
        self.everybody = tuple(sorted((me, *self.peers), key=lambda name: (len(name), name)))
        # A process that is alone must accept, too, and so cannot be a learner and nothing else.
        self.learner: NodeId | None = self.everybody[-1] if learning == "learner" and self.peers else None
        others = tuple(name for name in self.everybody if name != self.learner)
        self.spare: NodeId | None = others[-1] if spare and len(others) > 1 else None
        self.asked = others  # who is asked to promise and to accept
        self.acceptors = tuple(name for name in others if name != self.spare)  # and whose answers count
        self.decided: bool = "decided" in disk
        self.decision: Any = disk.get("decided")
        self.waiting: list[RequestId] = []  # clients to be told the decision

    def has_quorum(self, count: int) -> bool:
        """A majority of the acceptors: any two have an acceptor in common (Paxos Made Simple, 2.2)."""
        return count >= majority(len(self.acceptors))

    def is_acceptor(self, sender: NodeId) -> bool:
        """Quorums are made of acceptors; a spare, which answers as they do, is in none of them (2.2)."""
        return sender in self.acceptors

    def receive(self, sender: NodeId, message: Message) -> Iterable[Effect]:
        """A message from another process, or from another role of this one."""
        raise NotImplementedError

    def send(self, to: NodeId, message: Message) -> Iterable[Effect]:
        """Send; what is for this very process is handled on the spot."""
        return self.receive(to, message) if to == self.me else (Send(to, message),)

    def send_all(self, receivers: tuple[NodeId, ...], message: Message) -> list[Effect]:
        """Send the same to several."""
        effects: list[Effect] = []
        for receiver in receivers:
            effects += self.send(receiver, message)
        return effects
