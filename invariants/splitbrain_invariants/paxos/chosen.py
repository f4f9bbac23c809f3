"""Paxos: what *chosen* means, what may be decided, and what may be proposed (Paxos Made Simple, 2.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Promised, Proposed
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses import phrase
from splitbrain_invariants.witnesses.acceptances import meeting, quorum_of, support


class _Acceptors(Invariant):
    """What every acceptor has accepted so far, and the majority among them."""

    def __init__(self) -> None:
        self._nodes: dict[NodeId, None] = {}
        self._acceptors: dict[NodeId, None] = {}
        # (ballot, value) -> the acceptors that accepted it at any time: "accepted" is an act, not a state
        self._voters: dict[tuple[Any, Any], dict[NodeId, Observed]] = {}

    def _started(self, event: Started) -> None:
        if event.step == 0:
            self._nodes[event.node] = None

    def _acceptor_started(self, event: Observed) -> None:
        said = event.observation
        if event.step == 0:
            self._acceptors[event.node] = None
        if said.accepted_ballot is not None:
            self._vote(event, said.accepted_ballot, said.accepted_value)

    def _vote(self, event: Observed, ballot: Any, value: Any) -> bool:
        """Count one acceptance; whether it has just made ``value`` chosen. Where acceptors say who they are, only theirs count."""
        if self._acceptors and event.node not in self._acceptors:
            return False
        voters = self._voters.setdefault((key(ballot), key(value)), {})
        if event.node in voters:
            return False
        voters[event.node] = event
        return len(voters) == self._majority()

    def _majority(self) -> int:
        # Where nobody says that it is an acceptor, a majority of all nodes is one of the acceptors all the more.
        return len(self._acceptors or self._nodes) // 2 + 1


class OneChosenValue(_Acceptors):
    """Only a single value is chosen: accepted at one ballot by a majority of the acceptors.

    The acceptors are the nodes that say so when they first start (AcceptorStarted).
    """

    watches = (Accepted, AcceptorStarted, Started)
    source = "Paxos Made Simple, 2.1 and 2.2"

    def __init__(self) -> None:
        super().__init__()
        self._chosen: tuple[Any, Any, Observed] | None = None  # ballot, value, and the acceptance that made it so

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Started:
            self._started(event)
            return None
        assert type(event) is Observed
        said = event.observation
        if type(said) is AcceptorStarted:
            if event.step == 0 or said.accepted_ballot is None:
                self._acceptor_started(event)
                return None
            ballot, value = said.accepted_ballot, said.accepted_value
        else:
            ballot, value = said.ballot, said.value
        if not self._vote(event, ballot, value):
            return None
        if self._chosen is None:
            self._chosen = (ballot, value, event)
            return None
        first_ballot, first_value, first = self._chosen
        if first_value == value:
            return None
        one, other = self._choice(first_ballot, first_value), self._choice(ballot, value)
        return self.violation(f"{one} was chosen, and then {other}", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        values = [_value(event) for event in violation.evidence]
        (one, by_one), (other, by_other) = (support(events, value) for value in values)
        later = [e for e in events if type(e) is Observed and type(e.observation) is Proposed and e.observation.value == values[1]]
        promised = quorum_of(events, later[-1]) if later else ()
        return (*(each for each in (by_one, by_other) if each is not None), *meeting(one, other), *promised)

    def _choice(self, ballot: Any, value: Any) -> str:
        return f"{value!r} at ballot {phrase.ballot(ballot)} (accepted by {', '.join(self._voters[key(ballot), key(value)])})"


class DecidedIsChosen(_Acceptors):
    """Only a chosen value is decided.

    It is silent where acceptors do not say that they are, or do not say what they accept, and gives an acceptor that is
    down, with perhaps one answer that it did not tell of, the benefit of the doubt.
    """

    watches = (Decided, Accepted, AcceptorStarted, Started, Crashed)
    source = "Paxos Made Simple, 2.1: a process never learns that a value has been chosen unless it actually has been"

    def __init__(self) -> None:
        super().__init__()
        self._down: dict[NodeId, None] = {}
        self._accepted = False
        self._known: dict[Any, int] = {}  # value -> the most acceptors that accepted it at one ballot

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            said = event.observation
            if type(said) is Decided:
                return self._decided(event, said)
            if type(said) is Accepted:
                self._accepted = True
                self._vote(event, said.ballot, said.value)
            else:
                self._down.pop(event.node, None)
                self._acceptor_started(event)
        elif type(event) is Started:
            self._started(event)
        elif type(event) is Crashed:
            self._down[event.node] = None
        return None

    def _vote(self, event: Observed, ballot: Any, value: Any) -> bool:
        chosen = super()._vote(event, ballot, value)
        votes = len(self._voters.get((key(ballot), key(value)), ()))
        self._known[key(value)] = max(votes, self._known.get(key(value), 0))
        return chosen

    def _decided(self, event: Observed, said: Decided) -> Violation | None:
        if not self._acceptors or not self._accepted or said.slot is not None:
            return None
        votes = self._known.get(key(said.value), 0)
        doubtful = sum(node in self._acceptors for node in self._down)
        if votes + doubtful >= self._majority():
            return None
        accepted = f"{votes or 'none'} of {len(self._acceptors)} acceptors have accepted at one ballot"
        return self.violation(f"{event.node} decided {said.value!r}, which {accepted}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, told = support(events, violation.evidence[0].observation.value)  # type: ignore[union-attr]
        return () if told is None else (told,)


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
        self._accepted: dict[NodeId, list[tuple[Any, Any, Observed]]] = {}  # everything, for promises are not what is tested
        self._unknown: dict[NodeId, None] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._unknown[event.node] = None  # type: ignore[union-attr]
            return None
        said = event.observation
        if type(said) is Proposed:
            return self._proposed(event, said)
        if type(said) is Promised:
            self._promised.setdefault(key(said.ballot), {})[event.node] = event.node not in self._unknown
        elif type(said) is Accepted:
            self._accepted.setdefault(event.node, []).append((said.ballot, said.value, event))
        else:
            self._unknown.pop(event.node, None)
            if event.step == 0:
                self._acceptors[event.node] = None
            if said.accepted_ballot is not None:
                self._accepted.setdefault(event.node, []).append((said.accepted_ballot, said.accepted_value, event))
        return None

    def _proposed(self, event: Observed, said: Proposed) -> Violation | None:
        promised = self._promised.get(key(said.ballot), {})
        promisers = [node for node in promised if node in self._acceptors]
        majority = len(self._acceptors) // 2 + 1
        if len(promisers) < majority or not all(promised[node] for node in promisers):
            return None
        highest = [best for node in promisers if (best := self._highest_below(node, said.ballot)) is not None]
        empty = len(promisers) - len(highest)
        if empty >= majority:
            return None
        for ballot, value, _ in highest:
            if value == said.value and empty + sum(not ballot < other for other, _, _ in highest) >= majority:
                return None
        ballot, value, accepted = max((best for best in highest if best[1] != said.value), key=lambda best: best[0])
        proposed = f"{event.node} proposed {said.value!r} at ballot {phrase.ballot(said.ballot)}"
        had = f"{accepted.node} had accepted {value!r} at ballot {phrase.ballot(ballot)}"
        why = f"of {', '.join(promisers)}, who had promised it, {had}"
        return self.violation(f"{proposed}, but {why}", accepted, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        proposed = violation.evidence[-1]
        assert type(proposed) is Observed
        return quorum_of(events, proposed)

    def _highest_below(self, node: NodeId, ballot: Any) -> tuple[Any, Any, Observed] | None:
        below = [accepted for accepted in self._accepted.get(node, ()) if accepted[0] < ballot]
        return max(below, key=lambda accepted: accepted[0]) if below else None


def _value(event: Event) -> Any:
    said = event.observation  # type: ignore[union-attr]
    return said.accepted_value if type(said) is AcceptorStarted else said.value
