"""What happened before what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from splitbrain.actions import Deliver, Drop, Duplicate
from splitbrain.events import Acted, Event, Sent

if TYPE_CHECKING:
    import networkx as nx


def happens_before(events: Sequence[Event]) -> nx.DiGraph[int]:
    """Steps of the schedule as a graph: an edge from each step to the next on the same node, and from a send to its delivery.

    (Lamport, Time, Clocks, and the Ordering of Events in a Distributed System, 1978.) A copy comes from its duplication.
    The edge of a message has the attribute ``message``.
    """
    import networkx as nx  # noqa: PLC0415 - it takes a quarter of a second to import

    graph: nx.DiGraph[int] = nx.DiGraph()
    last: dict[str, int] = {}
    origin: dict[tuple[Any, ...], int] = {}  # the step that put a message, or a copy of it, in flight
    copies: Counter[tuple[Any, ...]] = Counter()
    for event in events:
        step = event.step
        graph.add_node(step)
        node = getattr(event, "node", None)
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
                if cause not in (None, step):
                    graph.add_edge(cause, step, message=True)
                if isinstance(inner, Duplicate):
                    copies[name] += 1
                    origin[*name, copies[name]] = step
        if node is not None:
            before = last.get(node)
            if before is not None and before != step:
                graph.add_edge(before, step)
            last[node] = step
    return graph
