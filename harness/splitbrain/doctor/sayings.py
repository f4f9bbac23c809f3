"""Whether nodes say things when they are to be said: what an invariant cannot tell from a bug, for it hears the order alone."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import islice
from typing import Any

import msgspec

from splitbrain.events import Crashed, Event, Failed, Observed, Replied, Sent, Started, Synced, Wrote
from splitbrain.invariant import Invariant, awaited
from splitbrain.node import NodeId
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Committed,
    EnteredTerm,
    Installed,
    Led,
    Promised,
    Recovered,
    Truncated,
    Voted,
)  # fmt: skip

# What a start is to say first of all, and what only those say who are to.
_FIRST: dict[type, tuple[type, ...]] = {
    Recovered: (EnteredTerm, Voted, Led, Appended, Truncated, Installed, Committed),
    AcceptorStarted: (Promised, Accepted),
}
_ENDS = (Crashed, Failed, Started)
_DEPTH = 12  # of a written value, in which an entry is looked for


def out_of_order(events: Sequence[Event], judges: Collection[Invariant]) -> Iterator[str]:
    """What nodes said too late, in a trace: for those of ``judges`` who go by the order."""
    told = {kind: acts for kind, acts in _FIRST.items() if any(kind in awaited(judge) for judge in judges)}
    for node in dict.fromkeys(each.node for each in events if isinstance(each, Started)):
        own = [each for each in events if node in (getattr(each, "node", None), getattr(each, "sender", None))]
        yield from _starts(node, own, told)
        if any(Appended in judge.watches and Synced in judge.watches for judge in judges):
            yield from _appended_behind_its_sync(own)


def _starts(node: NodeId, events: Sequence[Event], told: Mapping[type, tuple[type, ...]]) -> Iterator[str]:
    """Every start of a node that says what it found on its disk, but not first of all."""
    said = [each.observation for each in events if isinstance(each, Observed)]
    kinds = {kind: acts for kind, acts in told.items() if any(isinstance(each, kind) for each in said)}  # else it is no such node
    for life in _lives(events):
        said = [each.observation for each in life if isinstance(each, Observed)]
        for kind, acts in kinds.items():
            telling = [each for each in said if isinstance(each, (kind, *acts))]  # anything else may come before
            if telling and not isinstance(telling[0], kind):
                late = any(isinstance(each, kind) for each in telling)
                yield (
                    f"start of {node} says {type(telling[0]).__name__} {'before' if late else 'and never'} {kind.__name__}, by "
                    "which invariants learn what it found on its disk, and take it for a node that forgot: "
                    f"yield Observe({kind.__name__}(...)) first of all in every start, the first one too"
                )


def _lives(events: Sequence[Event]) -> Iterator[Sequence[Event]]:
    """The events of one node, from start to start."""
    begins = [place for place, each in enumerate(events) if isinstance(each, Started)]
    for begin, end in zip(begins, [*begins[1:], len(events)], strict=True):
        yield events[begin:end]


def _appended_behind_its_sync(events: Sequence[Event]) -> Iterator[str]:
    """Every entry of a node that is said to be appended when the sync that makes it durable is over already."""
    synced: list[Event] = []  # writes and words that the last completed sync is behind, and the one before it is not
    since: list[Event] = []
    for place, event in enumerate(events):
        if isinstance(event, _ENDS):
            synced, since = [], []
        elif isinstance(event, Synced):
            synced, since = since, []
        elif isinstance(event, Observed) and isinstance(event.observation, Appended):
            said = event.observation
            if (
                any(_writes(each, said.command) for each in synced)
                and not any(_writes(each, said.command) for each in since)
                and not any(_says(each, said) for each in synced)
                and not _written_later(events, place, said.command)
                and not _synced_at_once(events, place)
            ):
                yield (
                    f"{event.node} says {type(said).__name__}(index={said.index}, term={said.term}, ...) when the Sync that made "
                    "the entry durable is over, but an invariant counts it as durable from the next Sync on, as after a crash it "
                    "would be lost: say Appended before the Sync, with the Write"
                )
            since.append(event)
        else:
            since.append(event)


def _synced_at_once(events: Sequence[Event], place: int) -> bool:
    """Whether one more sync comes before anything leaves the node: nobody could tell a difference. Or the power goes before it."""
    for event in islice(events, place + 1, None):
        if isinstance(event, (Synced, *_ENDS)):
            return True
        if isinstance(event, (Sent, Replied)) or (isinstance(event, Observed) and isinstance(event.observation, Committed)):
            return False
    return False


def _written_later(events: Sequence[Event], place: int, command: Any) -> bool:
    for event in islice(events, place + 1, None):
        if isinstance(event, (Synced, *_ENDS)):
            return False
        if _writes(event, command):
            return True
    return False


def _says(event: Event, said: Appended) -> bool:
    return (
        isinstance(event, Observed) and isinstance(event.observation, Appended) and bool(event.observation.command == said.command)
    )


def _writes(event: Event, command: Any) -> bool:
    return isinstance(event, Wrote) and command not in (None, True, False, "") and _holds(event.value, command, _DEPTH)


def _holds(value: Any, command: Any, depth: int) -> bool:
    """Whether a written value is a command, or has it in it: as itself, or in a text that was made of it."""
    if type(value) is type(command) and value == command:
        return True
    if depth == 0:
        return False
    parts: list[Any] = []
    if isinstance(value, bytes):
        return isinstance(command, str) and command.encode() in value
    if isinstance(value, str):
        return isinstance(command, str) and command in value
    if isinstance(value, Mapping):
        parts = [*value, *value.values()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts = [*value]
    elif isinstance(value, msgspec.Struct):
        parts = [getattr(value, name) for name in value.__struct_fields__]
    elif is_dataclass(value):
        parts = [getattr(value, each.name) for each in fields(value)]
    return any(_holds(part, command, depth - 1) for part in parts)
