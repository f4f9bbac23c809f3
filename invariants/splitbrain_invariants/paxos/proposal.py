"""Paxos: what may be proposed: one value at a ballot, and none that contradicts what may have been chosen."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from splitbrain.events import Crashed, Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.acceptances import promise_quorum
from splitbrain_invariants.witnesses.phrase import at, ballot
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict


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
        one, other = f"{first.node} {_did(first.observation)} {value!r}", f"{event.node} {_did(said)} {said.value!r}"
        return self.violation(f"{one} at ballot {ballot(said.ballot)}, and {other} at the same", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        number = first.observation.ballot
        told = []
        for said in (first.observation, then.observation):
            who = {e.node: e.step for e in events[::-1] if type(e) is Observed and _is_of(e.observation, number, said.value)}
            told.append(Witness(f"{said.value!r} at ballot {ballot(number)}: {at(who)}", tuple(who), tuple(who.values())))
        return (*told, between(events, first, then)) if first.node == then.node else tuple(told)


class ProposedIsSafe(Invariant):
    """A proposal carries the value of the highest-numbered proposal below it that its majority has accepted.

    Some majority of the acceptors that promised the ballot must justify the value: either none of them has accepted
    anything below the ballot, or it is the value of the highest. It breaks long before a second value is chosen. Silent
    where fewer than a majority said that they promised, or one of them had restarted without saying what it found.
    """

    watches = (Proposed, Promised, Accepted, AcceptorStarted, Crashed)
    source = "Paxos Made Simple, 2.2 (P2c)"

    def __init__(self) -> None:
        self._acceptors: dict[NodeId, None] = {}
        self._promised: dict[Any, dict[NodeId, bool]] = {}  # ballot -> acceptor -> whether it was known what it had accepted
        # Ballot, value, and who says so: all that each has accepted, in any order, for promises are not what is tested.
        self._accepted: dict[NodeId, list[tuple[Any, Any, Observed]]] = {}
        self._unknown: dict[NodeId, None] = {}  # who lost its power, and has not said what it found

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._unknown[event.node] = None  # type: ignore[union-attr]
            return None
        said = event.observation
        if isinstance(said, Proposed):
            return self._proposed(event, said)
        if isinstance(said, Promised):
            self._promised.setdefault(key(said.ballot), {})[event.node] = event.node not in self._unknown
        elif isinstance(said, Accepted):
            self._accepted.setdefault(event.node, []).append((said.ballot, said.value, event))
        else:
            self._unknown.pop(event.node, None)
            if event.step == 0:
                self._acceptors[event.node] = None
            if said.accepted_ballot is not None:
                self._accepted.setdefault(event.node, []).append((said.accepted_ballot, said.accepted_value, event))
        return None

    def _proposed(self, event: Observed, said: Proposed) -> Violation | None:
        """Whether no majority of those who promised the ballot justifies the value."""
        promised = self._promised.get(key(said.ballot), {})
        promisers = [node for node in promised if node in self._acceptors]
        majority = len(self._acceptors) // 2 + 1
        if len(promisers) < majority or not all(promised[node] for node in promisers):
            return None
        highest = [best for node in promisers if (best := self._highest_below(node, said.ballot)) is not None]
        empty = len(promisers) - len(highest)
        if empty >= majority:
            return None
        for number, value, _ in highest:
            # Those who had accepted nothing higher: is the value the one that a majority among them demands?
            if value == said.value and empty + sum(not number < other for other, _, _ in highest) >= majority:
                return None
        number, value, accepted = max((best for best in highest if best[1] != said.value), key=itemgetter(0))
        proposed = f"{event.node} proposed {said.value!r} at ballot {ballot(said.ballot)}"
        had = f"{accepted.node} had accepted {value!r} at ballot {ballot(number)}"
        why = f"of {', '.join(promisers)}, who had promised it, {had}"
        return self.violation(f"{proposed}, but {why}", accepted, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        proposed = violation.evidence[-1]
        assert type(proposed) is Observed
        return promise_quorum(events, proposed)

    def _highest_below(self, node: NodeId, number: Any) -> tuple[Any, Any, Observed] | None:
        return max((each for each in self._accepted.get(node, ()) if each[0] < number), key=itemgetter(0), default=None)


def _did(said: Accepted | Proposed) -> str:
    return "proposed" if isinstance(said, Proposed) else "accepted"


def _is_of(said: Any, number: Any, value: Any) -> bool:
    return isinstance(said, (Proposed, Accepted)) and (said.ballot, said.value) == (number, value)
