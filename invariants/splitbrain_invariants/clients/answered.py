"""Progress as clients see it: when faults have stopped, somebody answers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from splitbrain.events import CalmBegan, CalmEnded, Event, Replied, Requested
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId, Refused
from splitbrain.trace.history import History
from splitbrain_invariants.witnesses.operations import course
from splitbrain_invariants.witnesses.waiting import silence

_SHOWN = 3  # operations of many


class ClientsAnswered(Invariant):
    """By the end of a fair phase its client has been answered, and not only refused, if it could ask anybody.

    It is about what that client asked in the fair phase; one answer is enough, for it asks on until it has one. Where the core has
    nobody whom clients may ask, or the workload had nothing to ask, nothing is to be done. What a node says in public does not
    count: a command may be applied by everybody, and its client wait for ever.

    It assumes that a node answers a request with its result, and refuses with Refused what it cannot do now.
    """

    watches = (Requested, Replied, CalmBegan, CalmEnded)
    kind = "eventually"
    source = "Alpern and Schneider, Defining Liveness, 1985: something good happens eventually; Raft, 5.6 and 8, says when"

    def __init__(self) -> None:
        self._began: CalmBegan | None = None
        self._history = History()  # of the fair phase
        self._answered = False

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Requested():
                if event.calm:
                    self._history.fold(event)
            case Replied():
                if self._history.named(event.request) is not None:
                    self._history.fold(event)
                    self._answered |= not isinstance(event.result, Refused)
            case CalmBegan():
                self._began, self._history, self._answered = event, History(), False
            case CalmEnded():
                return self._ended(event)
        return None

    def satisfied(self) -> bool:
        return self._began is not None and (self._answered or not self._history)

    def _ended(self, event: CalmEnded) -> Violation | None:
        if self._began is None or self._answered or not self._history:
            return None
        refused: Counter[NodeId] = Counter()
        silent: Counter[NodeId] = Counter()
        for operation in self._history:
            for attempt in operation.attempts:
                (refused if attempt.refused else silent)[attempt.node] += 1
        parts = [
            f"after {event.elapsed} fair ms none of the {_counted(len(self._history), 'operation')} asked for in them was answered"
        ]
        for node in event.core:
            told = [
                f"refused {refused[node]:,}" if refused[node] else "",
                f"kept silent about {silent[node]:,}" if silent[node] else "",
            ]
            if any(told):
                parts.append(f"{node} was asked {_times(refused[node] + silent[node])}, {' and '.join(filter(None, told))}")
        return self.violation("; ".join(parts), self._began, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, ended = violation.evidence
        assert type(ended) is CalmEnded
        courses = [course(operation, events) for operation in self._history[-_SHOWN:]]
        return (*courses, *silence(events, ended, ended.core))


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
