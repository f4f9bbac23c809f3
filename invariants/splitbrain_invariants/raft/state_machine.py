"""Raft's state machines: what they may apply only grows; they apply it in order, and all the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Event, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Applied, Committed, Installed, Recovered
from splitbrain_invariants.key import same
from splitbrain_invariants.witnesses.copies import copies, fate, fates, log, terms
from splitbrain_invariants.witnesses.phrase import at
from splitbrain_invariants.witnesses.restarts import between
from splitbrain_invariants.witnesses.trace import conflict, place
from splitbrain_invariants.witnesses.votes import leaders


class StateMachineSafety(Invariant):
    """No two servers apply different entries at the same index, nor does one of them after a restart.

    Who takes a snapshot, or starts from one, has applied the entry that is its last.

    It assumes that a node says Applied, with the index of the entry, and its term where it knows that, for whatever it hands to
    its state machine.
    """

    watches = (Applied, Installed, Recovered)
    source = "Raft (extended version), Figure 3 and 5.4.3: state machine safety"

    def __init__(self) -> None:
        self._applied: dict[int, Observed] = {}

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        if not isinstance(said, Applied):
            return self._snapshot(event)
        earlier = self._applied.setdefault(said.index, event)
        first = earlier.observation
        if isinstance(first, Applied):
            if _alike(first.term, said.term) and same(first.command, said.command):
                return None
        elif _alike(_last(first)[1], said.term):
            self._applied[said.index] = event  # of which more is known than of a snapshot
            return None
        other = _applied(said).removeprefix("applied " if isinstance(first, Applied) else "")
        return self.violation(f"{earlier.node} {_applied(first)} at index {said.index}, and {event.node} {other}", earlier, event)

    def _snapshot(self, event: Observed) -> Violation | None:
        index, term = _last(event.observation)
        if not index:
            return None
        earlier = self._applied.setdefault(index, event)
        first = earlier.observation
        if _alike(term, first.term if isinstance(first, Applied) else _last(first)[1]):
            return None
        one = f"{earlier.node} {_applied(first)} at index {index}"
        return self.violation(f"{one}, and {event.node} {_applied(event.observation)} there", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        (index, one), (_, other) = _last(first.observation), _last(then.observation)
        if one is None or other is None:
            return ()
        if one == other:
            return leaders(events, one)
        told = []
        for event, term in ((first, one), (then, other)):
            before = events[: place(events, event) + 1]
            held = {node: copy.since for node, copy in copies(before, index, term).items() if copy.held}
            if held:
                who = f"entry {index} of term {term} was at {at(held)} when {event.node} applied it (step {event.step})"
                told.append(Witness(who, tuple(held), (*held.values(), event.step)))
        fate = f"entry {index} of term {one} in the end: {fates(events, index, one)}"
        return (*told, Witness(fate, (first.node, then.node), (first.step, then.step)))


def _alike(one: int | None, other: int | None) -> bool:
    """Whether two terms can be the same: None is any."""
    return one == other or one is None or other is None


def _last(said: Any) -> tuple[int, int | None]:
    """Index and term of the entry that was applied, or that is a snapshot's last."""
    return (said.base_index, said.base_term) if isinstance(said, Recovered) else (said.index, said.term)


def _applied(said: Any) -> str:
    if isinstance(said, Applied):
        return f"applied {said.command!r}" + ("" if said.term is None else f" of term {said.term}")
    return f"has a snapshot whose last entry is of term {_last(said)[1]}"


class CommitIndexNeverGoesBack(Invariant):
    """A node's commit index never decreases as long as it runs; a restart forgets it, for it is volatile.

    It assumes that a node says Committed when its commit index has risen.
    """

    watches = (Committed, Started)
    kind = "step"
    source = "Raft (extended version), Figure 2: commit_index increases monotonically"

    def __init__(self) -> None:
        self._commits: dict[NodeId, Observed] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            index = event.observation.index
            earlier = self._commits.get(event.node)
            self._commits[event.node] = event
            if earlier is not None and index < earlier.observation.index:
                summary = f"{event.node}'s commit index went back from {earlier.observation.index} to {index}"
                return self.violation(summary, earlier, event)
        elif type(event) is Started:
            self._commits.pop(event.node, None)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        return (between(events, *conflict(violation)),)


class AppliedInOrder(Invariant):
    """A server applies the entries of its log one after another, leaves none out, and applies none twice in one life.

    Where it begins after a restart is its own business. A snapshot that comes takes it to the snapshot's last entry.

    It assumes that a node says Applied once for each entry, with its index, and Installed when its state is a snapshot's.
    """

    watches = (Applied, Installed, Started)
    kind = "step"
    source = "Raft (extended version), 5.3 (in log order) and Figure 2 (increment last_applied, apply log[last_applied])"

    def __init__(self) -> None:
        self._applied: dict[NodeId, Observed] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._applied.pop(event.node, None)  # type: ignore[union-attr]
            return None
        earlier = self._applied.get(event.node)
        if isinstance(event.observation, Installed):
            if earlier is None or event.observation.index > earlier.observation.index:
                self._applied[event.node] = event
            return None
        self._applied[event.node] = event
        if earlier is None or event.observation.index == earlier.observation.index + 1:
            return None
        jump = f"entry {event.observation.index} right after entry {earlier.observation.index}"
        return self.violation(f"{event.node} applied {jump}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        node, index = then.node, first.observation.index + 1
        start = max(where for where, event in enumerate(events) if type(event) is Started and event.node == node)
        said = [event for event in events[start:] if type(event) is Observed and event.node == node]
        told = [_left_out(events, node, index)] if index < then.observation.index else []
        again = [e for e in said[:-1] if isinstance(e.observation, Applied) and e.observation.index == then.observation.index]
        told += [
            Witness(f"{node} had applied entry {e.observation.index} at step {e.step} already", (node,), (e.step,)) for e in again
        ]
        committed = [event for event in said if isinstance(event.observation, Committed)]
        if committed:
            upto = f"its commit index is {committed[-1].observation.index} (step {committed[-1].step})"
            told.append(Witness(f"at step {then.step} {terms(events, node)}; {upto}", (node,), (committed[-1].step, then.step)))
        return tuple(told)


def _left_out(events: Sequence[Event], node: NodeId, index: int) -> Witness:
    term = log(events, node).term(index)
    copy = None if term is None else copies(events, index, term).get(node)
    if copy is None:
        return Witness(f"entry {index}, which it left out, is not known to be in its log", (node,))
    return Witness(f"entry {index} of term {term}, which it left out: {fate(node, copy)}", (node,), (copy.since,))
