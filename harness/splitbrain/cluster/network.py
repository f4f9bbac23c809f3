"""Directed links, and the messages in flight on them. Here are those that keep no order; `queues` has those that do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from splitbrain.actions import Deliver, Drop, Duplicate, Link
from splitbrain.errors import ScenarioError, told
from splitbrain.events import Sent
from splitbrain.node import NodeId
from splitbrain.trace.freezing import freeze, is_frozen
from splitbrain.trace.recorder import Recorder

if TYPE_CHECKING:
    import networkx as nx

    from splitbrain.scenario import Label

CONNECTED, DISCONNECTED = "connected", "disconnected"  # kinds of notices, and what the handlers for them are called
Identity: TypeAlias = tuple[NodeId, NodeId, str, int | None, int, int]


class Envelope(msgspec.Struct, eq=False):
    """A message in flight, under its identity.

    number: how many were put in flight before it. place: where `Network.flight` holds it (-1: no longer in flight).
    A ``mutable`` message is copied once more when it arrives: the trace and other copies hold the same object.
    """

    sender: NodeId
    receiver: NodeId
    kind: str
    epoch: int | None
    ordinal: int
    copy: int
    message: Any
    number: int
    place: int
    mutable: bool = False

    def content(self) -> Any:
        """What its receiver gets."""
        return freeze(self.message) if self.mutable else self.message

    def identity(self) -> Identity:
        """What names this message in a schedule."""
        return (self.sender, self.receiver, self.kind, self.epoch, self.ordinal, self.copy)

    def deliver(self) -> Deliver:
        """The action that delivers it."""
        return Deliver(self.sender, self.receiver, self.kind, self.epoch, self.ordinal, self.copy)

    def drop(self) -> Drop:
        """The action that loses it."""
        return Drop(self.sender, self.receiver, self.kind, self.epoch, self.ordinal, self.copy)

    def duplicate(self) -> Duplicate:
        """The action that doubles it."""
        return Duplicate(self.sender, self.receiver, self.kind, self.epoch, self.ordinal, self.copy)


class Notice(Envelope):
    """Tells its receiver that its connection to the sender was opened, or has ended. Local knowledge: a cut link holds up none.

    connection: the number of the one that was opened.
    """

    connection: int = 0

    @property
    def opened(self) -> bool:
        """Whether it is of a beginning."""
        return self.kind == CONNECTED


class Network:
    """All links of one world. `flight` is unordered (removal swaps), but always the same for the same schedule.

    local: what a node sends to itself goes on no link, for its process keeps it. aside: directed links on which nothing is put in
    flight, for that reason, or because nobody is at their end; what is sent there is named and recorded, and that is all.
    """

    reorders = True  # whether messages of one link may overtake each other

    def __init__(self, nodes: tuple[NodeId, ...], label: Label, recorder: Recorder, local: bool = False) -> None:
        self.nodes = nodes
        self.known = frozenset(nodes)
        self._label = label
        self._recorder = recorder
        self._record_sent = recorder.wants(Sent)
        self._ordinals: dict[tuple[NodeId, NodeId, str, int | None], int] = {}
        self._copies: dict[tuple[NodeId, NodeId, str, int | None, int], int] = {}
        self._by_identity: dict[Identity, Envelope] = {}
        self._last_frozen: Any = None
        self._number = 0
        self.flight: list[Envelope] = []
        self.cut_links: dict[Link, None] = {}
        self.aside: dict[Link, None] = {(node, node): None for node in nodes} if local else {}
        self._on_send: Callable[[Envelope], None] | None = None

    @property
    def sent(self) -> int:
        """How many messages, and copies of them, were put in flight so far."""
        return self._number

    def send(self, sender: NodeId, receiver: NodeId, message: Any) -> None:
        """Put a message in flight, unless its link is set `aside`; copied now, unless it can never change."""
        mutable = False
        if message is not self._last_frozen:  # a broadcast sends one object many times
            if is_frozen(message):
                self._last_frozen = message
            else:
                message = freeze(message)
                mutable = True
        try:
            kind, epoch = self._label(message)
        except (Exception, SystemExit):  # noqa: BLE001 - the user's function; it is asked again, to be told of
            kind = None
        if type(kind) is not str or (epoch is not None and type(epoch) is not int):
            label = self._unusual(message)
            if label is None:
                return
            kind, epoch = label
        stream = (sender, receiver, kind, epoch)
        ordinal = self._ordinals.get(stream, 0) + 1
        self._ordinals[stream] = ordinal
        if self._record_sent:
            self._recorder.emit(Sent(self._recorder.step, sender, receiver, kind, epoch, ordinal, message))
        if self.aside and (sender, receiver) in self.aside:
            return
        flight = self.flight
        self._number += 1
        envelope = Envelope(sender, receiver, kind, epoch, ordinal, 0, message, self._number, len(flight), mutable)
        flight.append(envelope)
        if self._on_send is None:
            self._by_identity[(sender, receiver, kind, epoch, ordinal, 0)] = envelope
        else:
            self._on_send(envelope)

    def _unusual(self, message: Any) -> tuple[str, int | None] | None:
        """A label that is not quite a text and a whole number, as that; None, and the scenario is blamed, for what is no label."""
        kind = type(message).__name__
        try:
            label = self._label(message)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's function
            blame = ScenarioError(f"label({kind}) raised {told(error)}; it must name every message that is sent")
            blame.__cause__ = error
        else:
            match label:
                case (str(name), int() | None as epoch):  # a StrEnum's member, say: a schedule file has its text
                    return str.__str__(name), None if epoch is None else int(epoch)
            blame = ScenarioError(
                f"label({kind}) returned {label!r:.80}, not a kind and an epoch; "
                f"return for instance ({kind!r}, 3) or ({kind!r}, None)"
            )
        self._recorder.blame(blame)
        return None

    def listen(self, on_send: Callable[[Envelope], None] | None) -> None:
        """Tell the fair phase of every message sent until None is given. It asks for none by name, so no index is kept."""
        self._on_send = on_send
        self._by_identity = {} if on_send is not None else {envelope.identity(): envelope for envelope in self.flight}

    def find(self, action: Deliver | Drop | Duplicate) -> Envelope | None:
        """The message that the action names, if it is in flight."""
        return self._by_identity.get((action.sender, action.receiver, action.kind, action.epoch, action.ordinal, action.copy))

    def find_alike(self, action: Deliver | Drop | Duplicate) -> Envelope | None:
        """The nearest thing to the named message: of its kind, on its link, of the nearest epoch, and then the nearest ordinal."""
        sender, receiver, kind = action.sender, action.receiver, action.kind
        wanted = action.epoch or 0
        best: Envelope | None = None
        best_distance = (0, 0, 0)
        for envelope in self.flight:
            if envelope.receiver == receiver and envelope.sender == sender and envelope.kind == kind:
                distance = (abs((envelope.epoch or 0) - wanted), abs(envelope.ordinal - action.ordinal), envelope.ordinal)
                if best is None or (*distance, envelope.copy) < (*best_distance, best.copy):
                    best, best_distance = envelope, distance
        return best

    def first_on_link(self, envelope: Envelope) -> Envelope:
        """The message that must arrive on this one's link before all others: where they may overtake each other, any may."""
        return envelope

    def fronts(self) -> Sequence[Envelope]:
        """The messages that could arrive next, as far as the order of each link goes."""
        return self.flight

    def in_order(self, ready: Callable[[Envelope], bool]) -> Iterator[Envelope]:
        """The messages that are ``ready``, in the order of sending, as long as each is delivered before the next is asked for.

        What the delivery of one puts in flight is among the next. What is not ready stays so until somebody does something else.
        """
        due = [(envelope.number, envelope) for envelope in self.flight]
        heapify(due)
        seen = self._number
        while due:
            _, envelope = heappop(due)
            if envelope.place < 0 or not ready(envelope):
                continue
            yield envelope
            for newer in reversed(self.flight):  # they stand last, for no more than one was taken
                if newer.number <= seen:
                    break
                heappush(due, (newer.number, newer))
            seen = self._number

    def take(self, envelope: Envelope) -> None:
        """Remove a message from flight."""
        if self._on_send is None:
            del self._by_identity[envelope.identity()]
        flight = self.flight
        last = flight.pop()
        if last is not envelope:
            flight[envelope.place] = last
            last.place = envelope.place
        envelope.place = -1

    def next_copy(self, envelope: Envelope) -> Envelope:
        """What `duplicate` would put in flight."""
        origin = envelope.identity()[:5]
        copy = self._copies.get(origin, 0) + 1
        return Envelope(*origin, copy, envelope.message, self._number + 1, len(self.flight), envelope.mutable)

    def duplicate(self, envelope: Envelope) -> None:
        """Put one more copy in flight."""
        twin = self.next_copy(envelope)
        self._copies[envelope.identity()[:5]] = twin.copy
        self._number = twin.number
        self.flight.append(twin)
        self._by_identity[twin.identity()] = twin

    def cut(self, links: Iterable[Link]) -> None:
        """Cut directed links; what is in flight there waits."""
        for link in links:
            self.cut_links[link] = None

    def mend(self, links: Iterable[Link]) -> None:
        """Mend directed links."""
        for link in links:
            self.cut_links.pop(link, None)

    def carries(self, sender: NodeId, receiver: NodeId) -> bool:
        """Whether what is sent on this link now may arrive, unless something else happens to it."""
        return (sender, receiver) not in self.aside or sender == receiver

    # Of links that are connections; here there are none

    def joined(self, node: NodeId, hears: bool) -> None:
        """A node begins an incarnation; ``hears``: it is told of its connections."""

    def left(self, node: NodeId) -> None:
        """An incarnation of a node is over: its connections end with it."""

    def connect(self, one: NodeId, other: NodeId) -> None:
        """Open a connection between two nodes that run and have none."""
        raise NotImplementedError

    def opening(self, node: NodeId) -> Iterator[Notice]:  # noqa: ARG002 - of streams
        """What a node is told when the cluster has started: a notice for each of its connections."""
        yield from ()

    def told(self, notice: Notice) -> None:
        """A node gets a notice."""

    def graph(self) -> nx.DiGraph[NodeId]:
        """The links that carry messages now, as a directed graph."""
        import networkx as nx  # noqa: PLC0415 - it takes a quarter of a second to import, and most runs never ask

        graph: nx.DiGraph[NodeId] = nx.DiGraph()
        graph.add_nodes_from(self.nodes)
        graph.add_edges_from(
            (sender, receiver)
            for sender in self.nodes
            for receiver in self.nodes
            if sender != receiver and (sender, receiver) not in self.cut_links and self.carries(sender, receiver)
        )
        return graph
