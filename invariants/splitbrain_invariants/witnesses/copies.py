"""What became of one log entry at each node: since when it is there, whether it is durable, and how it was lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from splitbrain.events import Crashed, Event, Observed, Synced
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Installed, Recovered, Truncated
from splitbrain_invariants.replica import Replica
from splitbrain_invariants.witnesses.phrase import listed, when
from splitbrain_invariants.witnesses.trace import cluster

LOG_AT_MOST = 8
_CHANGES = (Appended, Truncated, Installed, Recovered)


@dataclass
class Copy:
    """One node's copy of the entry. since, durable, off, lost: at which step; off: its power went before that was known."""

    since: int
    durable: int | None = None
    off: int | None = None
    lost: int | None = None
    how: str = ""

    @property
    def held(self) -> bool:
        """Whether the node still has it, as far as one knows."""
        return self.lost is None and not (self.off is not None and self.durable is None)


def copies(events: Sequence[Event], index: int, term: int) -> dict[NodeId, Copy]:
    """The latest copy of each node that ever said that it has the entry."""
    replicas: dict[NodeId, Replica] = {}
    found: dict[NodeId, Copy] = {}
    for event in events:
        if type(event) is Synced:
            copy = found.get(event.node)
            asked_before = copy is not None and event.asked is not None and event.asked < copy.since
            if copy is not None and copy.durable is None and copy.held and not asked_before:
                copy.durable = event.step
        elif type(event) is Crashed:
            copy = found.get(event.node)
            if copy is not None and copy.held:
                copy.off = event.step
            replicas.setdefault(event.node, Replica()).crash()
        elif type(event) is Observed and isinstance(event.observation, _CHANGES):
            replica = replicas.setdefault(event.node, Replica())
            how = _change(replica, event)
            _follow(found, event, replica.has(index, term), how)
    return found


def _change(replica: Replica, event: Observed) -> str:
    """Bring the log up to date; how an entry that is gone now was lost."""
    said = event.observation
    if isinstance(said, Appended):
        replica.append(said.index, said.term)
        return "overwrote it"
    if isinstance(said, Truncated):
        replica.truncate(said.index)
        return "removed it"
    if isinstance(said, Installed):
        replica.install(said.index, said.term, said.rest)
        return "took a snapshot without it"
    replica.recover(said.entries, said.base_index, said.base_term)
    return "restarted without it"


def _follow(found: dict[NodeId, Copy], event: Observed, has: bool, how: str) -> None:
    """Bring a node's copy up to date: whether its log has the entry now, and how it lost the entry if it had it before."""
    copy = found.get(event.node)
    recovered = isinstance(event.observation, (Recovered, Installed))  # what is found, or in a snapshot, is on the disk
    if copy is None or copy.lost is not None:
        if has:
            found[event.node] = Copy(event.step, event.step if recovered else None)
    elif has:
        if recovered:
            copy.off = None
            copy.durable = event.step if copy.durable is None else copy.durable
    elif copy.held or recovered:  # of a copy that had not been synced when the power went, only what is recovered tells
        copy.lost, copy.how = event.step, how


def fate(node: NodeId, copy: Copy) -> str:
    """A node's copy, in a clause."""
    had = f"{node} had it from {when(copy.since)}" if copy.since else f"{node} had it from the start"
    cut = f"lost its power at step {copy.off}{'' if copy.durable is not None else ' before that was synced'}"
    if copy.lost is not None and copy.off is not None:
        return f"{had}, {cut}, and {copy.how} at step {copy.lost}"
    if copy.lost is not None:
        return f"{had} and {copy.how} at step {copy.lost}"
    if copy.off is not None:
        return f"{had}, and {cut}"
    if copy.durable is None:
        return f"{node} has it since {when(copy.since)}, not synced"
    return f"{node} has it on disk ({when(copy.since)})"


def fates(events: Sequence[Event], index: int, term: int) -> str:
    """Every node's copy, in one sentence."""
    found = copies(events, index, term)
    never = [node for node in cluster(events) if node not in found]
    told = [fate(node, found[node]) for node in cluster(events) if node in found]
    return "; ".join(told + ([f"{listed(never)} never had it"] if never else []))


def last_entry(events: Sequence[Event], node: NodeId) -> str:
    """How the node's log ends: what an election compares (Raft, 5.4.1)."""
    held = log(events, node)
    return f"ends with entry {held.last} of term {held.term(held.last)}" if held.last else "is empty"


def terms(events: Sequence[Event], node: NodeId) -> str:
    """The whole log, by the terms of its entries."""
    known = log(events, node)
    held = [f"t{'?' if term is None else term}" for term in known.terms]
    shown = [f"{len(held) - LOG_AT_MOST} more", *held[-LOG_AT_MOST:]] if len(held) > LOG_AT_MOST else held
    if known.base:
        shown = [f"a snapshot up to {known.base}:t{known.base_term}", *shown]
    return f"the log of {node} is {' '.join(shown) or 'empty'}"


def log(events: Sequence[Event], node: NodeId) -> Replica:
    """The log as the node told it last."""
    replica = Replica()
    for event in events:
        if type(event) is Observed and event.node == node and isinstance(event.observation, _CHANGES):
            _change(replica, event)
    return replica
