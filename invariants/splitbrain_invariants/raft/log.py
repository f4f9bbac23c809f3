"""Raft's replicated log: a leader's only grows, two logs match, and state machines apply the same, in order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Observed, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Applied, Committed, EnteredTerm, Led, Recovered, SteppedDown, Truncated
from splitbrain_invariants.witnesses.copies import copies, fate, fates, log, terms
from splitbrain_invariants.witnesses.phrase import at, place, when


class LeaderAppendOnly(Invariant):
    """A leader never overwrites or deletes entries in its log; it only appends.

    Only a node that also says when it leads no more (SteppedDown, EnteredTerm) is held to it.
    """

    watches = (Appended, Truncated, Led, SteppedDown, EnteredTerm, Recovered, Crashed)
    kind = "step"
    source = "Raft (extended version), Figure 3 and 5.3: leader append-only"

    def __init__(self) -> None:
        self._logs: dict[NodeId, list[tuple[int, Any] | None]] = {}  # None: an entry of which the node said nothing
        self._leading: dict[NodeId, Observed] = {}
        self._says_terms: set[NodeId] = set()

    def observe(self, event: Event) -> Violation | None:
        node: NodeId = event.node  # type: ignore[union-attr]
        if type(event) is not Observed:
            self._logs.pop(node, None)
            self._leading.pop(node, None)
            return None
        said = event.observation
        if type(said) is Appended:
            return self._appended(event, said)
        if type(said) is Truncated:
            return self._truncated(event, said)
        if type(said) is Led:
            if node in self._says_terms:
                self._leading[node] = event
            return None
        self._says_terms.add(node)
        if type(said) is Recovered:
            self._logs[node] = [(term, command) for term, command in said.entries]
            self._leading.pop(node, None)
        elif node in self._leading and (type(said) is SteppedDown or said.term > self._leading[node].observation.term):
            del self._leading[node]
        return None

    def _appended(self, event: Observed, said: Appended) -> Violation | None:
        log = self._logs.setdefault(event.node, [])
        index = said.index
        if index > len(log):
            if index > len(log) + 1:
                log.extend([None] * (index - 1 - len(log)))
            log.append((said.term, said.command))
            return None
        entry, held = (said.term, said.command), log[index - 1]
        if held is None or held == entry:
            log[index - 1] = entry
            return None
        log[index - 1 :] = [entry]
        led = self._leading.get(event.node)
        if led is None:
            return None
        what = f"{_entry(index, *held)} with {_entry(index, *entry)}"
        return self.violation(f"{event.node}, leader of term {led.observation.term}, overwrote {what}", led, event)

    def _truncated(self, event: Observed, said: Truncated) -> Violation | None:
        log = self._logs.get(event.node, [])
        if said.index > len(log):  # nothing was there, or nothing that we know of
            return None
        gone = log[said.index - 1]
        del log[said.index - 1 :]
        led = self._leading.get(event.node)
        if led is None:
            return None
        what = f"{_entry(said.index, *gone)} and what followed it" if gone else f"its log from index {said.index}"
        return self.violation(f"{event.node}, leader of term {led.observation.term}, deleted {what}", led, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        led, then = violation.evidence
        assert type(led) is Observed
        told = [
            Witness(f"meanwhile {e.node} had become leader of term {e.observation.term} ({when(e.step)})", (e.node,), (e.step,))
            for e in events[place(events, led) + 1 :]
            if type(e) is Observed and type(e.observation) is Led and e.node != led.node
        ]
        phrase = f"{led.node} led term {led.observation.term} from step {led.step}, and had not stepped down by step {then.step}"
        return (Witness(phrase, (led.node,), (led.step, then.step)), *told)


class LogMatching(Invariant):
    """Two logs that hold an entry with the same index and term are identical up to that entry.

    By induction it is enough that every such entry has the same command and the same term before it, wherever and
    whenever it is seen.
    """

    watches = (Appended, Truncated, Recovered, Crashed)
    source = "Raft (extended version), Figure 3 and 5.3: log matching"

    def __init__(self) -> None:
        self._terms: dict[NodeId, list[int | None]] = {}  # the terms of each node's log; None where it said nothing
        # index, term -> command, the term before it (None: not known), and who said so
        self._entries: dict[tuple[int, int], tuple[Any, int | None, Observed]] = {}
        self._blamed: int | None = None  # the term of the entry in which two logs differ

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._terms.pop(event.node, None)  # type: ignore[union-attr]
            return None
        said = event.observation
        if type(said) is Appended:
            index, term = said.index, said.term
            terms = self._terms.get(event.node)
            if terms is None:
                terms = self._terms[event.node] = []
            if index == len(terms) + 1:
                terms.append(term)
            elif index < 1:
                return None
            elif index > len(terms) or terms[index - 1] != term:
                del terms[index - 1 :]
                terms.extend([None] * (index - 1 - len(terms)))
                terms.append(term)
            return self._match(event, index, term, said.command, terms[index - 2] if index > 1 else 0)
        if type(said) is Truncated:
            terms = self._terms.get(event.node)
            if terms is not None:
                del terms[max(said.index, 1) - 1 :]
            return None
        self._terms[event.node] = [term for term, _ in said.entries]
        before = 0
        for index, (term, command) in enumerate(said.entries, 1):
            found = self._match(event, index, term, command, before)
            if found is not None:
                return found
            before = term
        return None

    def _match(self, event: Observed, index: int, term: int, command: Any, before: int | None) -> Violation | None:
        known = self._entries.get((index, term))
        if known is None:
            self._entries[index, term] = (command, before, event)
            return None
        first_command, first_before, first = known
        if first_command != command:
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
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        logs = [f"at step {event.step} {terms(events[: place(events, event) + 1], event.node)}" for event in (first, then)]
        held = Witness(f"{logs[0]}; {logs[1]}", (first.node, then.node), (first.step, then.step))
        return (held,) if self._blamed is None else (held, _leaders(events, self._blamed))


class StateMachineSafety(Invariant):
    """No two servers apply different entries at the same index, nor does one of them after a restart."""

    watches = (Applied,)
    source = "Raft (extended version), Figure 3 and 5.4.3: state machine safety"

    def __init__(self) -> None:
        self._applied: dict[int, Observed] = {}

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        earlier = self._applied.setdefault(said.index, event)
        first = earlier.observation
        if first.term == said.term and first.command == said.command:
            return None
        one = f"{earlier.node} applied {first.command!r} of term {first.term} at index {said.index}"
        return self.violation(f"{one}, and {event.node} {said.command!r} of term {said.term}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        one, other = first.observation, then.observation
        if one.term == other.term:
            return (_leaders(events, one.term),)
        told = []
        for event in (first, then):
            said = event.observation
            before = events[: place(events, event) + 1]
            held = {node: copy.since for node, copy in copies(before, said.index, said.term).items() if copy.held}
            if held:
                who = f"entry {said.index} of term {said.term} was at {at(held)} when {event.node} applied it (step {event.step})"
                told.append(Witness(who, tuple(held), (*held.values(), event.step)))
        fate = f"entry {one.index} of term {one.term} in the end: {fates(events, one.index, one.term)}"
        return (*told, Witness(fate, (first.node, then.node), (first.step, then.step)))


def _leaders(events: Sequence[Event], term: int) -> Witness:
    led = {e.node: e.step for e in events if type(e) is Observed and type(e.observation) is Led and e.observation.term == term}
    if not led:
        return Witness(f"nobody became leader of term {term}, whose entry it is")
    alone = " alone" if len(led) == 1 else ""
    return Witness(f"leader of term {term}, whose entry it is, was {at(led)}{alone}", tuple(led), tuple(led.values()))


class AppliedInOrder(Invariant):
    """A server applies the entries of its log one after another, and leaves none out.

    Where it begins after a restart is its own business. Not for nodes that install snapshots: these jump, and rightly.
    """

    watches = (Applied, Started)
    kind = "step"
    source = "Raft (extended version), 5.3 (in log order) and Figure 2 (increment last_applied, apply log[last_applied])"

    def __init__(self) -> None:
        self._applied: dict[NodeId, Observed] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._applied.pop(event.node, None)  # type: ignore[union-attr]
            return None
        earlier = self._applied.get(event.node)
        self._applied[event.node] = event
        if earlier is None or event.observation.index == earlier.observation.index + 1:
            return None
        jump = f"entry {event.observation.index} right after entry {earlier.observation.index}"
        return self.violation(f"{event.node} applied {jump}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = violation.evidence
        assert type(first) is Observed
        assert type(then) is Observed
        node, index = then.node, first.observation.index + 1
        mine = events[max(i for i, e in enumerate(events) if type(e) is Started and e.node == node) :]  # since its last start
        said = [event for event in mine if type(event) is Observed and event.node == node]
        told = [_left_out(events, node, index)] if index < then.observation.index else []
        again = [e for e in said[:-1] if type(e.observation) is Applied and e.observation.index == then.observation.index]
        told += [
            Witness(f"{node} had applied entry {e.observation.index} at step {e.step} already", (node,), (e.step,)) for e in again
        ]
        committed = [event for event in said if type(event.observation) is Committed]
        if committed:
            upto = f"its commit index is {committed[-1].observation.index} (step {committed[-1].step})"
            told.append(Witness(f"at step {then.step} {terms(events, node)}; {upto}", (node,), (committed[-1].step, then.step)))
        return tuple(told)


def _left_out(events: Sequence[Event], node: NodeId, index: int) -> Witness:
    held = log(events, node).terms
    term = held[index - 1] if index <= len(held) else None
    copy = None if term is None else copies(events, index, term).get(node)
    if copy is None:
        return Witness(f"entry {index}, which it left out, is not known to be in its log", (node,))
    return Witness(f"entry {index} of term {term}, which it left out: {fate(node, copy)}", (node,), (copy.since,))


def _entry(index: int, term: int, command: Any) -> str:
    return f"entry {index} ({command!r}, term {term})"
