"""What is committed is in the log of every later leader."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from operator import itemgetter
from typing import Any

from splitbrain.events import Crashed, Event, Failed, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Committed, Installed, Led, Recovered, Truncated
from splitbrain_invariants.replica import Replica
from splitbrain_invariants.witnesses.copies import copies, fate, last_entry
from splitbrain_invariants.witnesses.phrase import at, entry, quorums
from splitbrain_invariants.witnesses.trace import configurations, place
from splitbrain_invariants.witnesses.votes import electorate


class LeaderCompleteness(Invariant):
    """An entry committed in a term is in the log of the leaders of all higher terms.

    The term of a commit is the committing leader's, not the entry's; a follower that hears of it is in that term or a
    higher one, so the lowest term in which an entry was said to be committed is a safe bound. It breaks when a later
    leader is elected without the entry, and when an old leader commits what a later one was elected without. Of what a snapshot
    holds, the last entry alone can be compared; the others are taken to be those that were committed.

    It assumes that a node says Recovered first of all, and every change of its log (Appended, Truncated, Installed) before the
    Led and the Committed that go by it. Of a log of which a node does not tell, nothing is held against it, nor of what
    it committed in a term that it does not tell.
    """

    watches = (Appended, Truncated, Committed, Installed, Led, Recovered, Crashed, Failed)
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
        if isinstance(said, Led):
            # Of a leader that never spoke of its log nothing is known.
            return None if replica is None else self._led(event, replica)
        if isinstance(said, Committed):
            return None if replica is None or said.term is None else self._commit(event, replica)
        if replica is None:
            if isinstance(said, Installed):
                return None  # of a log of which it has told nothing, this is not all
            replica = self._replicas[event.node] = Replica()
        if isinstance(said, Appended):
            replica.append(said.index, said.term)
            self._commands[said.index, said.term] = said.command
        elif isinstance(said, Truncated):
            replica.truncate(said.index)
        elif isinstance(said, Installed):
            replica.install(said.index, said.term, said.rest)
        else:
            replica.recover(said.entries, said.base_index, said.base_term)
        return None

    def _led(self, event: Observed, replica: Replica) -> Violation | None:
        """A leader is elected: whether its log has all that was committed in lower terms."""
        term = event.observation.term
        self._leaders.insert(bisect_right(self._leaders, term, key=itemgetter(0)), (term, event, replica.snapshot()))
        missing = [
            (which, committed)
            for which, (committed_in, committed) in self._committed.items()
            if committed_in < term and replica.lacks(*which)
        ]
        if not missing:
            return None
        which, committed = min(missing, key=itemgetter(0))
        return self._blame(which, committed, event, committed, event)

    def _commit(self, event: Observed, replica: Replica) -> Violation | None:
        """A log is committed up to an index: whether leaders of higher terms, elected already, had all of that."""
        term = event.observation.term
        later = self._leaders[bisect_right(self._leaders, term, key=itemgetter(0)) :]
        found = None
        for which in replica.committed(event.observation.index):
            known = self._committed.get(which)
            if known is not None and known[0] <= term:
                break  # and so are those before it, when this one was committed
            self._committed[which] = (term, event)
            for _, led, at_election in later:
                if at_election.lacks(*which):
                    found = self._blame(which, event, led, led, event)
                    break
        return found

    def _blame(self, which: tuple[int, int], committed: Observed, led: Observed, *evidence: Observed) -> Violation:
        """The leader lacks this entry (index, term); ``evidence``: the commit and the election, in the order in which they came."""
        self._blamed = (which, committed, led)
        commit = f"{committed.node} committed {entry(*which, self._commands)} in term {committed.observation.term}"
        leader = f"{led.node}, leader of term {led.observation.term}, was elected without it"
        return self.violation(f"{commit}, and {leader}", *evidence)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:  # noqa: ARG002 - its entry is kept
        if self._blamed is None:
            return ()
        (index, term), committed, led = self._blamed
        before = events[: place(events, committed)]
        holders = {node: copy.since for node, copy in copies(before, index, term).items() if copy.held}
        known = configurations(before)
        count = quorums(known.of(committed.node)[-1], holders, known.quorums.decide)
        had = f"entry {index} of term {term} was at {at(holders)} when {committed.node} committed it (step {committed.step})"
        held = Witness(f"{had}: {count}", tuple(holders), (*holders.values(), committed.step))
        voters, elected = electorate(events, led)
        both = [node for node in voters if node in holders and node != led.node]
        ballots = [self._outvoted(events, node, voters[node], led) for node in both]
        if not both and holders and voters:
            ballots = [Witness("no node is in both; of two majorities, one would have had to be", (*holders, *voters))]
        return (held, *elected, *ballots)

    def _outvoted(self, events: Sequence[Event], voter: NodeId, step: int, led: Observed) -> Witness:
        """Why a node that had the entry when it was committed voted, at this step, for the leader without it."""
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
