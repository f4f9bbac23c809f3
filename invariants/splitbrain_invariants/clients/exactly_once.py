"""Exactly once: however often a client asks for something, it takes effect once, and before the client is told."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Crashed, Event, Failed, Observed, Replied, Requested, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId, Refused, RequestId
from splitbrain.observations import Executed, Installed, Recovered
from splitbrain.trace.history import History
from splitbrain_invariants.witnesses.answers import formed
from splitbrain_invariants.witnesses.operations import course
from splitbrain_invariants.witnesses.restarts import between


class ExactlyOnce(Invariant):
    """However often an operation is asked for, it takes effect once, and not after its answer; a refused one has none.

    Once: at one entry, which is the same on all nodes, and in one life of a node once. A node that starts again may execute its log
    once more, from behind the snapshot that it found. Refused: by all whom it was asked of.

    What was answered and never takes effect at all is not its business: it may be a read that was served without the log (see
    Linearizable).

    It assumes that a node says Executed of each operation, with its request, at the entry where it takes effect, and a plain
    Applied of an entry that asks for what has taken effect already. Where something takes effect for the time being, before it is
    committed, a node says so when it is. What is served without the log is not in the log as well.
    """

    watches = (Executed, Requested, Replied, Installed, Recovered, Started, Crashed, Failed)
    kind = "step"
    source = "Raft (extended version), 8: a command that has been executed already is answered without executing it again"

    def __init__(self) -> None:
        self._history = History()
        self._first: dict[RequestId, Observed] = {}  # where it took effect first
        self._lives: dict[NodeId, dict[RequestId, Observed]] = {}  # what a node has executed in its life
        self._bases: dict[NodeId, Observed] = {}  # the snapshot that a node goes on from
        self._replies: dict[RequestId, Replied] = {}  # of what has not taken effect: the answer, or the last refusal

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Requested():
                self._history.fold(event)
            case Replied():
                return self._replied(event)
            case Observed():
                if isinstance(event.observation, Executed):
                    return self._executed(event)
                self._stands_on(event)
            case Started() | Crashed() | Failed():
                self._lives.pop(event.node, None)
                self._bases.pop(event.node, None)
        return None

    def _executed(self, event: Observed) -> Violation | None:
        node, said = event.node, event.observation
        request, index = said.request, said.index
        earlier = self._first.setdefault(request, event)
        place = f"{earlier.node} executed {request} at index {earlier.observation.index}"
        if earlier.observation.index != index:
            again = "and again" if earlier.node == node else f"and {node} did"
            return self.violation(f"{place}, {again} at index {index}", earlier, event)
        before = self._lives.setdefault(node, {}).setdefault(request, event)
        if before is not event:
            return self.violation(f"{node} executed {request} at index {index}, and once more in the same life", before, event)
        base = self._bases.get(node)
        if base is not None and index <= _last(base):
            held = f"{node} has a snapshot up to index {_last(base)}"
            return self.violation(f"{held}, and executed {request} at index {index} once more", base, event)
        return None if earlier is not event else self._too_late(event)

    def _too_late(self, event: Observed) -> Violation | None:
        """Whether the client was told of it, or that it would have no effect, before it took effect anywhere."""
        request = event.observation.request
        reply, operation = self._replies.pop(request, None), self._history.named(request)
        if reply is None or operation is None or operation.outcome == "unknown":
            return None
        told = "answered" if operation.outcome == "answered" else "refused"
        summary = f"{reply.node} {told} {request}, and {event.node} executed it afterwards, at index {event.observation.index}"
        return self.violation(summary, reply, event)

    def _replied(self, event: Replied) -> Violation | None:
        request = event.request
        operation = self._history.named(request)
        if operation is None or operation.returned is not None:
            return None
        self._history.fold(event)
        effect = self._first.get(request)
        if effect is None:
            self._replies[request] = event
        elif operation.outcome == "refused":
            summary = f"{effect.node} executed {request} at index {effect.observation.index}, and {event.node} refused it"
            return self.violation(summary, effect, event)
        return None

    def _stands_on(self, event: Observed) -> None:
        """What a snapshot holds has taken effect there; what is behind it may be executed again, where the state was another."""
        self._lives.pop(event.node, None)
        if _last(event):
            self._bases[event.node] = event

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        request = then.request if type(then) is Replied else then.observation.request  # type: ignore[union-attr]
        operation = self._history.named(request)
        told = [] if operation is None else [course(operation, events)]
        for event in (first, then):
            if type(event) is Replied and not isinstance(event.result, Refused):
                told += formed(self._history, event, events)
        if type(first) is type(then) is Observed and first.node == then.node and first.step < then.step:
            told.append(between(events, first, then))
        return tuple(told)


def _last(event: Observed) -> int:
    """The index of the last entry in a snapshot that is a node's state now; 0 where there is none."""
    said = event.observation
    return int(said.base_index if isinstance(said, Recovered) else said.index)
