"""What a trace tells of connections: which step opened or ended each, and so what every notice comes of."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import TypeAlias

from splitbrain.actions import Connect, Deliver, Disconnect
from splitbrain.events import Acted, Crashed, Event, Failed, Sent, Started
from splitbrain.node import NodeId

_Pair: TypeAlias = tuple[NodeId, NodeId]
OPENED, ENDED = "connected", "disconnected"  # the kinds of notices


class Connections:
    """Those of one run on streams; of any other, it tells nothing.

    Not every node wants to be told: of what is announced to the others, nothing is ever delivered.
    """

    def __init__(self) -> None:
        self._nodes: dict[NodeId, int] = {}  # all that ever started
        self._up: dict[NodeId, int] = {}  # who runs, since which step
        self._opened: dict[_Pair, int] = {}  # those that an action opened
        self._ended: dict[_Pair, int] = {}  # those that are closed
        self._notices: dict[tuple[NodeId, NodeId, str], deque[int]] = defaultdict(deque)  # peer, node, kind: of which steps
        self._sent: dict[tuple[NodeId, NodeId, str, int | None, int], int] = {}  # on a connection that an action opened

    def causes(self, event: Event) -> Iterator[int]:
        """The steps that a connection's beginning or end comes of, and what an action opened for a message that arrives."""
        match event:
            case Started():
                self._up[event.node] = self._nodes[event.node] = event.step
                for peer in self._nodes if event.step else ():  # one that starts again has none
                    self._ended.setdefault(_pair(event.node, peer), event.step)
            case Crashed() | Failed():
                self._dies(event.node, event.step)
            case Sent():
                opened = self._opened.get(_pair(event.sender, event.receiver))
                if opened is not None:
                    self._sent[event.sender, event.receiver, event.kind, event.epoch, event.ordinal] = opened
            case Acted(action=Disconnect(one, other)):
                yield from self._since(one, other)
                self._ends(one, other, event.step)
            case Acted(action=Connect(one, other)):
                yield from self._since(one, other)
                yield from (self._up[node] for node in (one, other) if node in self._up)
                self._ended.pop(_pair(one, other), None)
                self._opened[_pair(one, other)] = event.step
                self._announce(one, other, OPENED, event.step)
            case Acted(action=action) if isinstance(delivered := action.input, Deliver):
                name = (delivered.sender, delivered.receiver, delivered.kind, delivered.epoch, delivered.ordinal)
                yield from (self._sent[name],) if name in self._sent else ()

    def notice(self, delivered: Deliver) -> int | None:
        """The step that a notice comes of, which is delivered now."""
        waiting = self._notices[delivered.sender, delivered.receiver, delivered.kind]
        return waiting.popleft() if waiting else None

    def _since(self, one: NodeId, other: NodeId) -> Iterator[int]:
        """When their connection began or ended, if that was later than with the cluster."""
        pair = _pair(one, other)
        step = self._ended.get(pair, self._opened.get(pair))
        yield from () if step is None else (step,)

    def _dies(self, node: NodeId, step: int) -> None:
        if self._up.pop(node, None) is None:
            return
        for peer in self._up:
            if _pair(node, peer) not in self._ended:
                self._ends(node, peer, step)
        for peer, other, kind in tuple(self._notices):
            if other == node:
                self._notices[peer, other, kind].clear()

    def _ends(self, one: NodeId, other: NodeId, step: int) -> None:
        self._ended[_pair(one, other)] = step
        if step:  # a node that dies while the cluster starts had no connection that others were told of
            self._announce(one, other, ENDED, step)

    def _announce(self, one: NodeId, other: NodeId, kind: str, step: int) -> None:
        for peer, node in ((one, other), (other, one)):
            if node in self._up:
                self._notices[peer, node, kind].append(step)


def _pair(one: NodeId, other: NodeId) -> _Pair:
    return (one, other) if one < other else (other, one)
