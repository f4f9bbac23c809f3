"""Raft's leaders have been elected, each by a quorum."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Crashed, Event, Failed, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Led, Recovered, Voted
from splitbrain_invariants.configurations import Configurations
from splitbrain_invariants.witnesses.phrase import when
from splitbrain_invariants.witnesses.trace import place
from splitbrain_invariants.witnesses.votes import electorate


class LeadsByVotes(Invariant):
    """Who leads a term has the votes of a quorum in that term.

    The quorum is one of each group of the configuration that the leader counts by: of the voters that the scenario declares, or
    of all nodes, until it says `Voters`. A leader has its own vote, said or not. A recovered vote counts, and so may those of a
    node that has lost its power, until it says what it recovered.

    It assumes that a node says Voted before it answers, that is, once the vote is durable. A node that never says Voted or
    Recovered may have voted for anybody, and where nobody says Voted nothing is known of votes.
    """

    watches = (Led, Voted, Recovered, Crashed, Failed, *Configurations.WATCHES)
    source = "Raft (extended version), 5.2: a candidate wins an election if it receives votes from a majority for the same term"

    def __init__(self) -> None:
        self._configurations = Configurations()
        self._votes: dict[tuple[int, NodeId], dict[NodeId, None]] = {}  # (term, candidate) -> who voted so
        self._voting = False  # whether anybody said Voted
        self._silent: dict[NodeId, bool] = {}  # whether what it voted is not known, of those that say so: not yet again

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            if not isinstance(event, (Crashed, Failed)):
                self._configurations.observe(event)
            elif event.node in self._silent:
                self._silent[event.node] = True
            return None
        said, node = event.observation, event.node
        if isinstance(said, Voted):
            self._vote(node, said.term, said.candidate)
            self._voting = True
            if node not in self._silent:
                self._silent[node] = False
        elif isinstance(said, Recovered):
            self._silent[node] = False
            if said.voted_for is not None:
                self._vote(node, said.term, said.voted_for)
        elif isinstance(said, Led):
            return self._led(event)
        else:
            self._configurations.said(node, said)
        return None

    def _vote(self, node: NodeId, term: int, candidate: NodeId) -> None:
        votes = self._votes.get((term, candidate))
        if votes is None:
            self._votes[term, candidate] = {node: None}
        else:
            votes[node] = None

    def _led(self, event: Observed) -> Violation | None:
        if not self._voting:
            return None
        leader, term = event.node, event.observation.term
        votes = self._votes.get((term, leader), {})
        told = self._silent
        for groups in self._configurations.of(leader):
            may_have = [n for group in groups for n in group if n in votes or n == leader or told.get(n, True)]
            if self._configurations.elects(groups, may_have):
                return None
        of = " and of ".join(", ".join(group) for group in groups)
        voters = ", ".join(dict.fromkeys(node for group in groups for node in group if node in votes)) or "nobody"
        return self.violation(f"{leader} became leader of term {term} with the votes of {voters} only, of {of}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (led,) = violation.evidence
        assert type(led) is Observed
        _, elected = electorate(events, led)
        others = [
            event
            for event in events[: place(events, led)]
            if type(event) is Observed
            and isinstance(event.observation, Voted)
            and event.observation.term == led.observation.term
            and event.observation.candidate != led.node
        ]
        return (*elected, *(self._otherwise(event) for event in others))

    def _otherwise(self, event: Observed) -> Witness:
        said = event.observation
        return Witness(
            f"{event.node} voted for {said.candidate} in term {said.term} ({when(event.step)})", (event.node,), (event.step,)
        )
