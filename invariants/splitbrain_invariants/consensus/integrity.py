"""Integrity: a decision is for good, for the one who made it and for everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import CalmEnded, Crashed, Event, Failed, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Decided
from splitbrain_invariants.consensus.deciders import Deciders, among
from splitbrain_invariants.key import key, same
from splitbrain_invariants.witnesses.phrase import in_slot
from splitbrain_invariants.witnesses.restarts import between


class Integrity(Invariant):
    """A node decides once and never changes; what all running processes have decided, every process accepts.

    First half, per node and slot: a later decision, also after restarts, has the same value (to say it again is not
    to decide again). Second half, per slot: from the moment when every process that runs has decided v, nobody decides
    otherwise, be it late or restarted; and who is told v decides it: a fair phase tells everybody in its core, so nobody
    of the core is undecided when it ends. (The safety part follows from uniform agreement, but stands without it.)

    It assumes that a node says Decided when a client could be told, with its slot where the protocol decides more than once; what
    is fair is asked of a single decision alone, since a slot may be skipped for good, by a snapshot.

    deciders: which nodes decide at all, by position from 0, given the cluster size; None means every node.
    """

    watches = (Decided, Started, Crashed, Failed, CalmEnded)
    source = "Kleppmann, Designing Data-Intensive Applications, 9 (fault-tolerant consensus: no node decides twice)"

    def __init__(self, deciders: Deciders = None) -> None:
        self._deciders = deciders
        self._nodes: list[NodeId] = []
        self._running: dict[NodeId, None] = {}
        self._decided: dict[Any, dict[NodeId, Observed]] = {}  # slot -> node -> its first decision
        self._open: dict[Any, Observed] = {}  # slot that is not settled -> its latest decision
        self._settled: dict[Any, Observed] = {}  # slot -> the decision that made it everybody's

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Observed():
                return self._decide(event)
            case Started():
                if event.incarnation == 1:
                    self._nodes.append(event.node)
                self._running[event.node] = None
            case Crashed() | Failed():
                self._running.pop(event.node, None)
                for slot in tuple(self._open):
                    self._settle(slot)
            case CalmEnded():
                return self._calm_ended(event)
        return None

    def _decide(self, event: Observed) -> Violation | None:
        value, where = event.observation.value, in_slot(event.observation.slot)
        slot = key(event.observation.slot)
        decided = self._decided.setdefault(slot, {})
        mine = decided.setdefault(event.node, event)
        if not same(mine.observation.value, value):
            summary = f"{event.node} decided {mine.observation.value!r}{where}, and later {value!r}"
            return self.violation(summary, mine, event)
        settled = self._settled.get(slot)
        if settled is None:
            self._open[slot] = event
            self._settle(slot)
        elif not same(settled.observation.value, value):
            everybody = f"every running process had decided {settled.observation.value!r}{where} ({settled.node} last)"
            return self.violation(f"{everybody}, and then {event.node} decided {value!r}", settled, event)
        return None

    def _settle(self, slot: Any) -> None:
        """Settle the slot, if all that run have decided what was decided in it last."""
        latest, decided = self._open[slot], self._decided[slot]
        value = latest.observation.value
        if self._running and all(node in decided and same(decided[node].observation.value, value) for node in self._running):
            self._settled[slot] = self._open.pop(slot)

    def _calm_ended(self, event: CalmEnded) -> Violation | None:
        settled = self._settled.get(None)  # with slots, one may be skipped for good by a snapshot
        if settled is None:
            return None
        decided = self._decided[None]
        deciders = among(self._nodes, self._deciders)
        missing = [node for node in event.core if node in deciders and node not in decided]
        if not missing:
            return None
        value = settled.observation.value
        summary = f"every running process had decided {value!r}, and after {event.elapsed} fair ms {', '.join(missing)} had not"
        return self.violation(summary, settled, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        if type(first) is Observed and type(then) is Observed and first.node == then.node:
            return (between(events, first, then),)
        return ()
