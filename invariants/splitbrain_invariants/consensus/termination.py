"""Termination of what decides once: what must happen when faults have stopped, and who waits for what when it has not."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import (
    CalmBegan,
    CalmEnded,
    Crashed,
    Declared,
    Event,
    Failed,
    Observed,
    Replied,
    Requested,
    Started,
    TimerSet,
)
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Decided
from splitbrain_invariants.consensus.deciders import Deciders, among
from splitbrain_invariants.witnesses.phrase import ballot
from splitbrain_invariants.witnesses.waiting import ballots, decided, silence


class Termination(Invariant):
    """By the end of a fair phase every process of its core has decided.

    Where the scenario says whom clients may ask (its ``clients``), and none of these is in the core, nobody asks for anything, and
    nobody need decide, nor learn what others have decided: learners may find out only when something is proposed anew (Paxos Made
    Simple, 2.3). So it is where the fair phase's client had nothing to ask (`CalmEnded.content`). Where clients are not declared,
    every node may be asked, or proposes something by itself; but where nobody has ever asked for anything, and no node has said
    anything, nothing was begun that could end.

    deciders: which nodes decide at all, by position from 0, given the cluster size; None means every node.

    It assumes that a node says Decided when it has decided; once is enough, a restart may be silent about it.
    """

    # Decided is among what Observed covers; it is named so that a reader, and a report, can see what counts.
    watches = (Decided, Observed, TimerSet, Requested, Replied, Declared, Started, Crashed, Failed, CalmBegan, CalmEnded)
    kind = "eventually"
    source = "Paxos Made Simple, 2.4 (progress); Fischer, Lynch and Paterson 1985 say why only in a fair phase"

    def __init__(self, deciders: Deciders = None) -> None:
        self._deciders = deciders
        self._nodes: list[NodeId] = []
        self._decided: dict[NodeId, Observed] = {}
        self._began: CalmBegan | None = None
        self._last: dict[NodeId, Observed] = {}
        self._timer: dict[NodeId, TimerSet] = {}
        self._down: dict[NodeId, Event] = {}
        self._asked: dict[str, Requested] = {}  # the fair phase's requests that nobody has answered
        self._begun = False  # whether anybody asked for anything
        self._clients: tuple[NodeId, ...] | None = None  # whom clients may ask; None: everybody

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Observed():
                self._last[event.node] = event
                if isinstance(event.observation, Decided):
                    self._decided.setdefault(event.node, event)
            case TimerSet():
                self._timer[event.node] = event
            case Requested():
                self._begun = True
                if event.calm:
                    self._asked[event.request] = event
            case Replied():
                self._asked.pop(event.request, None)
            case Started():
                if event.incarnation == 1:
                    self._nodes.append(event.node)
                self._down.pop(event.node, None)
            case Crashed() | Failed():
                self._down[event.node] = event
                self._timer.pop(event.node, None)
            case Declared():
                self._clients = event.clients
            case CalmBegan():
                self._began = event
                self._asked.clear()
            case CalmEnded():
                return self._ended(event)
        return None

    def satisfied(self) -> bool:
        return self._began is not None and not self._waiting(self._began.core)

    def _waiting(self, core: tuple[NodeId, ...]) -> list[NodeId]:
        if self._clients is not None and not any(node in core for node in self._clients):
            return []
        if not self._begun and not self._last:
            return []
        deciders = among(self._nodes, self._deciders)
        return [node for node in core if node in deciders and node not in self._decided]

    def _ended(self, event: CalmEnded) -> Violation | None:
        waiting = self._waiting(event.core)
        if not waiting or self._began is None or event.content:
            return None
        parts = [f"after {event.elapsed} fair ms {', '.join(waiting)} of {', '.join(event.core)} had not decided"]
        parts += [self._state(node) for node in waiting]
        if self._asked:
            parts.append(f"unanswered: {', '.join(f'{each.request} at {each.node}' for each in self._asked.values())}")
        parts += [f"{node} had decided {event.observation.value!r}" for node, event in self._decided.items()]
        return self.violation("; ".join(parts), self._began, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, ended = violation.evidence
        assert type(ended) is CalmEnded
        running = [node for node in self._waiting(ended.core) if node not in self._down]
        return (*ballots(events, ended), *decided(events), *silence(events, ended, running))

    def _state(self, node: NodeId) -> str:
        if node in self._down:
            return f"{node} is down since step {self._down[node].step}"
        last, timer = self._last.get(node), self._timer.get(node)
        said = "has said nothing" if last is None else f"last said {_shown(last.observation)} at step {last.step}"
        return f"{node} {said}" + ("" if timer is None else f", and last set its timer {timer.timer!r} at step {timer.step}")


def _shown(observation: object) -> str:
    """What a node said, clipped; its ballot, if it has one, as people write it."""
    number = getattr(observation, "ballot", None)
    return f"{observation!r}".replace(f"ballot={number!r}", f"ballot={ballot(number)}")[:80]
