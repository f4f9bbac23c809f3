"""Where a run's events go: into the trace (when one is kept), to the invariants, and into the counts of what was exercised."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from typing import Any

from splitbrain.errors import ScenarioError
from splitbrain.events import Event, Observed
from splitbrain.invariant import Monitor, Violation
from splitbrain.node import NodeId
from splitbrain.observations import Ready, Recovering
from splitbrain.trace.readable import in_words

_NEW: Any = object()


class _Seen:
    """Observations of one type: how many, whether they are recorded, and of which types of progress they are."""

    __slots__ = ("count", "progress", "recorded")

    def __init__(self, recorded: bool, progress: tuple[type, ...]) -> None:
        self.count = 0
        self.recorded = recorded
        self.progress = progress


class Recorder:
    """Ordered events of one run. With ``keep`` off, an event that no invariant watches is not even built."""

    __slots__ = (
        "_fed",
        "_monitor",
        "_others",
        "_progress",
        "_ready",
        "_seen",
        "_show",
        "_standings",
        "error",
        "events",
        "keep",
        "listener",
        "on_standing",
        "step",
        "violation",
    )

    def __init__(
        self,
        monitor: Monitor | None,
        keep: bool,
        progress: Collection[type] = (),
        ready: type = Ready,
        show: Callable[[Any], Any] | None = None,
    ) -> None:
        self._monitor = monitor
        self._show = show
        self.keep = keep
        self.events: list[Event] = []
        self.step = 0
        self.violation: Violation | None = None
        self.error: ScenarioError | None = None  # what a function of the scenario did wrong, for the world to raise
        self.listener: Callable[[NodeId, Any], None] | None = None  # of a search, which is guided by what nodes say
        # Who listens when a node says that it recovers (True), or that it is a full member again.
        self.on_standing: Callable[[NodeId, bool], None] | None = None
        self._seen: dict[type, _Seen] = {}
        self._standings: dict[type, tuple[_Seen, bool]] = {}  # of types that say so: looked up where `_seen` has none, at no cost
        self._ready = ready
        self._fed: dict[type, int | None] = {}  # other events; None: no invariant looks at these
        self._others: Counter[str] = Counter()
        self._progress = progress

    def wants(self, kind: type) -> bool:
        """Whether events of this type are to be emitted at all."""
        return self.keep or (self._monitor is not None and self._monitor.wants(kind))

    def emit(self, event: Event) -> None:
        """Record one event."""
        if self.keep:
            self.events.append(event)
        kind = type(event)
        if kind is not Observed:  # these are counted already, each by its own type, and are watched, or would not be there
            fed = self._fed.get(kind, _NEW)
            if fed is None:
                return
            if fed is _NEW:
                self._fed[kind] = fed = 0 if self._monitor is not None and self._monitor.wants(kind) else None
                if fed is None:
                    return
            self._fed[kind] = fed + 1
        if self._monitor is None or self.violation is not None:
            return
        try:
            violation = self._monitor.observe(event)
            if violation is not None:
                self.violation = in_words(violation, self._show)
        except ScenarioError as error:
            self.blame(error)

    def acquit(self) -> None:
        """From now on nothing is judged: more has happened than the scenario allows, and what comes of that is nobody's fault."""
        self._monitor = None

    def blame(self, error: ScenarioError) -> None:
        """The scenario is wrong, not the node whose handler came upon it: the world raises this when the handler is done."""
        if self.error is None:
            self.error = error

    def observed(self, node: NodeId, observation: Any, parted: bool) -> None:
        """Record what a node said, and count it; once more if it is progress, and the cluster is ``parted``: a link is cut."""
        kind = type(observation)
        seen = self._seen.get(kind)
        if seen is not None:
            seen.count += 1
        else:
            seen = self._met(node, kind)
        if self.listener is not None:
            self.listener(node, observation)
        if parted:
            for each in seen.progress:
                self.count(f"{each.__name__} under partition")
        if seen.recorded:
            self.emit(Observed(self.step, node, observation))

    def _met(self, node: NodeId, kind: type) -> _Seen:
        """Count an observation of a type that is new, or that says where the node stands: that is told."""
        known = self._standings.get(kind)
        if known is None:
            progress = tuple(each for each in self._progress if issubclass(kind, each))
            seen = _Seen(self.wants(kind) or self.wants(Observed), progress)
            ready = issubclass(kind, self._ready)
            if not ready and not issubclass(kind, Recovering):
                self._seen[kind] = seen
                seen.count = 1
                return seen
            known = self._standings[kind] = seen, not ready
        seen, recovers = known
        seen.count += 1
        if self.on_standing is not None:
            self.on_standing(node, recovers)
        return seen

    def _said(self) -> Iterator[tuple[type, _Seen]]:
        yield from self._seen.items()
        for kind, (seen, _) in self._standings.items():
            yield kind, seen

    def said(self) -> int:
        """How many observations were made."""
        return sum(seen.count for _, seen in self._said())

    def count(self, what: str) -> None:
        """Count something else that was exercised."""
        self._others[what] += 1

    def satisfied(self) -> bool:
        """Whether all that the invariants wait for in a fair phase has happened."""
        return self._monitor is not None and self._asked(self._monitor.satisfied, otherwise=True)

    def awaits(self) -> bool:
        """Whether the fair phase still has to bring something about."""
        return self._monitor is not None and self._asked(self._monitor.awaits, otherwise=False)

    @property
    def undecided(self) -> dict[str, str]:
        """The invariants that do not know whether the run, which is over and broke nothing, breaks them; and why."""
        return {} if self._monitor is None or self.violation is not None else self._monitor.undecided()

    @property
    def untested(self) -> dict[str, str]:
        """The invariants that the run, which is over and broke nothing, did not put to the test; and why."""
        return {} if self._monitor is None or self.violation is not None else self._monitor.untested()

    def _asked(self, question: Callable[[], bool], otherwise: bool) -> bool:
        try:
            return question()
        except ScenarioError as error:
            self.blame(error)
            return otherwise  # so that the fair phase ends

    @property
    def heard(self) -> dict[type, int]:
        """How many observations of each type were made, and how many of the other events that an invariant looks at."""
        return {kind: count for kind, count in self._fed.items() if count is not None} | {
            kind: seen.count for kind, seen in self._said()
        }

    def counts(self) -> Counter[str]:
        """How many observations of each type were made, by type name, and what else was counted.

        One that adds a field to a type of progress counts as that, too; a mere namesake goes by its module.
        """
        counts = self._others.copy()
        taken = {each.__name__ for each in self._progress}
        for kind, seen in self._said():
            kin = [each.__name__ for each in seen.progress]
            name = kind.__name__ if kind.__name__ in kin or kind.__name__ not in taken else f"{kind.__module__}.{kind.__name__}"
            for each in dict.fromkeys((name, *kin)):
                counts[each] += seen.count
        return counts
