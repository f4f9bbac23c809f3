"""A picture of the cluster: what its nodes said of themselves, and what this amounts to in the abstract.

Abstract: of each node, and of each pair of them, its role, vote, log and ballots, where terms and ballots count only by their
order, and nodes have no names. A schedule after which something is true that never was before has reached something new.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from splitbrain.node import NodeId
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Committed,
    Decided,
    EnteredTerm,
    Led,
    Promised,
    Proposed,
    Recovered,
    SteppedDown,
    Truncated,
    Voted,
)

if TYPE_CHECKING:
    from splitbrain.cluster.process import Process
    from splitbrain.world.world import World

Feature: TypeAlias = tuple[Any, ...]


class _Portrait:
    """One node."""

    __slots__ = (
        "accepted",
        "commit",
        "decided",
        "log",
        "other",
        "process",
        "promised",
        "proposed",
        "role",
        "term",
        "value",
        "vote",
    )

    def __init__(self, process: Process) -> None:
        self.process = process
        self.role = 0  # 1: leads its term, 2: led an earlier one
        self.term = 0
        self.vote: tuple[int, bool] = (0, False)  # the term, and whether it was for itself
        self.log: list[int] = []  # the entries' terms
        self.commit = 0
        self.promised: Any = None
        self.accepted: Any = None
        self.value: Any = None
        self.proposed: Any = None
        self.decided = 0
        self.other: dict[str, int] = {}  # how often it said what nobody here knows, up to a few


class Picture:
    """What was observed in one run: give it to `Recorder.listener`."""

    def __init__(self, world: World) -> None:
        self._portraits = {process.id: _Portrait(process) for process in world.processes.values()}
        self._order = tuple(self._portraits.values())
        self.leader: NodeId | None = None  # who said last that it leads
        self.led: dict[NodeId, None] = {}  # everybody who ever said so
        self.dirty = True
        self._fold: dict[type, Callable[[_Portrait, Any], None]] = {
            EnteredTerm: self._entered,
            Voted: self._voted,
            Led: self._led,
            SteppedDown: self._stepped_down,
            Appended: self._appended,
            Truncated: self._truncated,
            Committed: self._committed,
            Recovered: self._recovered,
            Promised: self._promised,
            Accepted: self._accepted,
            Proposed: self._proposed,
            Decided: self._decided,
            AcceptorStarted: self._acceptor_started,
        }

    def saw(self, node: NodeId, observation: Any) -> None:
        """Fold one observation."""
        self.dirty = True
        portrait = self._portraits[node]
        fold = self._fold.get(type(observation)) or self._fold_of_kin(type(observation))
        if fold is None:
            kind = type(observation).__name__
            if kind not in portrait.other:  # in the order of their names, not of their first occurrence
                portrait.other = dict(sorted({**portrait.other, kind: 0}.items()))
            portrait.other[kind] = min(portrait.other[kind] + 1, 3)
        else:
            # A node may put anything into an observation: terms without an order. `suppress` would cost more than all the rest.
            try:  # noqa: SIM105
                fold(portrait, observation)
            except Exception:  # noqa: BLE001 - then it guides nobody
                pass

    def _fold_of_kin(self, kind: type) -> Callable[[_Portrait, Any], None] | None:
        """How what derives from a shipped observation is folded: as that one."""
        fold = next((self._fold[each] for each in kind.__mro__ if each in self._fold), None)
        if fold is not None:
            self._fold[kind] = fold
        return fold

    def features(self) -> Iterable[Feature]:
        """What is abstractly true now, of each node and of each pair; equal for clusters that differ in names, or in all terms."""
        try:
            return self._features()
        except Exception:  # noqa: BLE001 - the same; whatever it is, it guides nobody
            return ()

    def _features(self) -> Iterable[Feature]:
        ballots = self._ballots()
        features: dict[Feature, None] = {}  # a set with an order
        for each in self._order:
            process, log, term = each.process, each.log, each.term
            length = len(log)
            own = (
                process.running,
                each.role if process.running else 0,
                0 if each.vote[0] != term else 1 + each.vote[1],
                min(length, 2),
                bool(log) and log[-1] == term,
                min(length - each.commit, 2) if each.commit else 3,
                bool(process.storage.unsynced),
                each.promised is not None,
                each.accepted is not None and 1 + (each.accepted == each.promised),
                each.proposed is not None and 1 + (each.proposed == each.promised),
                each.decided,
                tuple(each.other.items()),
            )
            features[own] = None
        order = self._order
        for place, one in enumerate(order):
            for other in order[:place]:
                features[_pair(one, other, ballots)] = None
        return features

    def _ballots(self) -> dict[Any, int]:
        ballots: dict[Any, int] = {}
        for each in self._order:
            if each.promised is not None:
                ballots[each.promised] = 0
            if each.accepted is not None:
                ballots[each.accepted] = 0
            if each.proposed is not None:
                ballots[each.proposed] = 0
        return {ballot: rank for rank, ballot in enumerate(sorted(ballots), 1)}

    # Raft

    def _enter(self, portrait: _Portrait, term: int) -> None:
        if term != portrait.term:
            portrait.term = term
            if portrait.role == 1:
                portrait.role = 2

    def _entered(self, portrait: _Portrait, said: EnteredTerm) -> None:
        self._enter(portrait, said.term)

    def _voted(self, portrait: _Portrait, said: Voted) -> None:
        self._enter(portrait, said.term)
        portrait.vote = (said.term, said.candidate == portrait.process.id)

    def _led(self, portrait: _Portrait, said: Led) -> None:
        self._enter(portrait, said.term)
        portrait.role = 1
        self.leader = portrait.process.id
        self.led[self.leader] = None

    def _stepped_down(self, portrait: _Portrait, _: SteppedDown) -> None:
        portrait.role = 0

    def _appended(self, portrait: _Portrait, said: Appended) -> None:
        del portrait.log[said.index - 1 :]
        portrait.log.append(said.term)

    def _truncated(self, portrait: _Portrait, said: Truncated) -> None:
        del portrait.log[said.index - 1 :]

    def _committed(self, portrait: _Portrait, said: Committed) -> None:
        portrait.commit = said.index

    def _recovered(self, portrait: _Portrait, said: Recovered) -> None:
        portrait.term, portrait.role, portrait.commit = said.term, 0, 0
        portrait.vote = (said.term, said.voted_for == portrait.process.id) if said.voted_for is not None else (0, False)
        portrait.log = [term for term, _ in said.entries]

    # Paxos

    def _promised(self, portrait: _Portrait, said: Promised) -> None:
        portrait.promised = said.ballot

    def _accepted(self, portrait: _Portrait, said: Accepted) -> None:
        portrait.accepted, portrait.value = said.ballot, said.value

    def _proposed(self, portrait: _Portrait, said: Proposed) -> None:
        portrait.proposed = said.ballot

    def _decided(self, portrait: _Portrait, _: Decided) -> None:
        portrait.decided = min(portrait.decided + 1, 2)

    def _acceptor_started(self, portrait: _Portrait, said: AcceptorStarted) -> None:
        portrait.promised, portrait.accepted, portrait.value = said.promised, said.accepted_ballot, said.accepted_value
        portrait.proposed, portrait.decided = None, 0


def _pair(one: _Portrait, other: _Portrait, ballots: Mapping[Any, int]) -> Feature:
    """How two nodes stand to each other; the same whichever comes first."""
    if _rank(other, ballots) > _rank(one, ballots):
        one, other = other, one
    mine, theirs = one.log, other.log
    shared = 0
    for entry, twin in zip(mine, theirs, strict=False):
        if entry != twin:
            break
        shared += 1
    return (
        one.process.running,
        other.process.running,
        one.role,
        other.role,
        one.term > other.term,
        # The logs: whose is longer, by how much they differ behind what they share, and whose end is of a later term
        (len(mine) > len(theirs)) - (len(mine) < len(theirs)),
        min(len(mine) - shared, 2),
        min(len(theirs) - shared, 2),
        bool(mine) and bool(theirs) and (mine[-1] > theirs[-1]) - (mine[-1] < theirs[-1]),
        one.commit > shared,
        other.commit > shared,
        (one.commit > other.commit) - (one.commit < other.commit),
        _compared(one.promised, other.promised, ballots),
        _compared(one.accepted, other.accepted, ballots),
        _compared(one.accepted, other.promised, ballots),
        _compared(one.promised, other.accepted, ballots),
        one.value == other.value,
        one.decided,
        other.decided,
    )


def _rank(portrait: _Portrait, ballots: Mapping[Any, int]) -> tuple[Any, ...]:
    log = portrait.log
    return (portrait.term, portrait.role, len(log), log[-1:], portrait.commit, ballots.get(portrait.promised, 0))


def _compared(one: Any, other: Any, ballots: Mapping[Any, int]) -> int:
    if one is None or other is None:
        return 2 + (one is None) + 2 * (other is None)
    return (ballots[one] > ballots[other]) - (ballots[one] < ballots[other])
