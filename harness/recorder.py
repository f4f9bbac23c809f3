"""Where a run's events go: into the trace (when one is kept), to the invariants, and into the counts of what was exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from harness.events import Event, Observed
from harness.invariant import Monitor, Violation
from harness.node import NodeId


class Recorder:
    """Ordered events of one run. With ``keep`` off, an event that no invariant watches is not even built."""

    __slots__ = ("_monitor", "_observed", "_seen", "events", "keep", "now", "step", "violation", "violation_step")

    def __init__(self, monitor: Monitor | None, keep: bool) -> None:
        self._monitor = monitor
        self.keep = keep
        self.events: list[Event] = []
        self.step = 0
        self.now = 0
        self.violation: Violation | None = None
        self.violation_step = 0
        self._observed: dict[type, bool] = {}  # is an observation of this type recorded?
        self._seen: dict[type, int] = {}

    def wants(self, kind: type) -> bool:
        """Whether events of this type are to be emitted at all."""
        return self.keep or (self._monitor is not None and self._monitor.wants(kind))

    def emit(self, event: Event) -> None:
        """Record one event."""
        if self.keep:
            self.events.append(event)
        if self._monitor is not None and self.violation is None:
            found = self._monitor.observe(event)
            if found is not None:
                self.violation = found
                self.violation_step = self.step

    def observed(self, node: NodeId, observation: Any) -> None:
        """Record what a node said, and count it."""
        kind = type(observation)
        if kind in self._seen:
            self._seen[kind] += 1
        else:
            self._seen[kind] = 1
            self._observed[kind] = self.wants(kind) or self.wants(Observed)
        if self._observed[kind]:
            self.emit(Observed(self.step, node, observation))

    def satisfied(self) -> bool:
        """Whether all that the invariants wait for in a fair phase has happened."""
        return self._monitor is not None and self._monitor.satisfied()

    def awaits(self) -> bool:
        """Whether the fair phase still has to bring something about."""
        return self._monitor is not None and self._monitor.awaits()

    def seen(self, kinds: Sequence[type]) -> int:
        """How many observations of these types were made."""
        return sum(self._seen.get(kind, 0) for kind in kinds)

    def counts(self) -> Counter[str]:
        """How many observations of each type were made, by type name."""
        return Counter({kind.__name__: count for kind, count in self._seen.items()})
