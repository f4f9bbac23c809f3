"""What every witness asks of a trace: who is in it and who votes, where an event stands, and which two things conflict."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Event, Observed, Started
from splitbrain.invariant import Violation
from splitbrain.node import NodeId
from splitbrain_invariants.configurations import Configurations


def cluster(events: Sequence[Event]) -> list[NodeId]:
    """Every node, in order: each starts at step 0."""
    return [event.node for event in events if type(event) is Started and event.step == 0]


def configurations(events: Sequence[Event]) -> Configurations:
    """By what each node counts votes and copies, after all of these events."""
    known = Configurations()
    for event in events:
        kind = type(event.observation) if type(event) is Observed else type(event)
        if issubclass(kind, Configurations.WATCHES):
            known.observe(event)
    return known


def place(events: Sequence[Event], event: Event) -> int:
    """Where this very event is in the trace; its end, if it is not there."""
    return next((place for place, each in enumerate(events) if each is event), len(events))


def conflict(violation: Violation) -> tuple[Observed, Observed]:
    """The two things said that cannot both be, earliest first, of an invariant whose evidence is always such."""
    first, then = violation.evidence
    assert type(first) is Observed
    assert type(then) is Observed
    return first, then
