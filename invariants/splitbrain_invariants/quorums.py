"""Who votes, and how many of them it takes: as the scenario declares it, else a majority of all nodes."""

from __future__ import annotations

from splitbrain.events import Declared, Started
from splitbrain.node import NodeId


class Quorums:
    """The voters of the beginning, and the least counts that elect and that decide, of so many voters.

    Feed it every `Declared` and `Started`.
    """

    __slots__ = ("_counts", "_declared", "_nodes")

    def __init__(self) -> None:
        self._nodes: list[NodeId] = []
        self._declared: tuple[NodeId, ...] = ()
        self._counts: tuple[tuple[int, int], ...] = ()

    def observe(self, event: Declared | Started) -> None:
        """What the scenario declares, or a node that starts."""
        if isinstance(event, Declared):
            self._declared, self._counts = event.voters, event.quorums
        elif event.step == 0:
            self._nodes.append(event.node)

    @property
    def voters(self) -> tuple[NodeId, ...]:
        """Whose votes count at first, in the order of the nodes."""
        return self._declared or tuple(self._nodes)

    @property
    def declared(self) -> bool:
        """Whether the scenario said so, rather than that nobody said anything else."""
        return bool(self._declared)

    def elect(self, voters: int) -> int:
        """How many of so many voters elect a leader, or prepare a ballot."""
        return self._counts[voters - 1][0] if 0 < voters <= len(self._counts) else voters // 2 + 1

    def decide(self, voters: int) -> int:
        """How many of so many voters decide, or commit."""
        return self._counts[voters - 1][1] if 0 < voters <= len(self._counts) else voters // 2 + 1
