"""Where a run's events go: into the trace (when one is kept), to the invariants, and into the counts of what was exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from typing import Any

from splitbrain.errors import ScenarioError
from splitbrain.events import Event, Observed
from splitbrain.invariant import Monitor, Violation
from splitbrain.node import NodeId


class Recorder:
    """Ordered events of one run. With ``keep`` off, an event that no invariant watches is not even built."""

    __slots__ = (
        "_is_progress",
        "_monitor",
        "_observed",
        "_others",
        "_progress",
        "_seen",
        "_watched",
        "error",
        "events",
        "keep",
        "listener",
        "step",
        "violation",
    )

    def __init__(self, monitor: Monitor | None, keep: bool, progress: Collection[type] = ()) -> None:
        self._monitor = monitor
        self.keep = keep
        self.events: list[Event] = []
        self.step = 0
        self.violation: Violation | None = None
        self.error: ScenarioError | None = None  # what a function of the scenario did wrong, for the world to raise
        self.listener: Callable[[NodeId, Any], None] | None = None  # of a search, which is guided by what nodes say
        self._observed: dict[type, bool] = {}  # is an observation of this type recorded?
        self._watched: dict[type, bool] = {}  # does an invariant look at events of this type?
        self._is_progress: dict[type, tuple[type, ...]] = {}  # which types of progress is this one?
        self._seen: dict[type, int] = {}
        self._others: Counter[str] = Counter()
        self._progress = progress

    def wants(self, kind: type) -> bool:
        """Whether events of this type are to be emitted at all."""
        return self.keep or (self._monitor is not None and self._monitor.wants(kind))

    def emit(self, event: Event) -> None:
        """Record one event."""
        if self.keep:
            self.events.append(event)
        if self._monitor is None or self.violation is not None:
            return
        kind = type(event)
        watched = self._watched.get(kind)
        if watched is None:
            watched = self._watched[kind] = kind is Observed or self._monitor.wants(kind)
        if not watched:
            return
        try:
            self.violation = self._monitor.observe(event)
        except ScenarioError as error:
            self.blame(error)

    def blame(self, error: ScenarioError) -> None:
        """The scenario is wrong, not the node whose handler came upon it: the world raises this when the handler is done."""
        if self.error is None:
            self.error = error

    def observed(self, node: NodeId, observation: Any, parted: bool) -> None:
        """Record what a node said, and count it; once more if it is progress, and the cluster is ``parted``: a link is cut."""
        kind = type(observation)
        if kind in self._seen:
            self._seen[kind] += 1
        else:
            self._seen[kind] = 1
            self._observed[kind] = self.wants(kind) or self.wants(Observed)
            self._is_progress[kind] = tuple(each for each in self._progress if issubclass(kind, each))
        if self.listener is not None:
            self.listener(node, observation)
        if parted:
            for each in self._is_progress[kind]:
                self.count(f"{each.__name__} under partition")
        if self._observed[kind]:
            self.emit(Observed(self.step, node, observation))

    def count(self, what: str) -> None:
        """Count something else that was exercised."""
        self._others[what] += 1

    def satisfied(self) -> bool:
        """Whether all that the invariants wait for in a fair phase has happened."""
        return self._monitor is not None and self._asked(self._monitor.satisfied, otherwise=True)

    def awaits(self) -> bool:
        """Whether the fair phase still has to bring something about."""
        return self._monitor is not None and self._asked(self._monitor.awaits, otherwise=False)

    def _asked(self, question: Callable[[], bool], otherwise: bool) -> bool:
        try:
            return question()
        except ScenarioError as error:
            self.blame(error)
            return otherwise  # so that the fair phase ends

    def counts(self) -> Counter[str]:
        """How many observations of each type were made, by type name, and what else was counted.

        One that adds a field to a type of progress counts as that, too; a mere namesake goes by its module.
        """
        counts = self._others.copy()
        taken = {each.__name__ for each in self._progress}
        for kind, count in self._seen.items():
            kin = [each.__name__ for each in self._is_progress[kind]]
            name = kind.__name__ if kind.__name__ in kin or kind.__name__ not in taken else f"{kind.__module__}.{kind.__name__}"
            for each in dict.fromkeys((name, *kin)):
                counts[each] += count
        return counts
