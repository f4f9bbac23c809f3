"""What is committed is on disk at a quorum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from splitbrain.events import Crashed, Event, Failed, Observed, Started, Synced
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Committed, Installed, Led, Recovered, Truncated, Voters
from splitbrain_invariants.configurations import Configurations, Groups
from splitbrain_invariants.raft.stored_log import StoredLog
from splitbrain_invariants.witnesses.copies import copies, fates
from splitbrain_invariants.witnesses.phrase import entry, quorums


class CommittedIsDurable(Invariant):
    """A committed entry is durable on a majority, from the commit on and for good.

    An entry is durable at a node's next completed sync after it was appended, and so is a truncation; what a node recovers
    is durable, and what is in a snapshot. A node of which that is not known (it does not speak of its log, or did not say what it
    recovered) is taken to hold everything.

    The majority, or the quorum that the scenario declares, is one of the configuration that the leader counts by who commits it: of
    the voters that the scenario declares, or of all nodes, until nodes say `Voters`. Who is not the leader of its term repeats what
    another has counted, and where configurations change, a quorum of any that there was will do then.

    It assumes that a node says Recovered first of all, and Appended, Truncated and Installed before the sync that makes them
    durable, Committed when its commit index has risen, and Voters as soon as it counts by them.
    """

    watches = (Appended, Truncated, Committed, Installed, Led, Recovered, Synced, Crashed, Failed, *Configurations.WATCHES)
    source = "Raft (extended version), 5.3 (committed: replicated on a majority) and 5.1, Figure 2 (log[] on stable storage)"

    def __init__(self) -> None:
        self._nodes: list[NodeId] = []
        self._stores: dict[NodeId, StoredLog] = {}
        self._configurations = Configurations()
        self._led: dict[NodeId, int] = {}  # the last term that each node led
        self._removals: dict[NodeId, Observed] = {}  # what last removed entries from each node's log
        self._committed: dict[tuple[int, int], Observed] = {}  # (index, term of the entry) -> who said so first
        self._commands: dict[tuple[int, int], Any] = {}
        self._blamed: tuple[int, int, Groups] | None = None  # the entry that is not durable, and of whom a quorum should have it

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            return self._said(event)
        if type(event) is Synced:
            store = self._stores.get(event.node)
            if store is not None and (gone := store.sync(event.asked)):
                removal = self._removals.get(event.node)
                return None if removal is None else self._check(gone, removal)
        elif isinstance(event, (Crashed, Failed)):
            if event.node in self._stores:
                self._stores[event.node].lose_power(event.kept if isinstance(event, Crashed) else 0)
        else:
            self._configurations.observe(event)
            if type(event) is Started:
                if event.incarnation == 1:
                    self._nodes.append(event.node)
                else:
                    self._store(event.node).start_again()
        return None

    def _said(self, event: Observed) -> Violation | None:
        said = event.observation
        if isinstance(said, Appended):
            removed = self._store(event.node).append(said.index, said.term, event.step)
            self._commands[said.index, said.term] = said.command
        elif isinstance(said, Recovered):
            missing = self._store(event.node).recover(said.entries, said.base_index, said.base_term)
            return self._check(self._committed, event) if missing else None
        elif isinstance(said, Committed):
            store = self._stores.get(event.node)
            return self._commit(event, store) if store is not None and store.known else None
        elif isinstance(said, Led):
            self._led[event.node] = said.term
            return None
        elif isinstance(said, Voters):
            self._configurations.said(event.node, said)
            return None
        else:
            store = self._store(event.node)
            self._configurations.said(event.node, said)
            if isinstance(said, Installed):
                held = store.log.term(said.index)
                removed = store.install(said.index, said.term, said.rest, event.step)
                if held is not None and held != said.term:
                    return self._check([(said.index, held)], event)
            else:
                removed = store.truncate(said.index, event.step)
        if removed:
            self._removals[event.node] = event
        return None

    def _commit(self, event: Observed, store: StoredLog) -> Violation | None:
        """A log is committed up to an index: whether what was not committed before is on a quorum."""
        found = None
        for index, term in store.log.committed(event.observation.index):
            if (index, term) in self._committed:
                break  # and so are those before it
            self._committed[index, term] = event
            leads = event.node in self._led and self._led[event.node] == event.observation.term
            groups = self._short_of(index, term, event.node if leads else None)
            if groups:
                self._blamed = (index, term, groups)
                what = entry(index, term, self._commands)
                found = self.violation(f"{event.node} committed {what}, which {self._where(index, term, groups)}", event)
        return found

    def _check(self, entries: Iterable[tuple[int, int]], cause: Observed) -> Violation | None:
        """Whether a committed one among the entries has lost its quorum, now that the node of ``cause`` has it no longer."""
        store = self._stores[cause.node]
        for index, term in sorted(entries):
            committed = self._committed.get((index, term))
            if committed is not None and not store.durable(index, term) and (groups := self._short_of(index, term)):
                how = next((how for kind, how in _HOW.items() if isinstance(cause.observation, kind)), "removed")
                self._blamed = (index, term, groups)
                what = entry(index, term, self._commands)
                summary = f"{committed.node} committed {what}; {cause.node} {how} it, so it {self._where(index, term, groups)}"
                return self.violation(summary, *sorted((committed, cause), key=lambda each: each.step))
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        if self._blamed is None:
            return ()
        index, term, groups = self._blamed
        found = copies(events, index, term)
        durable = [node for node, copy in found.items() if copy.held and copy.durable is not None]
        told = Witness(f"entry {index} of term {term}: {fates(events, index, term)}", tuple(found))
        on_disk = quorums(groups, durable, self._configurations.quorums.decide)
        return (told, Witness(f"it is on disk at {on_disk}", tuple(durable), (violation.evidence[-1].step,)))

    def _store(self, node: NodeId) -> StoredLog:
        store = self._stores.get(node)
        if store is None:
            store = self._stores[node] = StoredLog()
        return store

    def _holders(self, index: int, term: int) -> list[NodeId]:
        return [node for node in self._nodes if node not in self._stores or self._stores[node].durable(index, term)]

    def _short_of(self, index: int, term: int, leader: NodeId | None = None) -> Groups:
        """The configuration of which no quorum has the entry: of this leader, or of anybody; nothing where a quorum has it."""
        configurations = self._configurations
        holders = self._holders(index, term)
        for groups in configurations.ever() if leader is None else configurations.of(leader):
            if configurations.decides(groups, holders):
                return ()
        return groups

    def _where(self, index: int, term: int, groups: Groups) -> str:
        holders = self._holders(index, term)
        voters = list(dict.fromkeys(node for group in groups for node in group))
        told = [node for node in voters if node in self._stores and node not in holders]
        volatile = [node for node in told if self._stores[node].known and self._stores[node].log.has(index, term)]
        have = ", ".join(node for node in voters if node in holders) or "no node"
        where = f"is durable on {have} only, of {' and of '.join(', '.join(group) for group in groups)}"
        return where + (f" ({', '.join(volatile)} had not synced it)" if volatile else "")


_HOW = {Recovered: "restarted without", Installed: "took a snapshot without"}
