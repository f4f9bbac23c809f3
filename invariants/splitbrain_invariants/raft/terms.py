"""The terms of Raft's entries: who may write an entry of a term, and where it may stand."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Crashed, Event, Failed, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, EnteredTerm, Installed, Led, Recovered, SteppedDown, Truncated, Voted
from splitbrain_invariants.replica import Replica
from splitbrain_invariants.witnesses.copies import terms
from splitbrain_invariants.witnesses.trace import place
from splitbrain_invariants.witnesses.votes import leaders


class TermsRise(Invariant):
    """Terms never fall along a log, none is above its node's own, and entries of a term are the work of that term's leader.

    A node leads its own term alone, writes entries of no other while it leads, and nobody has an entry of a term before that has a
    leader.

    It assumes that a node says every change of its log (Appended, Truncated, Installed), and Led before it sends an entry: the
    first to have one of its own term may lead it, and not have said so yet, unless it voted for another (Voted); a second one does
    not. Only one that says EnteredTerm is held to its term, and, with SteppedDown, to what it leads. Before the first term that
    anybody led, and in the term of a node that lost its power (it may have led it), a leader is not asked for.
    """

    watches = (Appended, Truncated, Installed, EnteredTerm, Led, SteppedDown, Voted, Recovered, Crashed, Failed)
    source = (
        "Raft (extended version), 5.3 (a leader creates at most one entry with a given index in a given term), 5.1 and Figure 2"
    )

    def __init__(self) -> None:
        self._replicas: dict[NodeId, Replica] = {}
        self._says_terms: set[NodeId] = set()
        self._found: set[NodeId] = set()  # who said, since it started, what it found on its disk
        self._terms: dict[NodeId, int] = {}  # the current term of each node that says which it enters, as far as it is known
        self._leading: dict[NodeId, Observed] = {}
        self._first: int | None = None  # the lowest term that anybody led
        self._led: set[int] = set()  # terms that were led, or may have been
        self._voted: dict[NodeId, int] = {}  # in which term each node last voted for another
        self._first_in: dict[int, NodeId] = {}  # a term that nobody has led yet -> who was the first to have an entry of it
        self._all_told = True  # whether one knows of all that lost their power in which terms they were

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._gone(event.node)  # type: ignore[union-attr]
            return None
        said, node = event.observation, event.node
        if isinstance(said, EnteredTerm):
            own = self._terms.get(node)
            if own is None:
                self._says_terms.add(node)
            if own is None or said.term > own:
                self._terms[node] = said.term
                self._leading.pop(node, None)
        elif isinstance(said, Appended):
            return self._appended(event, said)
        elif isinstance(said, Recovered):
            return self._recovered(event, said)
        elif isinstance(said, Led):
            return self._elected(event, said.term)
        elif isinstance(said, SteppedDown):
            self._leading.pop(node, None)
        elif isinstance(said, Voted):
            if said.candidate != node:
                self._voted[node] = said.term
        elif isinstance(said, Truncated):
            self._replica(node).truncate(said.index)
        else:
            self._replica(node).install(said.index, said.term, said.rest)
        return None

    def _elected(self, event: Observed, term: int) -> Violation | None:
        node = event.node
        self._led.add(term)
        self._first = term if self._first is None else min(self._first, term)
        own = self._terms.get(node)
        if own is None:
            return None
        if own != term:
            return self.violation(f"{node} became leader of term {term}, but is in term {own}", event)
        self._leading[node] = event
        return None

    def _gone(self, node: NodeId) -> None:
        """A node lost its power: it is not known in which term it will be, nor what will be in its log."""
        term = self._terms.pop(node, None)
        if term is not None:
            self._led.add(term)
        elif node not in self._found or not self._says_terms:
            self._all_told = False
        self._replicas.pop(node, None)
        self._leading.pop(node, None)
        self._found.discard(node)

    def _appended(self, event: Observed, said: Appended) -> Violation | None:
        node, index, term = event.node, said.index, said.term
        replica = self._replicas.get(node)
        if replica is None:
            replica = self._replicas[node] = Replica()
        if not replica.append(index, term):
            return None
        before = replica.term(index - 1)
        if before is not None and before > term:
            return self.violation(f"{node} appended {_entry(said)} behind one of term {before}", event)
        if self._terms.get(node, term) < term:
            return self.violation(f"{node} appended {_entry(said)} in term {self._terms[node]}", event)
        led = self._leading.get(node)
        if led is not None and led.observation.term != term:
            summary = f"{node}, leader of term {led.observation.term}, appended {_entry(said)}"
            return self.violation(summary, led, event)
        if term not in self._led and self._all_told and self._first is not None and term > self._first:
            may_lead = self._terms.get(node, term) == term and self._voted.get(node) != term
            if may_lead and self._first_in.setdefault(term, node) == node:
                return None
            return self.violation(f"{node} appended {_entry(said)}, and nobody had led term {term}", event)
        return None

    def _recovered(self, event: Observed, said: Recovered) -> Violation | None:
        node = event.node
        replica = self._replica(node)
        replica.recover(said.entries, said.base_index, said.base_term)
        self._found.add(node)
        if node in self._says_terms:
            self._terms[node] = said.term
        if not said.entries:
            return None
        found = [said.base_term, *(term for term, _ in said.entries)]
        if found != sorted(found):
            place = next(place for place in range(1, len(found)) if found[place] < found[place - 1])
            which = f"entry {said.base_index + place} of term {found[place]}"
            return self.violation(f"{node} found {which} behind one of term {found[place - 1]}", event)
        if found[-1] > said.term and node in self._says_terms:
            return self.violation(f"{node} found an entry of term {found[-1]} on its disk, where its term is {said.term}", event)
        return None

    def _replica(self, node: NodeId) -> Replica:
        replica = self._replicas.get(node)
        if replica is None:
            replica = self._replicas[node] = Replica()
        return replica

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        then = violation.evidence[-1]
        assert type(then) is Observed
        held = terms(events[: place(events, then) + 1], then.node)
        told = Witness(f"at step {then.step} {held}", (then.node,), (then.step,))
        said = then.observation
        if isinstance(said, Led):
            return tuple(
                Witness(f"{then.node} entered term {event.observation.term} at step {event.step}", (then.node,), (event.step,))
                for event in events
                if type(event) is Observed and event.node == then.node and isinstance(event.observation, EnteredTerm)
            )[-1:]
        return (told, *leaders(events, said.term)) if isinstance(said, Appended) else (told,)


def _entry(said: Appended) -> str:
    return f"entry {said.index} ({said.command!r}, term {said.term})"
