"""Links that are connections: one for each pair of nodes, which ends with either of them, and takes with it what is in flight.

What a node sends goes on the connection that it was last told of. Where that is dead, or where it was told of none, it is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

from splitbrain.actions import Link
from splitbrain.cluster.network import CONNECTED, DISCONNECTED, Network, Notice
from splitbrain.cluster.queues import Queues
from splitbrain.node import NodeId
from splitbrain.trace.recorder import Recorder

if TYPE_CHECKING:
    from splitbrain.scenario import Label, Scenario


class Streams(Queues):
    """All connections of one world, and their queues: in each, data stands behind all notices.

    pairs: all of nodes, in the order of the cluster. open: those that are connected, and the number of their connection; closed:
    the others.
    """

    def __init__(
        self, nodes: tuple[NodeId, ...], label: Label, recorder: Recorder, local: bool = False, reorders: bool = False
    ) -> None:
        super().__init__(nodes, label, recorder, local, reorders)
        self.pairs: tuple[Link, ...] = tuple(combinations(nodes, 2))
        self.open: dict[Link, int] = {pair: number for number, pair in enumerate(self.pairs, 1)}
        self.closed: dict[Link, None] = {}
        self._opened = len(self.pairs)  # how many there were so far
        self._pair = {link: pair for pair in self.pairs for link in (pair, pair[::-1])}
        self._hears: dict[NodeId, bool] = {}  # of those that run: whether they are told of their connections
        self._announced: dict[Link, None] = {}  # peer and node: it was told of what is open, or will be

    def connected(self, one: NodeId, other: NodeId) -> bool:
        """Whether there is an open connection between these two."""
        return self._pair.get((one, other)) in self.open

    def connect(self, one: NodeId, other: NodeId) -> None:
        """Open a connection between two nodes that run and have none."""
        pair = self._pair[one, other]
        self._opened += 1
        self.open[pair] = self._opened
        del self.closed[pair]
        for node, peer in (pair, pair[::-1]):
            if self._hears[node]:
                self._announced[peer, node] = None
                self._announce(peer, node, CONNECTED, self._opened)
            else:
                del self.aside[node, peer]

    def disconnect(self, one: NodeId, other: NodeId) -> None:
        """End the one between these two."""
        pair = self._pair[one, other]
        del self.open[pair]
        self.closed[pair] = None
        for node, peer in (pair, pair[::-1]):
            self.aside[node, peer] = None
            self._lose(peer, node)
            if (peer, node) in self._announced:
                del self._announced[peer, node]
                if node in self._hears:
                    self._announce(peer, node, DISCONNECTED)

    def joined(self, node: NodeId, hears: bool) -> None:
        """A node begins an incarnation, which knows of no connection; one that is never told uses those that there are."""
        self._hears[node] = hears
        for peer in self.nodes:
            if peer != node and (hears or not self.connected(node, peer)):
                self.aside[node, peer] = None

    def left(self, node: NodeId) -> None:
        """An incarnation of a node is over: its connections end with it, and with them all that it was still to be told."""
        if self._hears.pop(node, None) is None:
            return
        for peer in self.nodes:
            if self.connected(node, peer):
                self.disconnect(node, peer)
            self._lose(peer, node, notices=True)

    def opening(self, node: NodeId) -> Iterator[Notice]:
        """What a node is told when the cluster has started: none of it is in flight."""
        for peer in self.nodes if self._hears.get(node) else ():
            pair = self._pair.get((node, peer))
            if pair in self.open:
                self._announced[peer, node] = None
                yield Notice(peer, node, CONNECTED, None, 0, 0, None, 0, -1, connection=self.open[pair])

    def told(self, notice: Notice) -> None:
        """A node gets a notice: if that is of what is open now, what it sends can arrive from now on."""
        node, peer = notice.receiver, notice.sender
        if notice.opened and self.open.get(self._pair[node, peer]) == notice.connection:
            self.aside.pop((node, peer), None)

    def _announce(self, peer: NodeId, node: NodeId, kind: str, connection: int = 0) -> None:
        """Put a notice in flight."""
        stream = (peer, node, kind, None)
        ordinal = self._ordinals[stream] = self._ordinals.get(stream, 0) + 1
        self._number += 1
        notice = Notice(*stream, ordinal, 0, None, self._number, len(self.flight), connection=connection)
        self.flight.append(notice)
        if self._on_send is None:
            self._by_identity[notice.identity()] = notice
        else:
            self._on_send(notice)
        self.put(notice)

    def _lose(self, sender: NodeId, receiver: NodeId, notices: bool = False) -> None:
        """Take what is in flight on a link; data alone, which stands last, or the notices, too."""
        queue = self.queues.get((sender, receiver))
        if queue is None or queue.place < 0:
            return
        items = queue.items
        while items and (notices or type(items[-1]) is not Notice):
            last = items.pop()
            if last.place >= 0:
                Network.take(self, last)
        if not items:
            self.forget(queue)


def links_of(scenario: Scenario, nodes: tuple[NodeId, ...], recorder: Recorder) -> Network:
    """The links that a scenario declares: connections, queues, or neither."""
    local, reorders = scenario.self_delivery == "local", scenario.budget.reorder
    if scenario.links == "streams":
        return Streams(nodes, scenario.label, recorder, local, reorders)
    return Network(nodes, scenario.label, recorder, local) if reorders else Queues(nodes, scenario.label, recorder, local)
