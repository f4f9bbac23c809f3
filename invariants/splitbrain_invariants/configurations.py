"""By which configuration each node counts votes and copies: the declared voters, until it says `Voters`."""

from __future__ import annotations

from collections.abc import Container
from typing import TypeAlias

from splitbrain.events import Declared, Event, Observed, Started
from splitbrain.node import NodeId
from splitbrain.observations import Installed, Truncated, Voters
from splitbrain_invariants.quorums import Quorums

Groups: TypeAlias = tuple[tuple[NodeId, ...], ...]  # of which each must have its quorum


class Configurations:
    """The configuration that each node counts by, from what was declared and what it said.

    A node counts by the voters of the beginning until it says `Voters`; then by those, until the entry that they are is truncated,
    and the configuration before counts again. A node that had said so, and starts again or takes another's snapshot, may count by
    any configuration that anybody ever named, until it says which: a doubt speaks for the node.

    Feed it every event of the types in ``WATCHES``. Where nobody says `Voters`, all that it does is to count.
    """

    WATCHES = (Declared, Started, Voters, Truncated, Installed)

    __slots__ = ("_ever", "_stacks", "quorums")

    def __init__(self) -> None:
        self.quorums = Quorums()
        # For each node that said so: its configurations, the newest last, and the index of each; None: that of the beginning.
        self._stacks: dict[NodeId, list[tuple[int, Groups | None]]] = {}
        self._ever: dict[Groups, None] = {}

    def observe(self, event: Event) -> None:
        """One event, of a type in ``WATCHES``."""
        if type(event) is Started:
            if event.incarnation == 1:
                self.quorums.observe(event)
            elif event.node in self._stacks:
                self._stacks[event.node].clear()
        elif type(event) is Observed:
            self.said(event.node, event.observation)
        elif type(event) is Declared:
            self.quorums.observe(event)

    def said(self, node: NodeId, said: object) -> None:
        """What a node said, if it is of a type in ``WATCHES``."""
        if isinstance(said, Voters):
            self._appoint(node, said)
        elif not self._ever:
            return
        elif isinstance(said, Truncated):
            stack = self._stacks.get(node, ())
            while stack and stack[-1][0] >= max(said.index, 1):
                stack.pop()
        elif isinstance(said, Installed) and not said.rest:
            self._stacks[node] = []  # the snapshot has a configuration of its own

    def _appoint(self, node: NodeId, said: Voters) -> None:
        groups = tuple(map(tuple, said.groups))
        self._ever[groups] = None
        stack = self._stacks.setdefault(node, [(0, None)])
        index = said.index or 0
        while stack and (stack[-1][0] >= index or said.index is None):
            stack.pop()
        stack.append((index, groups))

    @property
    def change(self) -> bool:
        """Whether anybody said that it counts by another configuration than that of the beginning."""
        return bool(self._ever)

    @property
    def first(self) -> Groups:
        """That of the beginning."""
        return (self.quorums.voters,)

    def of(self, node: NodeId) -> tuple[Groups, ...]:
        """What this node may count by: one configuration, or, where it is not known, all that there were."""
        if not self._ever:
            return (self.first,)
        stack = self._stacks.get(node)
        if stack is None:
            return (self.first,)
        return (stack[-1][1] or self.first,) if stack else self.ever()

    def ever(self) -> tuple[Groups, ...]:
        """That of the beginning, and all that anybody named since."""
        return tuple({self.first: None, **self._ever})

    def elects(self, groups: Groups, holders: Container[NodeId]) -> bool:
        """Whether the holders are a quorum of each group, to elect."""
        return all(_count(group, holders) >= self.quorums.elect(len(group)) for group in groups)

    def decides(self, groups: Groups, holders: Container[NodeId]) -> bool:
        """Whether the holders are a quorum of each group, to commit."""
        return all(_count(group, holders) >= self.quorums.decide(len(group)) for group in groups)


def _count(group: tuple[NodeId, ...], holders: Container[NodeId]) -> int:
    return sum(node in holders for node in group)
