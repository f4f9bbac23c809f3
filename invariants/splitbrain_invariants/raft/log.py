"""Raft's replicated log: a leader's only grows, and two logs match."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Failed, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, EnteredTerm, Installed, Led, Recovered, SteppedDown, Truncated
from splitbrain_invariants.key import same
from splitbrain_invariants.replica import Replica
from splitbrain_invariants.witnesses.copies import terms
from splitbrain_invariants.witnesses.phrase import when
from splitbrain_invariants.witnesses.trace import conflict, place
from splitbrain_invariants.witnesses.votes import leaders

_NOTHING = 0  # the term before a log's first entry


class LeaderAppendOnly(Invariant):
    """A leader never overwrites or deletes entries in its log; it only appends.

    A snapshot may take the place of the beginning of its log, as long as the rest stays.

    It assumes that a node says every change of its log (Appended, Truncated, Installed). Only a node that also says when it leads
    no more (SteppedDown, EnteredTerm) is held to it.
    """

    watches = (Appended, Truncated, Installed, Led, SteppedDown, EnteredTerm, Recovered, Crashed, Failed)
    kind = "step"
    source = "Raft (extended version), Figure 3 and 5.3: leader append-only"

    def __init__(self) -> None:
        self._logs: dict[NodeId, list[tuple[int, Any] | None]] = {}  # None: an entry of which the node said nothing
        self._bases: dict[NodeId, int] = {}  # where there is a snapshot: up to which index
        self._leading: dict[NodeId, Observed] = {}
        self._says_terms: set[NodeId] = set()

    def observe(self, event: Event) -> Violation | None:
        node: NodeId = event.node  # type: ignore[union-attr]
        if type(event) is not Observed:
            self._logs.pop(node, None)
            self._bases.pop(node, None)
            self._leading.pop(node, None)
            return None
        said = event.observation
        if isinstance(said, Appended):
            return self._appended(event, said)
        if isinstance(said, Truncated):
            return self._truncated(event, said.index)
        if isinstance(said, Installed):
            return self._installed(event, said)
        if isinstance(said, Led):
            if node in self._says_terms:
                self._leading[node] = event
            return None
        if isinstance(said, Recovered):
            self._logs[node] = [(term, command) for term, command in said.entries] if said.entries else []
            self._bases[node] = said.base_index
            self._leading.pop(node, None)
            return None
        self._says_terms.add(node)
        if node in self._leading and (isinstance(said, SteppedDown) or said.term > self._leading[node].observation.term):
            del self._leading[node]
        return None

    def _appended(self, event: Observed, said: Appended) -> Violation | None:
        log = self._logs.setdefault(event.node, [])
        place = said.index - self._bases.get(event.node, 0)
        if place > len(log):
            if place > len(log) + 1:
                log.extend([None] * (place - 1 - len(log)))
            log.append((said.term, said.command))
            return None
        if place < 1:  # nowhere, or in a snapshot
            return None
        entry, held = (said.term, said.command), log[place - 1]
        if held is None or (held[0] == said.term and same(held[1], said.command)):
            log[place - 1] = entry
            return None
        log[place - 1 :] = [entry]
        led = self._leading.get(event.node)
        if led is None:
            return None
        what = f"{_entry(said.index, *held)} with {_entry(said.index, *entry)}"
        return self.violation(f"{event.node}, leader of term {led.observation.term}, overwrote {what}", led, event)

    def _truncated(self, event: Observed, index: int) -> Violation | None:
        log = self._logs.get(event.node, [])
        base = self._bases.get(event.node, 0)
        index = max(index, base + 1)
        if index - base > len(log):  # nothing was there, or nothing that we know of
            return None
        gone = log[index - base - 1]
        del log[index - base - 1 :]
        led = self._leading.get(event.node)
        if led is None:
            return None
        what = f"{_entry(index, *gone)} and what followed it" if gone else f"its log from index {index}"
        return self.violation(f"{event.node}, leader of term {led.observation.term}, deleted {what}", led, event)

    def _installed(self, event: Observed, said: Installed) -> Violation | None:
        found = None if said.rest else self._truncated(event, said.index + 1)
        base = self._bases.get(event.node, 0)
        if said.index > base or not said.rest:
            del self._logs.setdefault(event.node, [])[: max(said.index - base, 0)]
            self._bases[event.node] = said.index
        return found

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        led, then = conflict(violation)
        told = [
            Witness(f"meanwhile {e.node} had become leader of term {e.observation.term} ({when(e.step)})", (e.node,), (e.step,))
            for e in events[place(events, led) + 1 :]
            if type(e) is Observed and isinstance(e.observation, Led) and e.node != led.node
        ]
        phrase = f"{led.node} led term {led.observation.term} from step {led.step}, and had not stepped down by step {then.step}"
        return (Witness(phrase, (led.node,), (led.step, then.step)), *told)


class LogMatching(Invariant):
    """Two logs that hold an entry with the same index and term are identical up to that entry.

    By induction it is enough that every such entry has the same command and the same term before it, wherever and
    whenever it is seen. Behind a snapshot a log is compared from the snapshot's last entry on.

    It assumes that a node says every change of its log (Appended, Truncated, Installed), and Recovered first of all.
    """

    watches = (Appended, Truncated, Installed, Recovered, Crashed, Failed)
    source = "Raft (extended version), Figure 3 and 5.3: log matching"

    def __init__(self) -> None:
        self._replicas: dict[NodeId, Replica] = {}
        # (index, term) -> command, the term before it (None: not known), and who said so
        self._entries: dict[tuple[int, int], tuple[Any, int | None, Observed]] = {}
        self._blamed: int | None = None  # the term of the entry in which two logs differ

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._replicas.pop(event.node, None)  # type: ignore[union-attr]
            return None
        said = event.observation
        replica = self._replicas.get(event.node)
        if replica is None:
            replica = self._replicas[event.node] = Replica()
        if isinstance(said, Appended):
            replica.append(said.index, said.term)
            if said.index < 1:
                return None
            return self._match(event, said.index, said.term, said.command, replica.term(said.index - 1))
        if isinstance(said, Truncated):
            replica.truncate(said.index)
            return None
        if isinstance(said, Installed):
            replica.install(said.index, said.term, said.rest)
            return None
        replica.recover(said.entries, said.base_index, said.base_term)
        return self._recovered(event, said)

    def _recovered(self, event: Observed, said: Recovered) -> Violation | None:
        before = said.base_term if said.base_index else _NOTHING
        for index, (term, command) in enumerate(said.entries, said.base_index + 1):
            found = self._match(event, index, term, command, before)
            if found is not None:
                return found
            before = term
        return None

    def _match(self, event: Observed, index: int, term: int, command: Any, before: int | None) -> Violation | None:
        """Whether the entry is the one that was seen first; ``before``: the term of the one before it, None if not known."""
        known = self._entries.get((index, term))
        if known is None:
            self._entries[index, term] = (command, before, event)
            return None
        first_command, first_before, first = known
        if not same(first_command, command):
            self._blamed = term
            which = f"entry {index} of term {term}"
            return self.violation(f"{which} is {first_command!r} at {first.node}, and {command!r} at {event.node}", first, event)
        if first_before is None:
            self._entries[index, term] = (command, before, event)
        elif before is not None and before != first_before:
            self._blamed = term
            follows = f"follows one of term {first_before} at {first.node}, and one of term {before} at {event.node}"
            return self.violation(f"entry {index} of term {term} ({command!r}) {follows}", first, event)
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        logs = [f"at step {event.step} {terms(events[: place(events, event) + 1], event.node)}" for event in (first, then)]
        held = Witness(f"{logs[0]}; {logs[1]}", (first.node, then.node), (first.step, then.step))
        return (held,) if self._blamed is None else (held, *leaders(events, self._blamed))


def _entry(index: int, term: int, command: Any) -> str:
    return f"entry {index} ({command!r}, term {term})"
