"""Raft's elections: one leader a term, one vote a term, and terms that only grow."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import EnteredTerm, Led, Recovered, Voted
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict
from splitbrain_invariants.witnesses.votes import electorate


class ElectionSafety(Invariant):
    """At most one node leads each term.

    It assumes that a node says Led when it becomes leader of a term, and of no other.
    """

    watches = (Led,)
    source = "Raft (extended version), Figure 3 and 5.2: election safety"

    def __init__(self) -> None:
        self._leaders: dict[int, Observed] = {}

    def observe(self, event: Observed) -> Violation | None:
        term = event.observation.term
        first = self._leaders.setdefault(term, event)
        if first.node == event.node:
            return None
        return self.violation(f"{first.node} and {event.node} both became leader of term {term}", first, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, second = conflict(violation)
        (one, by_one), (other, by_other) = electorate(events, first), electorate(events, second)
        both = {node: other[node] for node in one if node in other}
        if both:
            steps = tuple(step for node in both for step in (one[node], other[node]))
            phrase = "; ".join(
                f"{node} is in both: it voted for {first.node} at step {one[node]}, and for {second.node} at step {other[node]}"
                for node in both
            )
            return (*by_one, *by_other, Witness(phrase, tuple(both), steps))
        if one and other:
            none = Witness("no node voted for both; of two majorities, one would have had to", (*one, *other))
            return (*by_one, *by_other, none)
        return (*by_one, *by_other)


class OneVotePerTerm(Invariant):
    """A node gives its vote of a term to one candidate only, across restarts.

    A recovered vote counts, for whoever it is; that a vote is missing on the disk is not a second vote yet.

    It assumes that what binds nobody (a pre-vote) is not said as Voted.
    """

    watches = (Voted, Recovered)
    source = "Raft (extended version), 5.2: each server will vote for at most one candidate in a given term"

    def __init__(self) -> None:
        self._votes: dict[tuple[NodeId, int], tuple[str, Observed]] = {}

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        if isinstance(said, Voted):
            candidate = said.candidate
        elif said.voted_for is None:
            return None
        else:
            candidate = said.voted_for
        first, earlier = self._votes.setdefault((event.node, said.term), (candidate, event))
        if first == candidate:
            return None
        return self.violation(f"{event.node} voted for {first} in term {said.term}, and then for {candidate}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        return (between(events, *conflict(violation)),)


class TermsNeverGoBack(Invariant):
    """A node's current term never decreases, across restarts.

    It assumes that a term is said when it is durable, or, where a node omits the sync, when it is answered.
    """

    watches = (EnteredTerm, Voted, Led, Recovered)
    kind = "step"
    source = "Raft (extended version), 5.1 and Figure 2: current_term increases monotonically, on stable storage"

    def __init__(self) -> None:
        self._terms: dict[NodeId, tuple[int, Observed]] = {}

    def observe(self, event: Observed) -> Violation | None:
        term = event.observation.term
        highest = self._terms.get(event.node)
        if highest is None or term > highest[0]:
            self._terms[event.node] = (term, event)
        elif term < highest[0]:
            how = "restarted" if isinstance(event.observation, Recovered) else "was later"
            return self.violation(f"{event.node} was in term {highest[0]}, and {how} in term {term}", highest[1], event)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        return (between(events, *conflict(violation)),)
