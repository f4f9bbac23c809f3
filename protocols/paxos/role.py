"""What the proposer, the acceptor and the learner of one process share: who is who, what a quorum is, what is decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from harness.node import Disk, Effect, NodeId, RequestId, Send
from protocols.paxos.messages import Ballot, Message
from protocols.quorum import majority


class Role:
    """Base of the three roles: "a single process may act as more than one agent" (Paxos Made Simple, 2.1)."""

    promised: Ballot  # the acceptor's; the proposer of the same process counts on from there

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: Disk, *, learning: str = "proposer") -> None:
        if learning not in ("proposer", "learner"):
            raise ValueError(f"learning={learning!r}: there is no such way to learn; use 'proposer' or 'learner'")
        self.me = me
        self.peers: tuple[NodeId, ...] = tuple(peers)
        self.everybody = tuple(sorted((me, *self.peers), key=lambda name: (len(name), name)))
        # A process that is alone must accept, too, and so cannot be a learner and nothing else.
        self.learner: NodeId | None = self.everybody[-1] if learning == "learner" and self.peers else None
        self.acceptors = tuple(name for name in self.everybody if name != self.learner)
        self.decided: bool = "decided" in disk
        self.decision: Any = disk.get("decided")
        self.waiting: list[RequestId] = []  # clients to be told the decision

    def has_quorum(self, count: int) -> bool:
        """A majority of the acceptors: any two have an acceptor in common (Paxos Made Simple, 2.2)."""
        return count >= majority(len(self.acceptors))

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
