"""Paxos: an acceptor keeps its word, and its memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants.witnesses.acceptances import accepted
from splitbrain_invariants.witnesses.phrase import ballot
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict, place


class PromisesKept(Invariant):
    """An acceptor that promised a ballot never promises or accepts below it, and still knows of it after a restart.

    A promise is said when it is durable or answered, so a restart that has lost it is the breach already. Accepting is
    no promise: an acceptor that answered no higher prepare may accept in any order (P1a), if it reports the highest.
    """

    watches = (Promised, Accepted, AcceptorStarted)
    kind = "step"
    source = "Paxos Made Simple, 2.2 (P1a) and 2.5 (stable storage)"

    def __init__(self) -> None:
        self._promises: dict[NodeId, Observed] = {}  # each acceptor's highest

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        promise = self._promises.get(event.node)
        if isinstance(said, AcceptorStarted):
            return None if promise is None else self._restarted(event, promise)
        if promise is None or not said.ballot < promise.observation.ballot:
            if isinstance(said, Promised):
                self._promises[event.node] = event
            return None
        number = ballot(said.ballot)
        did = f"promised {number}" if isinstance(said, Promised) else f"accepted {said.value!r} at ballot {number}"
        return self.violation(f"{event.node} promised ballot {ballot(promise.observation.ballot)}, and then {did}", promise, event)

    def _restarted(self, event: Observed, promise: Observed) -> Violation | None:
        said, number = event.observation, promise.observation.ballot
        # To have accepted that ballot, or a higher one, on disk is as good as to have promised it.
        if any(found is not None and not found < number for found in (said.promised, said.accepted_ballot)):
            return None
        found = "none" if said.promised is None else f"only {ballot(said.promised)}"
        return self.violation(f"{event.node} promised ballot {ballot(number)}, and restarted knowing of {found}", promise, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        return (between(events, *conflict(violation)),)


class AcceptedIsDurable(Invariant):
    """What an acceptor has accepted it still has after a restart, unless it accepted something higher since.

    What it finds on its disk it has accepted, although the power went before it could say so.
    """

    watches = (Accepted, AcceptorStarted)
    kind = "step"
    source = "Paxos Made Simple, 2.2 (it must remember the highest-numbered proposal that it has ever accepted) and 2.5"

    def __init__(self) -> None:
        self._accepted: dict[NodeId, tuple[Any, Any, Observed]] = {}  # each acceptor's highest: ballot, value, and who says so

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        restarted = isinstance(said, AcceptorStarted)
        number, value = (said.accepted_ballot, said.accepted_value) if restarted else (said.ballot, said.value)
        highest = self._accepted.get(event.node)
        if highest is None or (number is not None and highest[0] < number):
            if number is not None:
                self._accepted[event.node] = (number, value, event)
            return None
        highest_number, highest_value, earlier = highest
        if not restarted or number == highest_number:
            return None
        did = "accepted" if isinstance(earlier.observation, Accepted) else "had accepted"
        had = f"{event.node} {did} {highest_value!r} at ballot {ballot(highest_number)}"
        found = "nothing" if number is None else f"{value!r} at {ballot(number)}"
        return self.violation(f"{had}, and restarted with {found}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        said = first.observation
        highest = said.ballot if isinstance(said, Accepted) else said.accepted_ballot
        lower = [
            Witness(
                f"after that, {e.node} accepted {value!r} at ballot {ballot(number)} (step {e.step}), "
                f"which is lower than {ballot(highest)}",
                (e.node,),
                (e.step,),
            )
            for e, number, value in accepted(events[place(events, first) + 1 : place(events, then)])
            if e.node == first.node and number < highest
        ]
        return (*lower, between(events, first, then))
