"""What changed at one step at each node, in few words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Any, TypeAlias

from splitbrain.actions import Action, Calm, Complete, Connect, Cut, Deliver, Disconnect, Drop, Duplicate, Mend
from splitbrain.cluster.network import CONNECTED, DISCONNECTED
from splitbrain.events import (
    Acted,
    Crashed,
    Event,
    Exited,
    Failed,
    Observed,
    Replied,
    Requested,
    Sent,
    Started,
    Synced,
    TimerSet,
    Wrote,
)
from splitbrain.node import NodeId, Refused, RequestId
from splitbrain.observations import Applied, Committed, EnteredTerm, Led, Tracked, Voted
from splitbrain.report.values import SHORT, clip_middle, counted, gist
from splitbrain.report.wording import brief, notation, question
from splitbrain.trace.readable import clip, value

Identity: TypeAlias = tuple[NodeId, NodeId, str, int | None, int]
_SENT = ("→n1: a message to n1 for a later step",)
_ARRIVES = ("→n1 …, arrives: a message to n1, which gets it in the same step",)
_TO_ITSELF = ("→itself: a message that it gets in the same step",)
NOTICES = (CONNECTED, DISCONNECTED)  # kinds of what a node is told of its connections
_FAILURE = 100  # columns of what went wrong in a node
_LAST_WORDS = 2  # of a node in a fair phase, which may go on for hundreds of events


class Weight(IntEnum):
    """What may be left out last, and what first."""

    EVIDENCE = 0
    CHANGE = 1
    CONTENTS = 2  # of a message that changed nothing that can be seen
    DETAIL = 3
    IDLE = 4  # of a node that set its timer again, and did nothing else


@dataclass(frozen=True)
class Part:
    """A few words in a lane. notation: what is to be explained of how they are written."""

    text: str
    weight: Weight = Weight.CHANGE
    notation: tuple[str, ...] = ()


Cells: TypeAlias = dict[NodeId, list[Part]]


def message_of(action: Action | None) -> Deliver | Drop | Duplicate | None:
    """The message that an action, or the one that a crash interrupts, is about."""
    inner = None if action is None else action.input
    return inner if isinstance(inner, (Deliver, Drop, Duplicate)) else None


def identity(message: Deliver | Drop | Duplicate | Sent) -> Identity:
    """Names a message, whichever copy of it."""
    return (message.sender, message.receiver, message.kind, message.epoch, message.ordinal)


class CellReader:
    """Reads one step after the other.

    Of the messages that a node sends, only those that a step of the schedule names are shown; the others never arrive, but for
    those to itself where it gets them at once (``local``).
    """

    def __init__(self, actions: Sequence[Action], is_evidence: Callable[[Event], bool], local: bool = False) -> None:
        self._is_evidence = is_evidence
        self._local = local
        self._named = {identity(message) for action in actions if (message := message_of(action)) is not None}
        self._messages: dict[Identity, Any] = {}
        self._of_sessions: dict[RequestId, None] = {}  # operations

    def cells(self, action: Action | None, events: Sequence[Event], down: Mapping[NodeId, bool]) -> Cells:
        """What changed at this step; ``down`` is who is down at its end."""
        if isinstance(action, Calm):
            told = [event for event in events if isinstance(event, (Observed, Crashed, Exited, Failed)) or self._is_evidence(event)]
            return {node: _last_words(parts) for node, parts in self._changes(told).items()}
        cells = self._changes(events)
        _add(cells, _of_action(action))
        message = message_of(action)
        notice = self.notice(action)
        if notice is not None:
            _add(cells, {notice.receiver: [Part(f"learns: {notice.sender} {notice.kind}")]})
        elif isinstance(message, Deliver) and message.receiver not in cells:
            contents = gist(self._messages.get(identity(message)), message.epoch)
            _add(cells, {message.receiver: [Part(contents, Weight.CONTENTS)] if contents else []})
        _add(cells, self._sent(events))
        for arrived in _arrived(events):
            if arrived.receiver not in cells:
                contents = gist(self._messages.get(identity(arrived)), arrived.epoch) or f"gets {arrived.kind}"
                _add(cells, {arrived.receiver: [Part(contents, Weight.CONTENTS)]})
        _add(cells, {node: parts for node, parts in _unsynced(events).items() if not down[node]})
        who = None if action is None else action.actor
        if who is not None and who not in cells:
            timers = dict.fromkeys(event.timer for event in events if isinstance(event, TimerSet) and event.node == who)
            _add(cells, {who: [Part(f"sets timer {timer}", Weight.IDLE) for timer in timers]})
        return {node: _joined(parts) for node, parts in cells.items()}

    def notice(self, action: Action | None) -> Deliver | None:
        """What tells a node of its connection, and nobody has sent; None for messages."""
        message = message_of(action)
        if isinstance(message, Deliver) and message.kind in NOTICES and identity(message) not in self._messages:
            return message
        return None

    def _changes(self, events: Sequence[Event]) -> Cells:
        implied = _Implied(events)
        cells: Cells = {}
        for event in events:
            evident = self._is_evidence(event)
            if not evident and implied.by_others(event):
                continue
            if isinstance(event, Requested) and event.session is not None:
                self._of_sessions[event.request] = None
            part = _part(event, evident, told=isinstance(event, Replied) and event.request in self._of_sessions)
            if part is not None and isinstance(event, Crashed) and implied.exited(event.node):
                part = replace(part, text=part.text.removeprefix("power off, "))
            if part is not None:
                cells.setdefault(event.node, []).append(part)  # type: ignore[union-attr]  # only events of a node have a part
        return cells

    def _sent(self, events: Sequence[Event]) -> Cells:
        together: dict[tuple[NodeId, str], dict[NodeId, None]] = {}
        cells: Cells = {}
        arrived = {identity(each) for each in _arrived(events)}
        for event in events:
            if self._local and isinstance(event, Sent) and event.sender == event.receiver:
                _add(cells, {event.sender: [Part(f"→itself {event.kind}", Weight.DETAIL, _TO_ITSELF)]})
            elif isinstance(event, Sent) and identity(event) in arrived:
                self._messages[identity(event)] = event.message
                _add(cells, {event.sender: [Part(f"→{event.receiver} {event.kind}, arrives", Weight.DETAIL, _ARRIVES)]})
            elif isinstance(event, Sent) and identity(event) in self._named:
                self._messages[identity(event)] = event.message
                together.setdefault((event.sender, event.kind), {})[event.receiver] = None
        for (sender, kind), receivers in together.items():
            cells.setdefault(sender, []).append(Part(f"→{' '.join(receivers)} {kind}", Weight.DETAIL, _SENT))
        return cells


class _Implied:
    """What another observation of the same step and node says as well: a vote tells its term, a commit what is applied."""

    def __init__(self, events: Sequence[Event]) -> None:
        self._terms: set[tuple[NodeId, int]] = set()
        self._committed: set[NodeId] = set()
        self._observed: set[NodeId] = set()
        self._exited = {event.node for event in events if isinstance(event, Exited)}
        for event in events:
            if isinstance(event, Observed):
                self._observed.add(event.node)
                match event.observation:
                    case Voted() | Led():
                        self._terms.add((event.node, event.observation.term))
                    case Committed():
                        self._committed.add(event.node)
                    case _:
                        pass

    def exited(self, node: NodeId) -> bool:
        """Whether it has said why it is down."""
        return node in self._exited

    def by_others(self, event: Event) -> bool:
        match event:
            case Crashed(kept=0, lost=0):
                return event.node in self._exited
            case Observed(observation=EnteredTerm() as said):
                return (event.node, said.term) in self._terms
            case Observed(observation=Applied()):
                return event.node in self._committed
            case Started():  # its lane shows a restart
                return event.incarnation == 1 or event.node in self._observed
            case _:
                return False


def _part(event: Event, evident: bool, told: bool) -> Part | None:
    """told: whether somebody who waits for it, or would, is told this; what sessions are told is all that they go by."""
    weight = Weight.EVIDENCE if evident else Weight.CHANGE
    match event:
        case Observed(observation=Tracked()) if not evident:  # bookkeeping, at every acknowledgement
            return None
        case Observed():
            return Part(brief(event.observation), weight, notation(event.observation))
        case Failed():
            return Part(f"{event.how}: {clip_middle(event.detail, _FAILURE)}", weight)  # at its end is where
        case Exited():
            return Part(f"exits: {clip_middle(event.reason, _FAILURE)}", weight)
        case Crashed():
            writes = f", loses {counted(event.lost, 'write')}" if event.lost else ""
            writes += f", keeps {counted(event.kept, 'write')}" if event.kept else ""
            return Part(f"power off{writes}", weight)
        case Started():
            return Part("starts" if event.incarnation == 1 else "starts again", weight)
        case Replied() if isinstance(event.result, Refused):
            return Part(f"refuses {clip(event.request, SHORT)}", weight)
        case Replied():
            result = value(event.result, SHORT)
            return Part(f"answers {clip(event.request, SHORT)}: {result}", weight if evident or told else Weight.DETAIL)
        case Requested(session=str()):
            return _asked(event, weight if evident or event.attempt > 1 or event.replaces is not None else Weight.DETAIL)
        case _ if evident and hasattr(event, "node"):
            return Part(type(event).__name__.lower(), weight)
        case _:
            return None


def _asked(event: Requested, weight: Weight) -> Part:
    """Who asks; the action tells what, but not of another attempt, nor whom a new session goes on for."""
    if event.attempt > 1:
        return Part(f"{event.session} asks again: {question(event.command, 2 * SHORT)}", weight)
    goes_on = "" if event.replaces is None else f" goes on for {event.replaces},"
    return Part(f"{event.session}{goes_on} asks {question(event.command, 2 * SHORT)}", weight)


def _of_action(action: Action | None) -> Cells:
    """What the nemesis changed where no node noticed."""
    match action:
        case Cut() | Mend():
            sign = "cannot reach" if isinstance(action, Cut) else "reaches"
            cells: Cells = {}
            for sender in dict.fromkeys(sender for sender, _ in action.links):
                others = " ".join(receiver for each, receiver in action.links if each == sender)
                cells[sender] = [Part(f"{sign} {others}", Weight.DETAIL)]
            return cells
        case Disconnect() | Connect():
            sign = "ends" if isinstance(action, Disconnect) else "opens"
            ends = ((action.one, action.other), (action.other, action.one))
            return {node: [Part(f"connection to {peer} {sign}", Weight.DETAIL)] for node, peer in ends}
        case Drop():
            return {action.receiver: [Part("never gets it")]}
        case Duplicate():
            return {action.sender: [Part(f"once more in flight to {action.receiver}")]}
        case Complete():
            return {action.node: [Part("disk has synced")]}
        case _:
            return {}


def _arrived(events: Sequence[Event]) -> list[Deliver]:
    """The messages that arrived just before their sender lost its power: what was done in the step beside its own action."""
    return [event.action for event in events[1:] if isinstance(event, Acted) and isinstance(event.action, Deliver)]


def _unsynced(events: Sequence[Event]) -> Cells:
    """What this step wrote and did not sync: a crash may lose it."""
    keys: dict[NodeId, dict[str, None]] = {}
    for event in events:
        if isinstance(event, Wrote):
            keys.setdefault(event.node, {})[value(event.key, SHORT)] = None
        elif isinstance(event, Synced):
            keys.pop(event.node, None)
    return {node: [Part(f"unsynced: {' '.join(names)}")] for node, names in keys.items()}


def _add(cells: Cells, more: Cells) -> None:
    for node, parts in more.items():
        cells.setdefault(node, []).extend(parts)


def _joined(parts: Sequence[Part]) -> list[Part]:
    """``appends 1:t1 v1`` and ``appends 2:t1 v2`` need the verb once."""
    joined: list[Part] = []
    verb = None
    for part in parts:
        first, _, rest = part.text.partition(" ")
        repeated = first == verb and rest and part.weight is Weight.CHANGE
        joined.append(replace(part, text=rest) if repeated else part)
        verb = first
    return joined


def _last_words(parts: Sequence[Part]) -> list[Part]:
    """What conflicts, and the last of each of the last few different things that changed."""
    last: dict[str, Part] = {}
    for part in reversed(parts):
        if part.weight is Weight.CHANGE and len(last) < _LAST_WORDS:
            last.setdefault(part.text.partition(" ")[0], part)
    told = [part for part in parts if part.weight is Weight.EVIDENCE] + list(reversed(last.values()))
    return told if len(told) == len(parts) else [replace(told[0], text=f"… {told[0].text}"), *told[1:]]
