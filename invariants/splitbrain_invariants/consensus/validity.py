"""Validity: nothing comes from nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed, Requested
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.observations import Applied, Decided
from splitbrain_invariants.key import key

ASKED_AT_MOST = 5


class Validity(Invariant):
    """Only what a client asked for is decided or applied.

    The command None is a no-op, which a leader may add to a log by itself (Raft, 8; Paxos Made Simple, 3); a
    single decision (no slot) is never a no-op.
    """

    watches = (Requested, Decided, Applied)
    source = "Paxos Made Simple, 2.1: only a value that has been proposed may be chosen"

    def __init__(self) -> None:
        self._requested: set[Any] = set()

    def observe(self, event: Requested | Observed) -> Violation | None:
        if type(event) is Requested:
            self._requested.add(key(event.command))
            return None
        assert type(event) is Observed
        said = event.observation
        if isinstance(said, Decided):
            if key(said.value) in self._requested or (said.value is None and said.slot is not None):
                return None
            return self.violation(f"{event.node} decided {said.value!r}, which no client had asked for", event)
        if said.command is None or key(said.command) in self._requested:
            return None
        summary = f"{event.node} applied {said.command!r} at index {said.index}, which no client had asked for"
        return self.violation(summary, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002
        asked = [event for event in events if type(event) is Requested]
        if not asked:
            return (Witness("no client had asked for anything"),)
        last = asked[-ASKED_AT_MOST:]
        shown = ", ".join(f"{event.command!r} (step {event.step})" for event in last)
        more = f", and {len(asked) - len(last)} things before" if len(asked) > len(last) else ""
        return (Witness(f"clients had asked for {shown}{more}", (), tuple(event.step for event in last)),)
