"""The ordered record of a run: its digest, the first difference of two, and what happened before what."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

import msgspec

from harness.actions import Deliver, Drop, Duplicate, actor, input_of
from harness.errors import EncodingError, ScenarioError, told
from harness.events import Acted, Event, Observed, Sent
from harness.plain import Plain

if TYPE_CHECKING:
    import networkx as nx

Show = Callable[[Any], Any]


def digest(events: Sequence[Event], show: Show | None = None) -> str:
    """SHA-256 (hex) of the trace's canonical encoding; equal digests mean equal traces, in any process."""
    total = hashlib.sha256()
    for line in encode(events, show):
        total.update(line)
        total.update(b"\n")
    return total.hexdigest()


def encode(events: Sequence[Event], show: Show | None = None) -> list[bytes]:
    """The canonical encoding, one JSON object an event. Raises `EncodingError` for what has none."""
    encoder = msgspec.json.Encoder(enc_hook=_hook(show), order="deterministic")
    plainly = Plain(_hook(show))
    lines = []
    for event in events:
        try:
            try:
                line = encoder.encode(event)
            except (TypeError, ValueError):  # JSON's keys are text, and its order of sets is theirs: a slower way knows more
                line = plainly.encode(event)
            if type(event) is Observed:  # the types of opaque things are a part of what happened
                line += type(event.observation).__name__.encode()
        except (NotImplementedError, TypeError, ValueError, RecursionError) as error:
            raise EncodingError(
                f"step {event.step}: {type(event).__name__} holds what has no canonical encoding ({error}); "
                "use msgspec structs, dataclasses or plain data, or give the scenario `show=`"
            ) from error
        lines.append(line)
    return lines


def _hook(show: Show | None) -> Callable[[Any], Any]:
    def hook(value: Any) -> Any:
        if show is None:
            raise NotImplementedError(f"{type(value).__module__}.{type(value).__qualname__}")
        try:
            shown = show(value)
        except Exception as error:
            name = f"{getattr(show, '__module__', '')}.{getattr(show, '__qualname__', show)}"
            raise ScenarioError(
                f"show({type(value).__name__}) raised {told(error)}; the scenario's `show` ({name}) must turn what msgspec cannot "
                "encode into what it can"
            ) from error
        if shown is value:
            raise NotImplementedError(f"{type(value).__qualname__}: the scenario's `show` returned it unchanged")
        return shown

    return hook


def first_difference(one: Sequence[Event], other: Sequence[Event], show: Show | None = None) -> int | None:
    """The index of the first event in which two traces differ; None when they are equal."""
    for index, (left, right) in enumerate(zip_longest(encode(one, show), encode(other, show))):
        if left != right:
            return index
    return None


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
            inner = input_of(action)
            node = actor(action)
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
