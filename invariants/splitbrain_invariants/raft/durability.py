"""What is committed is on disk at a majority."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Observed, Started, Synced
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Committed, Recovered, Truncated
from splitbrain_invariants.raft.stored_log import StoredLog
from splitbrain_invariants.witnesses.copies import copies, fates
from splitbrain_invariants.witnesses.phrase import entry, quorum


class CommittedIsDurable(Invariant):
    """A committed entry is durable on a majority, from the commit on and for good.

    An entry is durable at a node's next completed sync after it was appended, and so is a truncation; what a node recovers
    is durable. A node of which that is not known (it does not speak of its log, or did not say what it recovered) is
    taken to hold everything.
    """

    watches = (Appended, Truncated, Committed, Recovered, Synced, Started, Crashed)
    source = "Raft (extended version), 5.3 (committed: replicated on a majority) and 5.1, Figure 2 (log[] on stable storage)"

    def __init__(self) -> None:
        self._nodes: list[NodeId] = []
        self._stores: dict[NodeId, StoredLog] = {}
        self._removals: dict[NodeId, Observed] = {}  # what last removed entries from each node's log
        self._committed: dict[tuple[int, int], Observed] = {}  # (index, term of the entry) -> who said so first
        self._commands: dict[tuple[int, int], Any] = {}
        self._blamed: tuple[int, int] | None = None  # the entry that is not durable

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            return self._said(event)
        if type(event) is Started and event.incarnation == 1:
            self._nodes.append(event.node)
        elif type(event) is Started:
            self._store(event.node).start_again()
        elif type(event) is Crashed and event.node in self._stores:
            self._stores[event.node].lose_power(event.kept)
        elif type(event) is Synced and event.node in self._stores:
            gone = self._stores[event.node].sync()
            removal = self._removals.get(event.node)
            if gone and removal is not None:
                return self._check(gone, removal)
        return None

    def _said(self, event: Observed) -> Violation | None:
        said = event.observation
        if isinstance(said, Committed):
            store = self._stores.get(event.node)
            return self._commit(event, store) if store is not None and store.known else None
        store = self._store(event.node)
        if isinstance(said, Recovered):
            return self._check(self._committed, event) if store.recover(said.entries) else None
        if isinstance(said, Appended):
            removed = store.append(said.index, said.term)
            self._commands[said.index, said.term] = said.command
        else:
            removed = store.truncate(said.index)
        if removed:
            self._removals[event.node] = event
        return None

    def _commit(self, event: Observed, store: StoredLog) -> Violation | None:
        """A log is committed up to an index: whether what was not committed before is on a majority."""
        found = None
        for index, term in store.log.committed(event.observation.index):
            if (index, term) in self._committed:
                break  # and so are those before it
            self._committed[index, term] = event
            if not self._on_majority(index, term):
                self._blamed = (index, term)
                what = entry(index, term, self._commands)
                found = self.violation(f"{event.node} committed {what}, which {self._where(index, term)}", event)
        return found

    def _check(self, entries: Iterable[tuple[int, int]], cause: Observed) -> Violation | None:
        """Whether a committed one among the entries has lost its majority, now that the node of ``cause`` has it no longer."""
        store = self._stores[cause.node]
        for index, term in sorted(entries):
            committed = self._committed.get((index, term))
            if committed is not None and not store.durable(index, term) and not self._on_majority(index, term):
                how = "restarted without" if isinstance(cause.observation, Recovered) else "removed"
                self._blamed = (index, term)
                what = entry(index, term, self._commands)
                summary = f"{committed.node} committed {what}; {cause.node} {how} it, so it {self._where(index, term)}"
                return self.violation(summary, *sorted((committed, cause), key=lambda each: each.step))
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        if self._blamed is None:
            return ()
        index, term = self._blamed
        found = copies(events, index, term)
        durable = [node for node, copy in found.items() if copy.held and copy.durable is not None]
        told = Witness(f"entry {index} of term {term}: {fates(events, index, term)}", tuple(found))
        count = Witness(
            f"it is on disk at {quorum(len(durable), len(self._nodes))}", tuple(durable), (violation.evidence[-1].step,)
        )
        return (told, count)

    def _store(self, node: NodeId) -> StoredLog:
        store = self._stores.get(node)
        if store is None:
            store = self._stores[node] = StoredLog()
        return store

    def _holders(self, index: int, term: int) -> list[NodeId]:
        return [node for node in self._nodes if node not in self._stores or self._stores[node].durable(index, term)]

    def _on_majority(self, index: int, term: int) -> bool:
        return 2 * len(self._holders(index, term)) > len(self._nodes)

    def _where(self, index: int, term: int) -> str:
        holders = self._holders(index, term)
        volatile = [n for n, store in self._stores.items() if n not in holders and store.known and store.log.has(index, term)]
        where = f"is durable on {', '.join(holders) or 'no node'} only, of {', '.join(self._nodes)}"
        return where + (f" ({', '.join(volatile)} had not synced it)" if volatile else "")
