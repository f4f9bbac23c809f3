"""Paxos: what *chosen* means, and that nothing else is decided (Paxos Made Simple, 2.1 and 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Declared, Event, Failed, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Proposed
from splitbrain_invariants.key import key, same
from splitbrain_invariants.paxos.tally import Tally
from splitbrain_invariants.witnesses.acceptances import promise_quorum, rivals, support
from splitbrain_invariants.witnesses.phrase import ballot, in_slot
from splitbrain_invariants.witnesses.trace import conflict


class OneChosenValue(Invariant):
    """Only a single value is chosen (in a slot): accepted at one ballot by a majority of the acceptors, or the quorum declared.

    The acceptors are the nodes that the scenario declares as voters, or that say so when they first start (AcceptorStarted);
    where nobody does, all nodes count.

    It assumes that an acceptor says Accepted at the latest when it answers, with its slot where the protocol has several.
    """

    watches = (Accepted, AcceptorStarted, Declared, Started)
    source = "Paxos Made Simple, 2.1 and 2.2"

    def __init__(self) -> None:
        self._tally = Tally()
        self._chosen: dict[Any, Observed] = {}  # slot -> the acceptance that made a value chosen

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._tally.acceptors.observe(event)
            return None
        said = event.observation
        if isinstance(said, Accepted):
            chosen = self._tally.accepted(event.node, said.ballot, said.value, said.slot)
        else:
            self._tally.acceptors.observe(event)
            chosen = self._tally.found(event) and event.step > 0
        return self._choose(event) if chosen else None

    def _choose(self, event: Observed) -> Violation | None:
        """An acceptance has made a value chosen: whether another one was."""
        slot = event.observation.slot
        first = self._chosen.setdefault(key(slot), event)
        if same(_value(first), _value(event)):
            return None
        return self.violation(f"{self._choice(first)} was chosen{in_slot(slot)}, and then {self._choice(event)}", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        one, other, slot = _value(first), _value(then), then.observation.slot
        later = [
            e
            for e in events
            if type(e) is Observed
            and isinstance(e.observation, Proposed)
            and same(e.observation.value, other)
            and same(e.observation.slot, slot)
        ]
        return (*rivals(events, one, other, slot), *(promise_quorum(events, later[-1]) if later else ()))

    def _choice(self, event: Observed) -> str:
        said = event.observation
        number, value = said.ballot if isinstance(said, Accepted) else said.accepted_ballot, _value(event)
        return f"{value!r} at ballot {ballot(number)} (accepted by {', '.join(self._tally.voters(number, value, said.slot))})"


class DecidedIsChosen(Invariant):
    """Only a chosen value is decided.

    It is silent where it is not known who the acceptors are, or where they do not say what they accept (in slots, for a decision
    in a slot), and gives an acceptor that is down, with perhaps one answer that it did not tell of, the benefit of the doubt.

    It assumes that an acceptor says Accepted in the handler in which it answers, and AcceptorStarted when it starts again.
    """

    watches = (Decided, Accepted, AcceptorStarted, Declared, Started, Crashed, Failed)
    source = "Paxos Made Simple, 2.1: a process never learns that a value has been chosen unless it actually has been"

    def __init__(self) -> None:
        self._tally = Tally()
        self._say: dict[bool, None] = {}  # whether acceptors say what they accept: without slots (True), in slots (False)
        self._down: dict[NodeId, None] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Decided):
                return self._decided(event, said)
            if isinstance(said, Accepted):
                self._say[said.slot is None] = None
                self._tally.accepted(event.node, said.ballot, said.value, said.slot)
            else:
                self._down.pop(event.node, None)
                self._tally.acceptors.observe(event)
                self._tally.found(event)
        elif isinstance(event, (Crashed, Failed)):
            self._down[event.node] = None
        else:
            self._tally.acceptors.observe(event)
        return None

    def _decided(self, event: Observed, said: Decided) -> Violation | None:
        acceptors = self._tally.acceptors.settled()
        if not acceptors.known or (said.slot is None) not in self._say:
            return None
        votes = self._tally.most(said.value, said.slot)
        doubtful = sum(node in acceptors.members for node in self._down)
        if votes + doubtful >= acceptors.decide:
            return None
        accepted = f"{votes or 'none'} of {len(acceptors.members)} acceptors have accepted at one ballot"
        least = "" if acceptors.decide == len(acceptors.members) // 2 + 1 else f", where it takes {acceptors.decide}"
        return self.violation(f"{event.node} decided {said.value!r}{in_slot(said.slot)}, which {accepted}{least}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (decided,) = violation.evidence
        assert type(decided) is Observed
        _, told = support(events, decided.observation.value, decided.observation.slot)
        return () if told is None else (told,)


def _value(event: Observed) -> Any:
    said = event.observation
    return said.accepted_value if isinstance(said, AcceptorStarted) else said.value
