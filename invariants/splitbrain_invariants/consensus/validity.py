"""Validity: nothing comes from nowhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed, Requested
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.observations import Applied, Decided, Voters
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.phrase import in_slot
from splitbrain_invariants.witnesses.requests import asked_for


class Validity(Invariant):
    """Only what a client asked for is decided or applied.

    The command None is a no-op, which a leader may add to a log by itself (Raft, 8; Paxos Made Simple, 3); a
    single decision (no slot) is never a no-op. Nor did a client ask for an entry that is a configuration (`Voters`).

    It assumes that what is decided or applied is said as a client asked for it, with nothing wrapped around it and not in batches.
    """

    watches = (Requested, Decided, Applied, Voters)
    source = "Paxos Made Simple, 2.1: only a value that has been proposed may be chosen"

    def __init__(self) -> None:
        self._requested: set[Any] = set()
        self._configurations: set[int | None] = set()  # the indexes of entries that are

    def observe(self, event: Requested | Observed) -> Violation | None:
        if type(event) is Requested:
            self._requested.add(key(event.command))
            return None
        assert type(event) is Observed
        said = event.observation
        if isinstance(said, Decided):
            if key(said.value) in self._requested or (said.value is None and said.slot is not None):
                return None
            return self.violation(f"{event.node} decided {said.value!r}{in_slot(said.slot)}, which no client had asked for", event)
        if isinstance(said, Voters):
            self._configurations.add(said.index)
            return None
        if said.command is None or key(said.command) in self._requested or said.index in self._configurations:
            return None
        summary = f"{event.node} applied {said.command!r} at index {said.index}, which no client had asked for"
        return self.violation(summary, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002
        return asked_for(events)
