"""Termination: what must happen once faults have stopped, and who waits for what when it has not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Event, Failed, Observed, Replied, Requested, Started, TimerSet
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Applied, Committed, Decided, EnteredTerm, Led, SteppedDown
from splitbrain_invariants.consensus.deciders import Deciders, among
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.phrase import ballot
from splitbrain_invariants.witnesses.waiting import ballots, decided, elections, silence


class Termination(Invariant):
    """By the end of a fair phase every process of its core has decided.

    deciders: which nodes decide at all, by position from 0, given the cluster size; None means every node.
    """

    # Decided is among what Observed covers; it is named so that a reader, and a report, can see what counts.
    watches = (Decided, Observed, TimerSet, Requested, Replied, Started, Crashed, Failed, CalmBegan, CalmEnded)
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

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Observed():
                self._last[event.node] = event
                if isinstance(event.observation, Decided):
                    self._decided.setdefault(event.node, event)
            case TimerSet():
                self._timer[event.node] = event
            case Requested():
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
            case CalmBegan():
                self._began = event
                self._asked.clear()
            case CalmEnded():
                return self._ended(event)
        return None

    def satisfied(self) -> bool:
        return self._began is not None and not self._waiting(self._began.core)

    def _waiting(self, core: tuple[NodeId, ...]) -> list[NodeId]:
        deciders = among(self._nodes, self._deciders)
        return [node for node in core if node in deciders and node not in self._decided]

    def _ended(self, event: CalmEnded) -> Violation | None:
        waiting = self._waiting(event.core)
        if not waiting or self._began is None:
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


class LogTermination(Invariant):
    """By the end of a fair phase a command that its client asked for is applied by every node of its core."""

    watches = (Requested, Applied, Led, SteppedDown, EnteredTerm, Committed, Crashed, Failed, CalmBegan, CalmEnded)
    kind = "eventually"
    source = "Raft (extended version), 5.6: a steady leader is elected and makes progress, given the timing requirement"

    def __init__(self) -> None:
        self._began: CalmBegan | None = None
        self._asked: dict[Any, dict[NodeId, None]] = {}  # command of the fair phase -> who applied it
        self._commands: list[Any] = []
        self._led: dict[NodeId, int] = {}  # who leads which term
        self._term: dict[NodeId, int] = {}
        self._applied: dict[NodeId, int] = {}
        self._committed: dict[NodeId, int] = {}

    def observe(self, event: Event) -> Violation | None:
        match event:
            case Observed():
                self._said(event.node, event.observation)
            case Requested():
                if event.calm:
                    self._asked.setdefault(key(event.command), {})
                    self._commands.append(event.command)
            case Crashed() | Failed():
                for known in (self._led, self._applied, self._committed):
                    known.pop(event.node, None)
            case CalmBegan():
                self._began = event
                self._asked.clear()
                self._commands.clear()
            case CalmEnded():
                return self._ended(event)
        return None

    def satisfied(self) -> bool:
        began = self._began
        return began is not None and any(all(node in appliers for node in began.core) for appliers in self._asked.values())

    def _said(self, node: NodeId, said: Any) -> None:
        match said:
            case Applied():
                self._applied[node] = said.index
                if self._asked:
                    appliers = self._asked.get(key(said.command))
                    if appliers is not None:
                        appliers[node] = None
            case Committed():
                self._committed[node] = said.index
            case EnteredTerm():
                self._term[node] = said.term
                if self._led.get(node, said.term) < said.term:
                    del self._led[node]
            case Led():
                self._led[node] = self._term[node] = said.term
            case SteppedDown():
                self._led.pop(node, None)

    def _ended(self, event: CalmEnded) -> Violation | None:
        # Where the client found nobody to ask, nothing was to happen.
        if self._began is None or not self._asked:
            return None
        if any(all(node in appliers for node in event.core) for appliers in self._asked.values()):
            return None
        commands = ", ".join(repr(command) for command in self._commands)
        leaders = [f"{node} leads term {self._led[node]}" for node in event.core if node in self._led]
        parts = [
            f"after {event.elapsed} fair ms none of {commands} was applied by all of {', '.join(event.core)}",
            ", ".join(leaders) or "nobody leads",
            *(self._state(node) for node in event.core),
        ]
        return self.violation("; ".join(parts), self._began, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, ended = violation.evidence
        assert type(ended) is CalmEnded
        return elections(events, ended)

    def _state(self, node: NodeId) -> str:
        term = f"in term {self._term[node]}" if node in self._term else "in no known term"
        return f"{node} is {term}, commit index {self._committed.get(node, 0)}, applied up to {self._applied.get(node, 0)}"


def _shown(observation: object) -> str:
    """What a node said, clipped; its ballot, if it has one, as people write it."""
    number = getattr(observation, "ballot", None)
    return f"{observation!r}".replace(f"ballot={number!r}", f"ballot={ballot(number)}")[:80]
