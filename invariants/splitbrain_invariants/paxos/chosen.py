"""Paxos: what *chosen* means, and that nothing else is decided (Paxos Made Simple, 2.1 and 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Proposed
from splitbrain_invariants.paxos.tally import Tally
from splitbrain_invariants.witnesses.acceptances import promise_quorum, rivals, support
from splitbrain_invariants.witnesses.phrase import ballot
from splitbrain_invariants.witnesses.trace import conflict


class OneChosenValue(Invariant):
    """Only a single value is chosen: accepted at one ballot by a majority of the acceptors.

    The acceptors are the nodes that say so when they first start (AcceptorStarted).
    """

    watches = (Accepted, AcceptorStarted, Started)
    source = "Paxos Made Simple, 2.1 and 2.2"

    def __init__(self) -> None:
        self._tally = Tally()
        self._chosen: tuple[Any, Any, Observed] | None = None  # ballot, value, and the acceptance that made it so

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Started:
            self._tally.started(event)
            return None
        assert type(event) is Observed
        said = event.observation
        if isinstance(said, Accepted):
            number, value = said.ballot, said.value
            chosen = self._tally.accepted(event.node, number, value)
        else:
            number, value = said.accepted_ballot, said.accepted_value
            chosen = self._tally.acceptor_started(event) and event.step > 0
        return self._choose(event, number, value) if chosen else None

    def _choose(self, event: Observed, number: Any, value: Any) -> Violation | None:
        """An acceptance has made a value chosen: whether another one was."""
        if self._chosen is None:
            self._chosen = (number, value, event)
            return None
        first_number, first_value, first = self._chosen
        if first_value == value:
            return None
        one, other = self._choice(first_number, first_value), self._choice(number, value)
        return self.violation(f"{one} was chosen, and then {other}", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        one, other = (_value(event) for event in conflict(violation))
        later = [e for e in events if type(e) is Observed and isinstance(e.observation, Proposed) and e.observation.value == other]
        return (*rivals(events, one, other), *(promise_quorum(events, later[-1]) if later else ()))

    def _choice(self, number: Any, value: Any) -> str:
        return f"{value!r} at ballot {ballot(number)} (accepted by {', '.join(self._tally.voters(number, value))})"


class DecidedIsChosen(Invariant):
    """Only a chosen value is decided.

    It is silent where acceptors do not say that they are, or do not say what they accept, and gives an acceptor that is
    down, with perhaps one answer that it did not tell of, the benefit of the doubt.
    """

    watches = (Decided, Accepted, AcceptorStarted, Started, Crashed)
    source = "Paxos Made Simple, 2.1: a process never learns that a value has been chosen unless it actually has been"

    def __init__(self) -> None:
        self._tally = Tally()
        self._say_accepted = False  # whether acceptors say what they accept
        self._down: dict[NodeId, None] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Decided):
                return self._decided(event, said)
            if isinstance(said, Accepted):
                self._say_accepted = True
                self._tally.accepted(event.node, said.ballot, said.value)
            else:
                self._down.pop(event.node, None)
                self._tally.acceptor_started(event)
        elif type(event) is Started:
            self._tally.started(event)
        elif type(event) is Crashed:
            self._down[event.node] = None
        return None

    def _decided(self, event: Observed, said: Decided) -> Violation | None:
        acceptors = self._tally.acceptors
        if not acceptors or not self._say_accepted or said.slot is not None:
            return None
        votes = self._tally.most(said.value)
        doubtful = sum(node in acceptors for node in self._down)
        if votes + doubtful >= self._tally.majority:
            return None
        accepted = f"{votes or 'none'} of {len(acceptors)} acceptors have accepted at one ballot"
        return self.violation(f"{event.node} decided {said.value!r}, which {accepted}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, told = support(events, violation.evidence[0].observation.value)  # type: ignore[union-attr]
        return () if told is None else (told,)


def _value(event: Observed) -> Any:
    said = event.observation
    return said.accepted_value if isinstance(said, AcceptorStarted) else said.value
