"""Events and values in words: in full for a sentence (`words`), in few for a lane (`brief`)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence, Set
from typing import Any, assert_never

import msgspec

from harness.actions import Action, Crash, Cut, Link, Mend
from harness.events import (
    Acted,
    CalmBegan,
    CalmEnded,
    Crashed,
    Erased,
    Event,
    Failed,
    Observed,
    Replied,
    Requested,
    Sent,
    Started,
    Synced,
    TimerCancelled,
    TimerSet,
    Wrote,
)
from harness.node import Refused
from harness.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Applied,
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

LONG = 60  # columns that one value may take in a sentence
SHORT = 16  # and in a lane
_NESTING = 4


def clip(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` characters."""
    return text if len(text) <= limit else text[: max(limit - 1, 0)] + "…"


def clip_middle(text: str, limit: int) -> str:
    """``text`` in about ``limit`` characters: its beginning and its end, whole words."""
    if len(text) <= limit:
        return text
    head, tail = text[: limit // 2].rsplit(" ", 1)[0], text[-(limit // 2) :].split(" ", 1)[-1]
    return f"{head} … {tail}"


def counted(number: int, noun: str) -> str:
    """``1 write``, ``2 writes``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def value(thing: Any, limit: int = LONG) -> str:
    """Any value on one line, in at most ``limit`` characters; the same in every process."""
    return clip(_value(thing, 0), limit)


def _value(thing: Any, depth: int) -> str:
    if isinstance(thing, str):
        return thing if thing and thing.isprintable() else repr(thing)
    if thing is None or isinstance(thing, (bool, int, float, bytes)):
        return repr(thing)
    if depth == _NESTING:
        return "…"
    named = fields(thing)
    if named is not None:
        return f"{type(thing).__name__}({', '.join(_value(each, depth + 1) for _, each in named)})"
    if isinstance(thing, Mapping):
        return "{" + ", ".join(f"{_value(key, depth + 1)}: {_value(each, depth + 1)}" for key, each in thing.items()) + "}"
    if isinstance(thing, Set):
        return "{" + ", ".join(sorted(_value(each, depth + 1) for each in thing)) + "}"
    if isinstance(thing, Sequence):
        return "[" + ", ".join(_value(each, depth + 1) for each in thing) + "]"
    # The default repr holds an address, which would differ from run to run.
    if getattr(type(thing), "__repr__", None) is object.__repr__:
        return f"a {type(thing).__name__}"
    text = repr(thing)
    return text if text.isprintable() else repr(text)


def fields(thing: Any) -> list[tuple[str, Any]] | None:
    """The named fields of a record (msgspec, dataclass, named tuple), in their order; None for anything else."""
    if isinstance(thing, msgspec.Struct):
        return [(name, getattr(thing, name)) for name in thing.__struct_fields__]
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        return [(field.name, getattr(thing, field.name)) for field in dataclasses.fields(thing)]
    if isinstance(thing, tuple) and hasattr(thing, "_fields"):
        return list(zip(thing._fields, thing, strict=True))
    return None


def gist(message: Any, epoch: int | None = None, limit: int = 2 * LONG) -> str:
    """What a message carries, without the epoch, which its name tells already: first what it denies or lacks, and affirms."""
    named = fields(message)
    if named is None:
        return "" if message is None else value(message, limit)
    flags, contents = [], []
    for name, each in named:
        if epoch is not None and (each == epoch or epoch in [part for _, part in fields(each) or ()]):
            epoch = None
            continue
        label = name.replace("_", " ")
        if isinstance(each, bool):
            flags.append(label if each else f"not {label}")
        elif each is None or each == ():
            flags.append(f"no {label}")
        else:
            contents.append(f"{label} {_carried(each)}")
    return clip(", ".join(flags + contents), limit)


def ballot(thing: Any) -> str:
    """A ballot with dots between its parts, as in ``2.n1``; it may be of any type."""
    parts = [part for _, part in fields(thing) or ()] or (list(thing) if isinstance(thing, tuple) else [])
    if parts and all(isinstance(part, (str, int)) for part in parts):
        return clip(".".join(str(part) for part in parts), SHORT)
    return value(thing, SHORT)


def _carried(thing: Any) -> str:
    """A part of a message: records without the names of their types and fields."""
    named = fields(thing)
    if named is None and isinstance(thing, (tuple, list)):
        return f"[{' '.join(_carried(each) for each in thing)}]"
    if named is None:
        return value(thing, LONG)
    if "ballot" in type(thing).__name__.lower():
        return ballot(thing)
    return f"({' '.join(_carried(each) for _, each in named)})"


def command(thing: Any, limit: int = LONG) -> str:
    """What a log entry asks for; a leader's no-op asks for nothing (Raft, 8)."""
    return "no-op" if thing is None else value(thing, limit)


def words(event: Event) -> str:
    """An event as a clause, with its subject: ``n2 leads term 2``."""
    match event:
        case Acted():
            return str(event.action)
        case Started():
            return f"{event.node} starts" if event.incarnation == 1 else f"{event.node} starts again"
        case Crashed():
            return f"{event.node} loses its power" + (f" and {counted(event.lost, 'unsynced write')}" if event.lost else "")
        case Sent():
            epoch = "" if event.epoch is None else f" {event.epoch}"
            return f"{event.sender} sends {event.receiver} {event.kind}{epoch} ({gist(event.message, event.epoch)})"
        case TimerSet():
            return f"{event.node} sets its timer {event.timer!r} to {event.earliest}-{event.latest} ms"
        case TimerCancelled():
            return f"{event.node} cancels its timer {event.timer!r}"
        case Wrote():
            return f"{event.node} writes {value(event.key)} = {value(event.value)}"
        case Erased():
            return f"{event.node} erases {value(event.key)}"
        case Synced():
            return f"{event.node}'s disk has synced"
        case Requested():
            who = "the fair phase's client" if event.calm else "a client"
            return f"{who} asks {event.node} for {value(event.command)} ({event.request})"
        case Replied():
            return f"{event.node} {_replies(event)}"
        case Observed():
            return f"{event.node} {clause(event.observation)}"
        case CalmBegan():
            return f"faults stop; {', '.join(event.core)} must make progress within {event.bound} ms"
        case CalmEnded():
            return f"the fair phase is over, {event.elapsed} ms later"
        case Failed():
            return f"{event.node} {event.how}: {clip(event.detail, 2 * LONG)}"
        case _:
            assert_never(event)


def _replies(event: Replied) -> str:
    if isinstance(event.result, Refused):
        return f"refuses {event.request}" + (f", and names {event.result.leader}" if event.result.leader else "")
    return f"answers {event.request} with {value(event.result)}"


def clause(said: Any) -> str:
    """An observation in full, without its subject."""
    match said:
        case Decided():
            return f"decides {value(said.value)}" + ("" if said.slot is None else f" in slot {said.slot}")
        case Applied():
            return f"applies {command(said.command)}, entry {said.index} of term {said.term}"
        case EnteredTerm():
            return f"enters term {said.term}"
        case Voted():
            return f"votes for {said.candidate} in term {said.term}"
        case Led():
            return f"leads term {said.term}"
        case SteppedDown():
            return f"steps down as leader of term {said.term}"
        case Appended():
            return f"has {command(said.command)} of term {said.term} as entry {said.index} of its log"
        case Truncated():
            return f"removes its entries from {said.index} on"
        case Committed():
            return f"commits up to entry {said.index}, in term {said.term}"
        case Recovered():
            vote = "no vote" if said.voted_for is None else f"voted for {said.voted_for}"
            return f"finds on its disk: term {said.term}, {vote}, {_log(said.entries)}"
        case AcceptorStarted():
            if said.promised is None and said.accepted_ballot is None:
                return "finds nothing on its disk"
            taken = "nothing accepted"
            if said.accepted_ballot is not None:
                taken = f"accepted {value(said.accepted_value)} at ballot {ballot(said.accepted_ballot)}"
            promised = "nothing promised" if said.promised is None else f"promised ballot {ballot(said.promised)}"
            return f"finds on its disk: {promised}, {taken}"
        case Promised():
            return f"promises ballot {ballot(said.ballot)}"
        case Proposed():
            return f"proposes {value(said.value)} at ballot {ballot(said.ballot)}"
        case Accepted():
            return f"accepts {value(said.value)} at ballot {ballot(said.ballot)}"
        case _:
            return f"says {_own(said, LONG)}"


def _own(said: Any, limit: int) -> str:
    named = fields(said)
    if not named:
        return value(said, limit)
    return clip(f"{type(said).__name__} {', '.join(f'{name}={_value(each, 1)}' for name, each in named)}", limit)


def _log(entries: tuple[tuple[int, Any], ...]) -> str:
    held = " ".join(f"{index}:t{term} {command(each, SHORT)}" for index, (term, each) in enumerate(entries, 1))
    return f"log {held}" if held else "an empty log"


def brief(said: Any) -> str:
    """An observation in few words, for a lane: terms as ``t2``, log entries as ``1:t2 v1``, ballots as ``b2.n1``."""
    match said:
        case Decided():
            return f"decides {value(said.value, SHORT)}" + ("" if said.slot is None else f" in slot {said.slot}")
        case Applied():
            return f"applies {said.index}:t{said.term} {command(said.command, SHORT)}"
        case EnteredTerm():
            return f"enters t{said.term}"
        case Voted():
            return f"votes {said.candidate} t{said.term}"
        case Led():
            return f"leads t{said.term}"
        case SteppedDown():
            return "steps down"
        case Appended():
            return f"appends {said.index}:t{said.term} {command(said.command, SHORT)}"
        case Truncated():
            return f"removes from {said.index} on"
        case Committed():
            return f"commits {said.index}"
        case Recovered():
            vote = "" if said.voted_for is None else f" voted {said.voted_for}"
            empty = not said.entries and said.voted_for is None and said.term == 0
            return "finds an empty disk" if empty else f"finds t{said.term}{vote}, {_log(said.entries)}"
        case AcceptorStarted():
            if said.promised is None and said.accepted_ballot is None:
                return "finds an empty disk"
            taken = (
                "" if said.accepted_ballot is None else f", {value(said.accepted_value, SHORT)} at b{ballot(said.accepted_ballot)}"
            )
            return f"finds {'no promise' if said.promised is None else f'promise b{ballot(said.promised)}'}{taken}"
        case Promised():
            return f"promises b{ballot(said.ballot)}"
        case Proposed():
            return f"proposes {value(said.value, SHORT)} b{ballot(said.ballot)}"
        case Accepted():
            return f"accepts {value(said.value, SHORT)} b{ballot(said.ballot)}"
        case _:
            return _own(said, 2 * SHORT)


def action_words(action: Action) -> str:
    """An action on one line: its own form, but for a partition, whose two sides are told apart, and a value too long to show."""
    match action:
        case Cut():
            return f"cut {_sides(action.links)}"
        case Mend():
            return f"mend {_sides(action.links)}"
        case Crash(during=inner) if inner is not None:
            keep = "" if action.keep == 0 else f", {action.keep} unsynced survive"
            return f"crash {action.node} after {counted(action.after, 'effect')} of ({action_words(inner)}){keep}"
        case _:
            return clip(str(action), 2 * LONG)


def _sides(links: tuple[Link, ...]) -> str:
    """``n1 n2 <-> n3`` when the links are all those between two groups, ``n1 -> n2 n3`` when all those of one direction."""
    senders = list(dict.fromkeys(sender for sender, _ in links))
    receivers = list(dict.fromkeys(receiver for _, receiver in links))
    left, right = " ".join(senders), " ".join(receivers)
    distinct = frozenset(links)
    if len(distinct) == len(senders) * len(receivers) and not frozenset(senders) & frozenset(receivers):
        return f"{left} -> {right}"
    # The far side of a symmetric partition is whoever the first node cannot reach.
    far = [receiver for sender, receiver in links if sender == senders[0]]
    near = [node for node in senders if node not in far]
    both = frozenset((one, other) for one in near for other in far) | frozenset((other, one) for one in near for other in far)
    if both == distinct:
        return f"{' '.join(near)} <-> {' '.join(far)}"
    return " ".join(f"{sender}->{receiver}" for sender, receiver in links)
