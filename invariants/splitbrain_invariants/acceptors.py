"""Who the acceptors are, and how many of them it takes to prepare a ballot, and to choose a value."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from splitbrain.events import Declared, Observed, Started
from splitbrain.node import NodeId
from splitbrain.observations import AcceptorStarted
from splitbrain_invariants.quorums import Quorums


class Acceptors:
    """The acceptors, and their quorums: majorities, where the scenario declares no others (flexible Paxos does).

    They are the voters, where the scenario declares some of the nodes as such; else those that say so when they first start
    (AcceptorStarted); else it is not known who they are, and all nodes count.

    Feed it every `Declared`, `Started` and `AcceptorStarted`.

    members: who they are, in order; all nodes, where that is not known. known: whether it is. elect: how many of them prepare a
    ballot. decide: how many of them make a value chosen.
    """

    __slots__ = ("_settled", "_told", "decide", "elect", "known", "members")

    def __init__(self) -> None:
        self._told: list[Any] = []
        self._settled = 0  # of how many of these account has been taken
        self.members: Collection[NodeId] = ()
        self.known = False
        self.elect = self.decide = 1

    def observe(self, event: Any) -> None:
        """What bears on who the acceptors are: it happens at step 0, and all else is ignored."""
        if event.step == 0:
            self._told.append(event)

    def settled(self) -> Acceptors:
        """Itself, with account taken of all that was told: there are many short runs, in which nobody asks."""
        if self._settled != len(self._told):
            self._settle()
        return self

    def _settle(self) -> None:
        quorums = Quorums()
        nodes: dict[NodeId, None] = {}
        declared: dict[NodeId, None] = {}
        said: dict[NodeId, None] = {}
        for event in self._told:
            if isinstance(event, Declared):
                quorums.observe(event)
                declared = dict.fromkeys(event.voters)
            elif isinstance(event, Started):
                nodes[event.node] = None
            elif isinstance(event, Observed) and isinstance(event.observation, AcceptorStarted):
                said[event.node] = None
        # That all nodes vote says nothing of roles: it is declared with quorums alone, too.
        members = (declared if nodes.keys() - declared.keys() else {}) or said
        self.known = bool(members)
        self.members = (members or nodes).keys()
        self.elect = quorums.elect(len(self.members))
        self.decide = quorums.decide(len(self.members))
        self._settled = len(self._told)
