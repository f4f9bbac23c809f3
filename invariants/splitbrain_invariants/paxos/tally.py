"""Who has accepted what, counted: the quorums that make a value chosen."""

from __future__ import annotations

from typing import Any

from splitbrain.events import Observed
from splitbrain.node import NodeId
from splitbrain_invariants.acceptors import Acceptors
from splitbrain_invariants.key import key, number


class Tally:
    """For each slot, ballot and value the acceptors that accepted it at any time: "accepted" is an act, not a state.

    The `Acceptors`, who are to be told all that bears on them, are those alone that are counted.
    """

    __slots__ = ("_most", "_voters", "acceptors")

    def __init__(self) -> None:
        self.acceptors = Acceptors()
        self._voters: dict[Any, dict[NodeId, None]] = {}  # (slot, ballot, value) -> who, in order
        self._most: dict[Any, int] = {}  # (slot, value) -> the most acceptors at one ballot

    def found(self, event: Observed) -> bool:
        """An acceptor said what it found on its disk: that it has accepted. Returns whether that has just made a value chosen."""
        said = event.observation
        if said.accepted_ballot is None:
            return False
        return self.accepted(event.node, said.accepted_ballot, said.accepted_value, said.slot)

    def accepted(self, node: NodeId, ballot: Any, value: Any, slot: Any = None) -> bool:
        """A node accepted a value. Returns whether that has just made it chosen."""
        acceptors = self.acceptors.settled()
        if node not in acceptors.members:
            return False
        value, slot = key(value), key(slot)
        voters = self._voters.setdefault((slot, number(ballot), value), {})
        if node in voters:
            return False
        voters[node] = None
        count = len(voters)
        if count > self._most.get((slot, value), 0):
            self._most[slot, value] = count
        return count == acceptors.decide

    def voters(self, ballot: Any, value: Any, slot: Any = None) -> list[NodeId]:
        """Who has accepted the value at that ballot, the first of them first."""
        return list(self._voters.get((key(slot), number(ballot), key(value)), ()))

    def most(self, value: Any, slot: Any = None) -> int:
        """How many acceptors have accepted the value at one ballot, at the most."""
        return self._most.get((key(slot), key(value)), 0)
