"""Paxos: an acceptor keeps its word and its memory, and a ballot has one value."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.acceptances import accepted
from splitbrain_invariants.witnesses.phrase import at, ballot, place
from splitbrain_invariants.witnesses.restarts import between


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
        if type(said) is AcceptorStarted:
            return None if promise is None else self._restarted(event, promise)
        if promise is None or not said.ballot < promise.observation.ballot:
            if type(said) is Promised:
                self._promises[event.node] = event
            return None
        number = ballot(said.ballot)
        did = f"promised {number}" if type(said) is Promised else f"accepted {said.value!r} at ballot {number}"
        return self.violation(f"{event.node} promised ballot {ballot(promise.observation.ballot)}, and then {did}", promise, event)

    def _restarted(self, event: Observed, promise: Observed) -> Violation | None:
        said, number = event.observation, promise.observation.ballot
        # To have accepted that ballot, or a higher one, on disk is as good as to have promised it.
        if any(found is not None and not found < number for found in (said.promised, said.accepted_ballot)):
            return None
        found = "none" if said.promised is None else f"only {ballot(said.promised)}"
        return self.violation(f"{event.node} promised ballot {ballot(number)}, and restarted knowing of {found}", promise, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        return (between(events, first, then),)


class OneValuePerBallot(Invariant):
    """All proposals and acceptances of a ballot have the same value."""

    watches = (Proposed, Accepted)
    source = "Paxos Made Simple, 2.2: different proposals have different numbers"

    def __init__(self) -> None:
        self._values: dict[Any, Observed] = {}

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        first = self._values.setdefault(key(said.ballot), event)
        value = first.observation.value
        if value == said.value:
            return None
        one, other = f"{first.node} {_did(first)} {value!r}", f"{event.node} {_did(event)} {said.value!r}"
        return self.violation(f"{one} at ballot {ballot(said.ballot)}, and {other} at the same", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        number = first.observation.ballot
        told = []
        for said in (first.observation, then.observation):
            who = {e.node: e.step for e in events[::-1] if type(e) is Observed and _is_of(e.observation, number, said.value)}
            told.append(Witness(f"{said.value!r} at ballot {ballot(number)}: {at(who)}", tuple(who), tuple(who.values())))
        return (*told, between(events, first, then)) if first.node == then.node else tuple(told)


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
        accepts = type(said) is Accepted
        number, value = (said.ballot, said.value) if accepts else (said.accepted_ballot, said.accepted_value)
        highest = self._accepted.get(event.node)
        if highest is None or (number is not None and highest[0] < number):
            if number is not None:
                self._accepted[event.node] = (number, value, event)
            return None
        if accepts or number == highest[0]:
            return None
        had = f"{event.node} {_did(highest[2])} {highest[1]!r} at ballot {ballot(highest[0])}"
        found = "nothing" if number is None else f"{value!r} at {ballot(number)}"
        return self.violation(f"{had}, and restarted with {found}", highest[2], event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        said = first.observation
        highest = said.ballot if type(said) is Accepted else said.accepted_ballot
        since = [
            (e, number, value)
            for e, number, value in accepted(events[place(events, first) + 1 : place(events, then)])
            if e.node == first.node and number < highest
        ]
        lower = [
            Witness(
                f"after that, {e.node} accepted {value!r} at ballot {ballot(number)} (step {e.step}), "
                f"which is lower than {ballot(highest)}",
                (e.node,),
                (e.step,),
            )
            for e, number, value in since
        ]
        return (*lower, between(events, first, then))


def _did(event: Observed) -> str:
    kind = type(event.observation)
    return "proposed" if kind is Proposed else "accepted" if kind is Accepted else "had accepted"


def _is_of(said: Any, number: Any, value: Any) -> bool:
    return type(said) in (Proposed, Accepted) and (said.ballot, said.value) == (number, value)
