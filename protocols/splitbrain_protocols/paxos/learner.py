"""The learner: when a value is known to be chosen, and how those who missed it find out (Paxos Made Simple, 2.3)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import splitbrain.observations as say
from splitbrain.node import CancelTimer, DiskView, Effect, Effects, NodeId, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import Accepted, Decision, Query
from splitbrain_protocols.paxos.role import Role

ASK_AGAIN = (200, 400)  # ms


class Learner(Role):
    """Every process learns; a distinguished one does so first, and "in turn informs the other learners" (2.3)."""

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.accepted_by: dict[Any, set[NodeId]] = {}  # by ballot

    def on_accepted(self, acceptor: NodeId, message: Accepted) -> Effects:
        """Once its value is known to be chosen, decide, and tell all others (2.3)."""
        if not self.is_acceptor(acceptor) or not self.is_chosen(acceptor, message):
            return ()
        return self.decide_and_inform(message.value)

    def is_chosen(self, acceptor: NodeId, message: Accepted) -> bool:
        """A value is chosen when a majority has accepted a single proposal with it (2.2)."""
        return self.has_quorum(self.count_accepted(acceptor, message))

    def count_accepted(self, acceptor: NodeId, message: Accepted) -> int:
        """How many acceptors are known to have accepted this very proposal, each counted once (2.2)."""
        acceptors = self.accepted_by.setdefault(message.ballot, set())
        acceptors.add(acceptor)
        return len(acceptors)

    def decide_and_inform(self, value: Any) -> list[Effect]:
        """The one who finds out decides, and "in turn informs the other learners" (2.3)."""
        decision = Decision(value)
        return [*self.decide(value), *(Send(peer, decision) for peer in self.peers)]

    def decide(self, value: Any) -> list[Effect]:
        """For good: stable before anybody is told, so that a restarted process does not have to learn it again."""
        self.decided = True
        self.decision = value
        timer = "retry" if self.waiting else "learn"
        replies = [Reply(request, value) for request in self.waiting]
        self.waiting.clear()
        return [CancelTimer(timer), *self.persist_then_decide(value), *replies]

    def persist_then_decide(self, value: Any) -> list[Effect]:
        """Stable storage first; to forget a decision would be no harm, while the acceptors remember (2.3)."""
        return [Write("decided", value), Sync(), Observe(say.Decided(value))]

    def ask_in_time(self) -> Effect:
        """A process that has heard of nothing still has to learn: messages get lost (2.3)."""
        return SetTimer("learn", *ASK_AGAIN)

    def ask(self) -> list[Effect]:
        """Acceptors, its own too, answer with what they have accepted, and anybody who has decided with the decision."""
        return [self.ask_in_time(), *self.send_all(self.everybody, Query())]

    def tell(self, asker: NodeId) -> Effects:
        """All that is left to say, once decided."""
        return (Send(asker, Decision(self.decision)),)
