"""Paxos: an acceptor keeps its word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants.key import key, lower
from splitbrain_invariants.witnesses.phrase import ballot, in_slot
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict


class PromisesKept(Invariant):
    """An acceptor that promised a ballot never promises or accepts below it, and still knows of it after a restart.

    A promise is said when it is durable or answered, so a restart that has lost it is the breach already. Accepting is
    no promise: an acceptor that answered no higher prepare may accept in any order (P1a), if it reports the highest.
    A promise without a slot is one for all slots, and one with a slot is for that slot alone.

    It assumes that an acceptor says Promised no sooner than its disk has it (or it has answered), and that what it finds when it
    starts it says before all else: what holds for all slots first. A slot of which it says nothing it may have pruned, for it may
    know what was decided there; it still has to keep its word.
    """

    watches = (Promised, Accepted, AcceptorStarted)
    kind = "step"
    source = "Paxos Made Simple, 2.2 (P1a) and 2.5 (stable storage)"

    def __init__(self) -> None:
        self._promises: dict[NodeId, dict[Any, Observed]] = {}  # each acceptor's highest, for each slot, and for all (None)
        self._everywhere: dict[NodeId, Observed] = {}  # what each found last that holds for all slots

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        promises = self._promises.get(event.node)
        if isinstance(said, AcceptorStarted):
            return None if promises is None else self._restarted(event, promises)
        if promises is not None:
            promise = promises.get(None)
            if promise is not None and lower(said.ballot, promise.observation.ballot):
                return self._broken(event, promise)
            if said.slot is not None:
                promise = promises.get(key(said.slot))
                if promise is not None and lower(said.ballot, promise.observation.ballot):
                    return self._broken(event, promise)
        if isinstance(said, Promised):
            self._promises.setdefault(event.node, {})[key(said.slot)] = event
        return None

    def _broken(self, event: Observed, promise: Observed) -> Violation:
        said, number = event.observation, ballot(event.observation.ballot)
        did = f"promised {number}" if isinstance(said, Promised) else f"accepted {said.value!r} at ballot {number}"
        where = "" if key(said.slot) == key(promise.observation.slot) else in_slot(said.slot)
        return self.violation(f"{_promised(promise)}, and then {did}{where}", promise, event)

    def _restarted(self, event: Observed, promises: dict[Any, Observed]) -> Violation | None:
        """It says what it found in a slot, or what holds for all of them."""
        slot = event.observation.slot
        everywhere = None
        if slot is None:
            self._everywhere[event.node] = event
        else:
            everywhere = self._everywhere.get(event.node)
            if everywhere is not None and everywhere.step < event.step:  # that was said in an earlier start
                everywhere = None
        for promise in (promises.get(None), None if slot is None else promises.get(key(slot))):
            if promise is not None and not _knows(event, promise) and (everywhere is None or not _knows(everywhere, promise)):
                said = event.observation.promised
                found = "none" if said is None else f"only {ballot(said)}"
                return self.violation(f"{_promised(promise)}, and restarted knowing of {found}", promise, event)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        return (between(events, *conflict(violation)),)


def _promised(promise: Observed) -> str:
    return f"{promise.node} promised ballot {ballot(promise.observation.ballot)}{in_slot(promise.observation.slot)}"


def _knows(event: Observed, promise: Observed) -> bool:
    """Whether what was found is the promise, or more: to have accepted that ballot, or a higher one, is as good."""
    said, number = event.observation, promise.observation.ballot
    return any(found is not None and not lower(found, number) for found in (said.promised, said.accepted_ballot))
