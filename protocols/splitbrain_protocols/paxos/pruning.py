"""Pruning: an acceptor need not remember for ever (an option)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from splitbrain.node import DiskView, Effect, Effects, Erase, NodeId, SetTimer, Sync
from splitbrain_protocols.paxos.acceptor import Acceptor
from splitbrain_protocols.paxos.messages import NO_BALLOT

PRUNE = (500, 1000)  # ms


class Pruning(Acceptor):
    """With ``pruning``, an acceptor clears its disk, in time, once its process knows the decision.

    Its promises were what kept an old proposal from being accepted. Without them it is an acceptor no more: whoever
    asks it to promise or to accept is told the decision instead.
    """

    def __init__(self, me: NodeId, peers: Iterable[NodeId], disk: DiskView, *, pruning: bool = False, **options: Any) -> None:
        super().__init__(me, peers, disk, **options)
        self.pruning = pruning

    def may_prune(self) -> bool:
        """Only what can no longer make a difference: a decision is for good, a ballot that seems old may still be chosen."""
        return self.decided

    def is_retired(self) -> bool:
        """Whether it has forgotten what it promised, and knows the decision: it must promise and accept no more."""
        return self.pruning and self.decided and self.promised == NO_BALLOT

    def prune(self) -> Effects:
        """It is time; later again, where it is too early."""
        if not self.may_prune():
            return self.prune_in_time()
        self.promised, self.accepted = NO_BALLOT, None
        return [Erase("promised"), Erase("accepted"), Sync(), *self.prune_in_time()]

    def prune_in_time(self) -> list[Effect]:
        """While there is something left to prune, now or later."""
        return [SetTimer("prune", *PRUNE)] if self.pruning and not self.is_retired() else []
