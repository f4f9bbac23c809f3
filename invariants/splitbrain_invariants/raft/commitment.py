"""What Raft's *committed* must mean: later leaders have it, and a majority has it on disk.

Its length is two invariants that share what a commit is, each with its witnesses.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from splitbrain.events import Crashed, Event, Observed, Started, Synced
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Committed, Led, Recovered, Truncated
from splitbrain_invariants.replica import Replica
from splitbrain_invariants.witnesses.copies import copies, fate, fates, last_entry
from splitbrain_invariants.witnesses.phrase import at, cluster, place, quorum
from splitbrain_invariants.witnesses.votes import electorate


class LeaderCompleteness(Invariant):
    """An entry committed in a term is in the log of the leaders of all higher terms.

    The term of a commit is the committing leader's, not the entry's; a follower that hears of it is in that term or a
    higher one, so the lowest term in which an entry was said to be committed is a safe bound. It breaks when a later
    leader is elected without the entry, and when an old leader commits what a later one was elected without.
    """

    watches = (Appended, Truncated, Committed, Led, Recovered, Crashed)
    source = "Raft (extended version), Figure 3 and 5.4.3: leader completeness"

    def __init__(self) -> None:
        self._replicas: dict[NodeId, Replica] = {}
        # (index, term of the entry) -> the lowest term in which it was committed, and who said so
        self._committed: dict[tuple[int, int], tuple[int, Observed]] = {}
        self._leaders: list[tuple[int, Observed, Replica]] = []  # by term; the log is as at the election
        self._commands: dict[tuple[int, int], Any] = {}
        self._blamed: tuple[tuple[int, int], Observed, Observed] | None = None  # the lost entry, its commit, and the leader

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed:
            self._replicas.setdefault(event.node, Replica()).crash()  # type: ignore[union-attr]
            return None
        said = event.observation
        replica = self._replicas.get(event.node)
        if type(said) is Led:
            # Of a leader that never spoke of its log nothing is known.
            return None if replica is None else self._led(event, replica)
        if type(said) is Committed:
            return None if replica is None else self._commit(event, replica)
        if replica is None:
            replica = self._replicas[event.node] = Replica()
        if type(said) is Appended:
            replica.append(said.index, said.term)
            self._commands[said.index, said.term] = said.command
        elif type(said) is Truncated:
            replica.truncate(said.index)
        else:
            replica.recover(said.entries)
        return None

    def _led(self, event: Observed, replica: Replica) -> Violation | None:
        term = event.observation.term
        self._leaders.insert(bisect_right(self._leaders, term, key=itemgetter(0)), (term, event, replica.snapshot()))
        lost = [
            (entry, committed)
            for entry, (committed_in, committed) in self._committed.items()
            if committed_in < term and replica.lacks(*entry)
        ]
        if not lost:
            return None
        entry, committed = min(lost, key=itemgetter(0))
        return self._blame(entry, committed, event, committed, event)

    def _commit(self, event: Observed, replica: Replica) -> Violation | None:
        term = event.observation.term
        later = self._leaders[bisect_right(self._leaders, term, key=itemgetter(0)) :]
        found = None
        if event.observation.index > len(replica.terms):
            replica.whole = False
        for index in range(min(event.observation.index, len(replica.terms)), 0, -1):
            entry_term = replica.terms[index - 1]
            if entry_term is None:
                continue
            known = self._committed.get((index, entry_term))
            if known is not None and known[0] <= term:
                break  # and so are those before it, when this one was committed
            self._committed[index, entry_term] = (term, event)
            for _, led, at_election in later:
                if at_election.lacks(index, entry_term):
                    found = self._blame((index, entry_term), event, led, led, event)
                    break
        return found

    def _blame(self, entry: tuple[int, int], committed: Observed, led: Observed, *evidence: Observed) -> Violation:
        self._blamed = (entry, committed, led)
        commit = f"{committed.node} committed {_entry(*entry, self._commands)} in term {committed.observation.term}"
        leader = f"{led.node}, leader of term {led.observation.term}, was elected without it"
        return self.violation(f"{commit}, and {leader}", *evidence)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002 - its entry is kept
        if self._blamed is None:
            return ()
        (index, term), committed, led = self._blamed
        at_commit = copies(events[: place(events, committed)], index, term)
        holders = {node: copy.since for node, copy in at_commit.items() if copy.held}
        size = len(cluster(events))
        had = f"entry {index} of term {term} was at {at(holders)} when {committed.node} committed it (step {committed.step})"
        held = Witness(f"{had}: {quorum(len(holders), size)}", tuple(holders), (*holders.values(), committed.step))
        voters, elected = electorate(events, led)
        both = [node for node in voters if node in holders and node != led.node]
        ballots = [self._outvoted(events, node, voters[node], led) for node in both]
        if not both and holders and voters:
            ballots = [Witness("no node is in both; of two majorities, one would have had to be", (*holders, *voters))]
        return (held, elected, *ballots)

    def _outvoted(self, events: Sequence[Event], voter: NodeId, step: int, led: Observed) -> Witness:
        """A node that had the entry, and voted for the leader without it."""
        assert self._blamed is not None
        index, term = self._blamed[0]
        now = copies(events, index, term)[voter]
        before = [event for event in events if event.step < step]
        then = copies(before, index, term).get(voter)
        if then is None or now.since > step:
            return Witness(
                f"{voter} is in both: it voted at step {step}, and took the entry after that (step {now.since})", (voter,)
            )
        if not then.held:
            return Witness(f"{voter} is in both, but at its vote the entry was gone: {fate(voter, then)}", (voter,), (step,))
        logs = f"the log of {led.node} {last_entry(before, led.node)}, its own {last_entry(before, voter)}"
        return Witness(f"{voter} is in both, and had the entry when it voted at step {step}: {logs}", (voter, led.node), (step,))


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
        self._stores: dict[NodeId, _Store] = {}
        self._committed: dict[tuple[int, int], Observed] = {}  # (index, term of the entry) -> who said so first
        self._commands: dict[tuple[int, int], Any] = {}
        self._blamed: tuple[int, int] | None = None  # the entry that is not durable

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            said = event.observation
            store = self._stores.get(event.node)
            if type(said) is Committed:
                return None if store is None or not store.known else self._commit(event, store)
            if store is None:
                store = self._stores[event.node] = _Store()
            if type(said) is Appended:
                store.appended(event, said)
                self._commands[said.index, said.term] = said.command
            elif type(said) is Truncated:
                store.truncated(event, said)
            elif store.restart(said.entries):
                return self._check(self._committed, event, store)
        elif type(event) is Synced:
            store = self._stores.get(event.node)
            if store is not None and store.dirty:
                gone = store.sync()
                if gone and store.cut is not None:
                    return self._check(gone, store.cut, store)
        elif type(event) is Started:
            if event.incarnation == 1:
                self._nodes.append(event.node)
            else:
                self._stores.setdefault(event.node, _Store()).known = False  # until it says what it recovered
        elif type(event) is Crashed and event.node in self._stores:
            self._stores[event.node].power_off(event.kept)
        return None

    def _commit(self, event: Observed, store: _Store) -> Violation | None:
        found = None
        if event.observation.index > len(store.terms):
            store.whole = False
        for index in range(min(event.observation.index, len(store.terms)), 0, -1):
            term = store.terms[index - 1]
            if term is None:
                continue
            if (index, term) in self._committed:
                break
            self._committed[index, term] = event
            if not self._on_majority(index, term):
                self._blamed = (index, term)
                what = _entry(index, term, self._commands)
                found = self.violation(f"{event.node} committed {what}, which {self._where(index, term)}", event)
        return found

    def _check(self, entries: Iterable[tuple[int, int]], cause: Observed, store: _Store) -> Violation | None:
        for index, term in sorted(entries):
            committed = self._committed.get((index, term))
            if committed is not None and not store.holds(index, term) and not self._on_majority(index, term):
                how = "restarted without" if type(cause.observation) is Recovered else "removed"
                self._blamed = (index, term)
                what = _entry(index, term, self._commands)
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

    def _holders(self, index: int, term: int) -> list[NodeId]:
        return [node for node in self._nodes if node not in self._stores or self._stores[node].holds(index, term)]

    def _on_majority(self, index: int, term: int) -> bool:
        return 2 * len(self._holders(index, term)) > len(self._nodes)

    def _where(self, index: int, term: int) -> str:
        holders = self._holders(index, term)
        volatile = [n for n, store in self._stores.items() if n not in holders and store.known and store.has(index, term)]
        where = f"is durable on {', '.join(holders) or 'no node'} only, of {', '.join(self._nodes)}"
        return where + (f" ({', '.join(volatile)} had not synced it)" if volatile else "")


class _Store(Replica):
    """A node's log and its image on disk; equal below ``dirty``, and everywhere when that is 0."""

    __slots__ = ("cut", "dirty", "disk", "known", "off", "perhaps")

    def __init__(self) -> None:
        super().__init__()
        self.disk: list[int | None] = []
        self.dirty = 0
        self.cut: Observed | None = None  # what last removed entries
        self.known = True
        self.off = False  # no power: what is in memory does not count
        self.perhaps: list[int | None] = []  # entries that may have survived, although unsynced

    def appended(self, event: Observed, said: Appended) -> None:
        grown = len(self.terms)
        changed = self.append(said.index, said.term)
        if changed:
            if changed <= grown:
                self.cut = event
            if not self.dirty or changed < self.dirty:
                self.dirty = changed

    def truncated(self, event: Observed, said: Truncated) -> None:
        changed = self.truncate(said.index)
        if changed:
            self.cut = event
            if not self.dirty or changed < self.dirty:
                self.dirty = changed

    def sync(self) -> list[tuple[int, int]]:
        """The disk is as the log now. Returns what the disk held and the log does not."""
        first = self.dirty
        old = self.disk[first - 1 :]
        self.disk[first - 1 :] = self.terms[first - 1 :]
        self.dirty = 0
        return [(index, term) for index, term in enumerate(old, first) if term is not None and not self.has(index, term)]

    def restart(self, entries: Iterable[tuple[int, Any]]) -> bool:
        """What was found on disk. Returns whether anything is missing that could have been there."""
        self.recover(entries)
        lost = any(self.terms[: len(before)] != before for before in (self.disk, self.perhaps))
        self.disk = self.terms.copy()
        self.dirty = 0
        self.known = True
        self.off = False
        self.perhaps = []
        return lost

    def power_off(self, kept: int) -> None:
        """What was written and not synced may have survived where ``kept`` is not 0."""
        self.known = self.known and self.whole
        self.perhaps = self.terms if kept else []
        self.crash()
        self.off = True
        self.dirty = 0

    def has(self, index: int, term: int) -> bool:
        """Whether the log holds the entry, durable or not."""
        return index <= len(self.terms) and self.terms[index - 1] == term

    def holds(self, index: int, term: int) -> bool:
        """Whether the entry may be durable here."""
        if not self.known or (not self.off and not self.whole and index > len(self.terms)):
            return True
        on_disk = index <= len(self.disk) and self.disk[index - 1] in (term, None)
        if self.off:
            return on_disk or (index <= len(self.perhaps) and self.perhaps[index - 1] in (term, None))
        return on_disk and not self.lacks(index, term)


def _entry(index: int, term: int, commands: dict[tuple[int, int], Any]) -> str:
    command = f"{commands[index, term]!r}, " if (index, term) in commands else ""
    return f"entry {index} ({command}term {term})"
