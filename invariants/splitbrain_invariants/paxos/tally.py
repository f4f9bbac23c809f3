"""Who has accepted what, counted: the majorities that make a value chosen."""

from __future__ import annotations

from typing import Any

from splitbrain.events import Observed, Started
from splitbrain.node import NodeId
from splitbrain_invariants.key import key


class Tally:
    """For each ballot and value the acceptors that accepted it at any time: "accepted" is an act, not a state.

    The acceptors are the nodes that say so when they first start (AcceptorStarted), and theirs alone is counted. Where nobody
    says so, all nodes count, and it takes a majority of all, which is one of the acceptors all the more.
    """

    __slots__ = ("_most", "_nodes", "_voters", "acceptors")

    def __init__(self) -> None:
        self.acceptors: dict[NodeId, None] = {}
        self._nodes: dict[NodeId, None] = {}
        self._voters: dict[tuple[Any, Any], dict[NodeId, None]] = {}  # (ballot, value) -> who, in order
        self._most: dict[Any, int] = {}  # value -> the most acceptors at one ballot

    @property
    def majority(self) -> int:
        """How many acceptors make a value chosen."""
        return len(self.acceptors or self._nodes) // 2 + 1

    def started(self, event: Started) -> None:
        """A node started."""
        if event.step == 0:
            self._nodes[event.node] = None

    def acceptor_started(self, event: Observed) -> bool:
        """An acceptor said what it found on its disk. Returns whether that has just made a value chosen."""
        said = event.observation
        if event.step == 0:
            self.acceptors[event.node] = None
        return said.accepted_ballot is not None and self.accepted(event.node, said.accepted_ballot, said.accepted_value)

    def accepted(self, node: NodeId, ballot: Any, value: Any) -> bool:
        """A node accepted a value. Returns whether that has just made it chosen."""
        if self.acceptors and node not in self.acceptors:
            return False
        voters = self._voters.setdefault((key(ballot), key(value)), {})
        if node in voters:
            return False
        voters[node] = None
        self._most[key(value)] = max(len(voters), self._most.get(key(value), 0))
        return len(voters) == self.majority

    def voters(self, ballot: Any, value: Any) -> list[NodeId]:
        """Who has accepted the value at that ballot, the first of them first."""
        return list(self._voters.get((key(ballot), key(value)), ()))

    def most(self, value: Any) -> int:
        """How many acceptors have accepted the value at one ballot, at the most."""
        return self._most.get(key(value), 0)
