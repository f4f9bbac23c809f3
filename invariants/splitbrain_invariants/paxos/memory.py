"""Paxos: an acceptor keeps its memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted
from splitbrain_invariants.key import key, lower, same
from splitbrain_invariants.witnesses.acceptances import accepted
from splitbrain_invariants.witnesses.phrase import ballot, in_slot
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict, place


class AcceptedIsDurable(Invariant):
    """What an acceptor has accepted it still has after a restart, unless it accepted something higher since.

    The value included. What it finds on its disk it has accepted, although the power went before it could say so. Each slot is
    judged by itself.

    It assumes that an acceptor says Accepted no sooner than its disk has it (or it has answered), and AcceptorStarted for each slot
    in which it found something when it starts. One in which it found nothing, and says so, must be one in which it had accepted
    nothing; one of which it says nothing it may have pruned: for that, ProposedIsSafe remembers all that it ever accepted.
    """

    watches = (Accepted, AcceptorStarted)
    kind = "step"
    source = "Paxos Made Simple, 2.2 (it must remember the highest-numbered proposal that it has ever accepted) and 2.5"

    def __init__(self) -> None:
        # Each acceptor's highest in each slot: ballot, value, and who says so.
        self._accepted: dict[tuple[NodeId, Any], tuple[Any, Any, Observed]] = {}

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        restarted = isinstance(said, AcceptorStarted)
        number, value = (said.accepted_ballot, said.accepted_value) if restarted else (said.ballot, said.value)
        who = (event.node, key(said.slot))
        highest = self._accepted.get(who)
        if highest is None or (number is not None and lower(highest[0], number)):
            if number is not None:
                self._accepted[who] = (number, value, event)
            return None
        if not restarted or (number is not None and not lower(number, highest[0]) and same(value, highest[1])):
            return None
        highest_number, highest_value, earlier = highest
        did = "accepted" if isinstance(earlier.observation, Accepted) else "had accepted"
        had = f"{event.node} {did} {highest_value!r} at ballot {ballot(highest_number)}{in_slot(said.slot)}"
        found = "nothing" if number is None else f"{value!r} at {ballot(number)}"
        return self.violation(f"{had}, and restarted with {found}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        said = first.observation
        highest = said.ballot if isinstance(said, Accepted) else said.accepted_ballot
        lesser = [
            Witness(
                f"after that, {e.node} accepted {value!r} at ballot {ballot(number)} (step {e.step}), "
                f"which is lower than {ballot(highest)}",
                (e.node,),
                (e.step,),
            )
            for e, number, value in accepted(events[place(events, first) + 1 : place(events, then)], said.slot)
            if e.node == first.node and lower(number, highest)
        ]
        return (*lesser, between(events, first, then))
