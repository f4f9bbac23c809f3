"""Paxos: nothing comes from nowhere, neither what is proposed nor what is accepted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Failed, Observed, Requested
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.observations import Accepted, AcceptorStarted, Proposed
from splitbrain_invariants.key import key, number, same
from splitbrain_invariants.witnesses.phrase import ballot, in_slot
from splitbrain_invariants.witnesses.requests import asked_for


class AcceptedIsProposed(Invariant):
    """An acceptor accepts only what was proposed, and finds nothing else on its disk.

    Silent as long as nobody says what it proposes. A proposer that lost its power may have proposed at one ballot and not said so:
    each crash, but for that of the acceptor which finds something afterwards, is a doubt that serves for one ballot.

    It assumes that a proposer says Proposed in the handler in which it asks acceptors to accept, and before its own acceptor does.
    """

    watches = (Proposed, Accepted, AcceptorStarted, Crashed, Failed)
    kind = "step"
    source = "Paxos Made Simple, 2.1 (only a value that has been proposed may be chosen) and 2.2 (phase 2)"

    def __init__(self) -> None:
        self._proposed: dict[Any, set[Any]] = {}  # (slot, ballot) -> values
        self._unsaid: dict[Any, None] = {}  # ballots that somebody must have proposed before it could say so
        self._crashes = 0

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._crashes += 1
            return None
        said = event.observation
        if isinstance(said, Accepted):
            return self._accepted(event, said.ballot, said.value, self._crashes)
        if isinstance(said, Proposed):
            self._proposed.setdefault((key(said.slot), number(said.ballot)), set()).add(key(said.value))
        elif said.accepted_ballot is not None:
            return self._accepted(event, said.accepted_ballot, said.accepted_value, self._crashes - 1)
        return None

    def _accepted(self, event: Observed, at_ballot: Any, value: Any, crashes: int) -> Violation | None:
        values = self._proposed.get((key(event.observation.slot), number(at_ballot)))
        if values is None:
            if not self._proposed or number(at_ballot) in self._unsaid:
                return None
            if len(self._unsaid) < crashes:
                self._unsaid[number(at_ballot)] = None
                return None
        elif key(value) in values:
            return None
        did = "accepted" if isinstance(event.observation, Accepted) else "restarted having accepted"
        what = f"{value!r} at ballot {ballot(at_ballot)}{in_slot(event.observation.slot)}"
        return self.violation(f"{event.node} {did} {what}, which nobody had proposed", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (event,) = violation.evidence
        assert type(event) is Observed
        said = event.observation
        found = isinstance(said, AcceptorStarted)
        at_ballot, value = (said.accepted_ballot, said.accepted_value) if found else (said.ballot, said.value)
        proposals = [e for e in events if type(e) is Observed and isinstance(e.observation, Proposed)]
        there = [e for e in proposals if same(e.observation.slot, said.slot)]
        told = [
            (f"at that ballot, {each.node} proposed {each.observation.value!r}", each)
            for each in there
            if number(each.observation.ballot) == number(at_ballot)
        ]
        told += [
            (f"{each.node} proposed {value!r} at ballot {ballot(each.observation.ballot)}", each)
            for each in there
            if same(each.observation.value, value)
        ]
        if not told:
            where = in_slot(said.slot)
            return (Witness(f"nobody had proposed {value!r}{where}, nor anything at ballot {ballot(at_ballot)}"),)
        return tuple(Witness(f"{phrase} (step {each.step})", (each.node,), (each.step,)) for phrase, each in told)


class ProposedIsAskedFor(Invariant):
    """Only what a client asked for is proposed, or accepted.

    It is Validity of the steps that lead to a decision: what a proposer takes over from acceptors was proposed before (P2c), and so
    asked for. The command None is a no-op, with which a leader fills a slot (Paxos Made Simple, 3).

    It assumes that values are said as clients asked for them, with nothing wrapped around them and not in batches.
    """

    watches = (Requested, Proposed, Accepted, AcceptorStarted)
    source = "Paxos Made Simple, 2.1: only a value that has been proposed may be chosen; 2.2 (P2c)"

    def __init__(self) -> None:
        self._requested: set[Any] = set()

    def observe(self, event: Requested | Observed) -> Violation | None:
        if type(event) is Requested:
            self._requested.add(key(event.command))
            return None
        assert type(event) is Observed
        said = event.observation
        found = isinstance(said, AcceptorStarted)
        at_ballot, value = (said.accepted_ballot, said.accepted_value) if found else (said.ballot, said.value)
        if at_ballot is None or key(value) in self._requested or (value is None and said.slot is not None):
            return None
        did = "proposed" if isinstance(said, Proposed) else "restarted having accepted" if found else "accepted"
        what = f"{value!r} at ballot {ballot(at_ballot)}{in_slot(said.slot)}"
        return self.violation(f"{event.node} {did} {what}, which no client had asked for", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002
        return asked_for(events)
