"""Paxos: what may be proposed: one value at a ballot, and none that contradicts what may have been chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Declared, Event, Failed, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants.acceptors import Acceptors
from splitbrain_invariants.key import key, lower, number, same
from splitbrain_invariants.witnesses.acceptances import promise_quorum
from splitbrain_invariants.witnesses.phrase import at, ballot, in_slot
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict


class OneValuePerBallot(Invariant):
    """All proposals and acceptances of a ballot (in a slot) have the same value; what is found on a disk was accepted.

    It assumes that Proposed and Accepted carry the slot, where the protocol has several.
    """

    watches = (Proposed, Accepted, AcceptorStarted)
    source = "Paxos Made Simple, 2.2: different proposals have different numbers"

    def __init__(self) -> None:
        self._values: dict[Any, Observed] = {}

    def observe(self, event: Observed) -> Violation | None:
        at_ballot, value = _proposal(event.observation)
        if at_ballot is None:
            return None
        slot = event.observation.slot
        first = self._values.setdefault((key(slot), number(at_ballot)), event)
        if first is event or same(_proposal(first.observation)[1], value):
            return None
        one, other = f"{first.node} {_did(first.observation)}", f"{event.node} {_did(event.observation)}"
        return self.violation(f"{one} at ballot {ballot(at_ballot)}{in_slot(slot)}, and {other} at the same", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        told = []
        for said in (first.observation, then.observation):
            who = {e.node: e.step for e in events[::-1] if type(e) is Observed and _alike(e.observation, said)}
            at_ballot, value = _proposal(said)
            told.append(Witness(f"{value!r} at ballot {ballot(at_ballot)}: {at(who)}", tuple(who), tuple(who.values())))
        return (*told, between(events, first, then)) if first.node == then.node else tuple(told)


class ProposedIsSafe(Invariant):
    """A proposal carries the value of the highest-numbered proposal below it that its majority has accepted.

    Some majority of the acceptors that promised the ballot must justify the value: either none of them has accepted
    anything below the ballot (in the slot), or it is the value of the highest. It breaks long before a second value is chosen.
    Where other quorums are declared, it takes as many as prepare a ballot: each such quorum has an acceptor in common with each
    that can have chosen a value, which is all that the proof of P2c asks of majorities (Howard, Malkhi and Spiegelman, Flexible
    Paxos, 2016). Silent where fewer said that they promised,
    or one of them had restarted without saying what it found.

    It assumes that acceptors say Promised and Accepted no later than they answer, and AcceptorStarted whenever they start.
    """

    watches = (Proposed, Promised, Accepted, AcceptorStarted, Declared, Started, Crashed, Failed)
    source = "Paxos Made Simple, 2.2 (P2c)"

    def __init__(self) -> None:
        self._acceptors = Acceptors()
        # (slot, ballot) -> acceptor -> whether it was known what it had accepted
        self._promised: dict[Any, dict[NodeId, bool]] = {}
        # (slot, acceptor) -> all that it has accepted, whenever that was, for promises are not what is tested; the lowest first.
        self._accepted: dict[Any, list[tuple[Any, Any, Observed]]] = {}
        self._unknown: dict[NodeId, None] = {}  # who lost its power, and has not said what it found

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            if isinstance(event, (Crashed, Failed)):
                self._unknown[event.node] = None
            else:
                self._acceptors.observe(event)
            return None
        said = event.observation
        if isinstance(said, Proposed):
            return self._proposed(event, said)
        if isinstance(said, Promised):
            promised = self._promised.setdefault((key(said.slot), number(said.ballot)), {})
            promised[event.node] = event.node not in self._unknown
        elif isinstance(said, Accepted):
            self._took(event, said.ballot, said.value)
        else:
            self._unknown.pop(event.node, None)
            self._acceptors.observe(event)
            if said.accepted_ballot is not None:
                self._took(event, said.accepted_ballot, said.accepted_value)
        return None

    def _took(self, event: Observed, at_ballot: Any, value: Any) -> None:
        history = self._accepted.setdefault((key(event.observation.slot), event.node), [])
        place = _below(history, at_ballot)
        if place == len(history) or lower(at_ballot, history[place][0]):  # else it had accepted it already
            history.insert(place, (at_ballot, value, event))

    def _proposed(self, event: Observed, said: Proposed) -> Violation | None:
        """Whether no quorum of those who promised the ballot justifies the value."""
        slot, at_ballot, acceptors = key(said.slot), number(said.ballot), self._acceptors.settled()
        promised = self._promised.get((slot, at_ballot), {})
        if slot is not None:
            promised = self._promised.get((None, at_ballot), {}) | promised
        promisers = [node for node in promised if node in acceptors.members] if acceptors.known else []
        least = acceptors.elect
        if len(promisers) < least or not all(promised[node] for node in promisers):
            return None
        histories = [self._accepted.get((slot, node), []) for node in promisers]
        highest = [history[place - 1] for history in histories if (place := _below(history, said.ballot))]
        empty = len(promisers) - len(highest)
        if empty >= least:
            return None
        for its_ballot, value, _ in highest:
            # Those who had accepted nothing higher: is the value the one that a quorum among them demands?
            if same(value, said.value) and empty + sum(not lower(its_ballot, other) for other, _, _ in highest) >= least:
                return None
        others = [best for best in highest if not same(best[1], said.value)]
        its_ballot, value, accepted = others[0]
        for best in others[1:]:
            if lower(its_ballot, best[0]):
                its_ballot, value, accepted = best
        proposed = f"{event.node} proposed {said.value!r} at ballot {ballot(said.ballot)}{in_slot(said.slot)}"
        had = f"{accepted.node} had accepted {value!r} at ballot {ballot(its_ballot)}"
        why = f"of {', '.join(promisers)}, who had promised it, {had}"
        return self.violation(f"{proposed}, but {why}", accepted, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        proposed = violation.evidence[-1]
        assert type(proposed) is Observed
        return promise_quorum(events, proposed)


def _below(history: list[tuple[Any, Any, Observed]], at_ballot: Any) -> int:
    """How many of these, the lowest first, are below the ballot."""
    low, high = 0, len(history)
    while low < high:
        middle = (low + high) // 2
        if lower(history[middle][0], at_ballot):
            low = middle + 1
        else:
            high = middle
    return low


def _proposal(said: Any) -> tuple[Any, Any]:
    """Of which ballot and value something is said."""
    if isinstance(said, AcceptorStarted):
        return said.accepted_ballot, said.accepted_value
    return said.ballot, said.value


def _did(said: Any) -> str:
    done = "proposed" if isinstance(said, Proposed) else "accepted" if isinstance(said, Accepted) else "restarted having accepted"
    return f"{done} {_proposal(said)[1]!r}"


def _alike(one: Any, other: Any) -> bool:
    """Whether both are said of the same proposal."""
    if not isinstance(one, (Proposed, Accepted, AcceptorStarted)):
        return False
    (its_ballot, its_value), (number_, value) = _proposal(one), _proposal(other)
    return number(its_ballot) == number(number_) and same(its_value, value) and same(one.slot, other.slot)
