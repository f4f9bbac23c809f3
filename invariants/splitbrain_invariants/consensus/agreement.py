"""Agreement: what consensus is for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.observations import Decided
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.acceptances import rivals
from splitbrain_invariants.witnesses.phrase import in_slot
from splitbrain_invariants.witnesses.trace import conflict


class Agreement(Invariant):
    """No two nodes decide different values (in the same slot).

    Uniform: a decision binds although the node that made it is down by now.

    It assumes that a node says Decided when a client could be told, with its slot where the protocol decides more than once.
    """

    watches = (Decided,)
    source = "Paxos Made Simple, 2.1: only a single value is chosen"

    def __init__(self) -> None:
        # Slot and value -> the first two nodes that decided it: whoever decides otherwise disagrees with one of them.
        self._deciders: dict[Any, list[Observed]] = {}
        self._values: dict[Any, list[Any]] = {}  # slot -> its values, of which one node alone can have decided a second one

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        slot, value = key(said.slot), key(said.value)
        deciders = self._deciders.get((slot, value))
        if deciders is None:
            deciders = self._deciders[slot, value] = []
            self._values.setdefault(slot, []).append(value)
        if len(deciders) < 2 and not any(each.node == event.node for each in deciders):
            deciders.append(event)
        values = self._values[slot]
        return None if len(values) == 1 else self._disagreement(event, [self._deciders[slot, it] for it in values if it != value])

    def _disagreement(self, event: Observed, others: list[list[Observed]]) -> Violation | None:
        """With the first other node that decided otherwise."""
        said = event.observation
        for earlier in (each for deciders in others for each in deciders if each.node != event.node):
            first = f"{earlier.node} decided {earlier.observation.value!r}{in_slot(said.slot)}"
            return self.violation(f"{first}, and {event.node} {said.value!r}", earlier, event)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        return rivals(events, first.observation.value, then.observation.value, then.observation.slot)
