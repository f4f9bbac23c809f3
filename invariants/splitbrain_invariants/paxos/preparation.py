"""Paxos: a ballot is prepared before anything is proposed at it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Declared, Event, Failed, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import AcceptorStarted, Promised, Proposed
from splitbrain_invariants.acceptors import Acceptors
from splitbrain_invariants.key import key, number
from splitbrain_invariants.witnesses.acceptances import promise_quorum
from splitbrain_invariants.witnesses.phrase import ballot, in_slot


class ProposedIsPromised(Invariant):
    """A ballot is proposed only when a majority of the acceptors, or the quorum declared, has promised it.

    A promise without a slot is one for all slots. Silent where it is not known who the acceptors are, and as long as none of them
    says what it promises. One that lost its power may have answered and not said so: until it has told what it found
    when it started again, it is given the benefit of the doubt, and what it then found it had promised.

    It assumes that an acceptor says Promised in the handler in which it answers, a proposer's own one before the proposal; and that
    no ballot is exempt: the first leader of a new cluster prepares its first ballot, too.
    """

    watches = (Proposed, Promised, AcceptorStarted, Declared, Started, Crashed, Failed)
    source = "Paxos Made Simple, 2.2, phase 2 (a); Howard, Malkhi and Spiegelman, Flexible Paxos, 2016"

    def __init__(self) -> None:
        self._acceptors = Acceptors()
        self._promised: dict[Any, dict[NodeId, None]] = {}  # (slot, ballot) -> who
        self._say = False  # whether acceptors say what they promise
        self._doubtful: dict[NodeId, None] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            if isinstance(event, (Crashed, Failed)):
                self._doubtful[event.node] = None
            else:
                self._acceptors.observe(event)
            return None
        said = event.observation
        if isinstance(said, Proposed):
            return self._proposed(event, said) if self._say else None
        if isinstance(said, Promised):
            self._say = True
            self._promised.setdefault((key(said.slot), number(said.ballot)), {})[event.node] = None
        else:
            self._acceptors.observe(event)
            self._doubtful.pop(event.node, None)
            if said.promised is not None:
                self._promised.setdefault((key(said.slot), number(said.promised)), {})[event.node] = None
        return None

    def _proposed(self, event: Observed, said: Proposed) -> Violation | None:
        acceptors = self._acceptors.settled()
        if not acceptors.known:
            return None
        slot, at_ballot, members = key(said.slot), number(said.ballot), acceptors.members
        promised = self._promised.get((slot, at_ballot), {})
        if slot is not None:
            promised = self._promised.get((None, at_ballot), {}) | promised
        who = [node for node in promised if node in members]
        doubtful = sum(node in members and node not in promised for node in self._doubtful)
        if len(who) + doubtful >= acceptors.elect:
            return None
        had = f"{len(who) or 'none'} of {len(members)} acceptors"
        proposed = f"{event.node} proposed {said.value!r} at ballot {ballot(said.ballot)}{in_slot(said.slot)}"
        return self.violation(f"{proposed}, which {had} had promised, where it takes {acceptors.elect}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (proposed,) = violation.evidence
        assert type(proposed) is Observed
        return promise_quorum(events, proposed)
