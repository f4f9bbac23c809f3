"""Agreement: what consensus is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.observations import Decided
from splitbrain_invariants.witnesses.acceptances import rivals
from splitbrain_invariants.witnesses.trace import conflict


class Agreement(Invariant):
    """No two nodes decide different values (in the same slot).

    Uniform: a decision binds although the node that made it is down by now.
    """

    watches = (Decided,)
    source = "Paxos Made Simple, 1: only a single value is chosen"

    def __init__(self) -> None:
        # Per slot the first decision of each node, and each that differs from its node's earlier ones.
        self._decisions: dict[Any, list[Observed]] = {}

    def observe(self, event: Observed) -> Violation | None:
        value, slot = event.observation.value, event.observation.slot
        decisions = self._decisions.setdefault(slot, [])
        new = True
        for earlier in decisions:
            same = earlier.observation.value == value
            if earlier.node == event.node:
                new = new and not same
            elif not same:
                where = "" if slot is None else f" in slot {slot}"
                first = earlier.observation.value
                return self.violation(f"{earlier.node} decided {first!r}{where}, and {event.node} {value!r}", earlier, event)
        if new:
            decisions.append(event)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        if first.observation.slot is not None:
            return ()  # what acceptors say has no slots
        return rivals(events, first.observation.value, then.observation.value)
