"""Agreement: what consensus is for."""

from __future__ import annotations

from typing import Any

from harness.events import Observed
from harness.invariant import Invariant, Violation
from harness.observations import Decided


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
