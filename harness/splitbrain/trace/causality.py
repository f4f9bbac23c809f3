"""What happened before what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from splitbrain.actions import Deliver, Drop, Duplicate
from splitbrain.events import Acted, Event, Replied, Requested, Sent
from splitbrain.node import Refused
from splitbrain.trace.connections import Connections

if TYPE_CHECKING:
    import networkx as nx


def happens_before(events: Sequence[Event]) -> nx.DiGraph[int]:
    """Steps of the schedule as a graph: an edge from each step to the next of the same process, and from a send to its delivery.

    (Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, 1978.) A copy comes from its duplication. A client's
    session is a process, too: it asks, asks again, and is answered; who goes on for another one comes after what that one did. What
    tells a node of a connection comes of the step that opened or ended that, be it a crash; so does what is sent on a new one.
    The edge of a message has the attribute ``message``.
    """
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of a second to import

    graph: nx.DiGraph[int] = nx.DiGraph()
    last: dict[str, int] = {}
    origin: dict[tuple[Any, ...], int] = {}  # the step that put a message, or a copy of it, in flight
    copies: Counter[tuple[Any, ...]] = Counter()
    clients, connections = _Clients(), Connections()
    for event in events:
        step = event.step
        graph.add_node(step)
        node = getattr(event, "node", None)
        graph.add_edges_from((earlier, step) for earlier in connections.causes(event) if earlier != step)
        if isinstance(event, Sent):
            node = event.sender
            origin[event.sender, event.receiver, event.kind, event.epoch, event.ordinal, 0] = step
        elif isinstance(event, Acted):
            action = event.action
            inner = action.input
            node = action.actor
            if isinstance(inner, (Deliver, Drop, Duplicate)):
                name = (inner.sender, inner.receiver, inner.kind, inner.epoch, inner.ordinal)
                cause = origin.get((*name, inner.copy))
                if cause is None and isinstance(inner, Deliver):
                    cause = connections.notice(inner)
                if cause not in (None, step):
                    graph.add_edge(cause, step, message=True)
                if isinstance(inner, Duplicate):
                    copies[name] += 1
                    origin[*name, copies[name]] = step
        elif isinstance(event, (Requested, Replied)):
            earlier = clients.before(event)
            if earlier not in (None, step):
                graph.add_edge(earlier, step)
        if node is not None:
            before = last.get(node)
            if before is not None and before != step:
                graph.add_edge(before, step)
            last[node] = step
    return graph


class _Clients:
    """When each session did something last: it asked, or was told what it waited for."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}
        self._asked: dict[str, str] = {}  # what each waits for, and who does

    def before(self, event: Requested | Replied) -> int | None:
        """The step of what its session did before; None where that did nothing, or does not listen."""
        if isinstance(event, Requested):
            session = event.session
            if session is None:
                return None
            self._asked[event.request] = session
        else:
            session = self._asked.get(event.request)
            if session is None:
                return None
            if not isinstance(event.result, Refused):
                del self._asked[event.request]
        given_up = event.replaces if isinstance(event, Requested) else None
        earlier = self._last.get(given_up or session)
        self._last[session] = event.step
        return earlier
