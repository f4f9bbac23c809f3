"""Events in words: in full for a sentence (`words`), in few for a lane (`brief`)."""

from __future__ import annotations

from typing import Any, assert_never

from splitbrain.events import (
    Acted,
    CalmBegan,
    CalmEnded,
    Crashed,
    Declared,
    Erased,
    Event,
    Exited,
    Failed,
    Observed,
    Operated,
    Replied,
    Requested,
    Sent,
    Started,
    Synced,
    TimerCancelled,
    TimerSet,
    Wrote,
)
from splitbrain.node import Refused
from splitbrain.observations import (
    Accepted,
    AcceptorStarted,
    Appended,
    Applied,
    Committed,
    Decided,
    EnteredTerm,
    Executed,
    Installed,
    Led,
    Promised,
    Proposed,
    Ready,
    Recovered,
    Recovering,
    SteppedDown,
    Tracked,
    Truncated,
    Voted,
    Voters,
)
from splitbrain.report.values import SHORT, ballot, clip_middle, counted, gist
from splitbrain.trace.readable import LONG, clip, fields, nested, value


def command(thing: Any, limit: int = LONG) -> str:
    """What a log entry asks for; a leader's no-op asks for nothing (Raft, 8)."""
    return "no-op" if thing is None else value(thing, limit)


def question(thing: Any, limit: int = LONG) -> str:
    """What a client asks for: ``put x 3`` for ("put", "x", 3); without a key that nobody named, as that of the one register is."""
    if isinstance(thing, (tuple, list)) and thing and isinstance(thing[0], str):
        return clip(" ".join(nested(each) for place, each in enumerate(thing) if each is not None or place > 1), limit)
    return value(thing, limit)


def operation(name: str, argument: Any, limit: int = LONG) -> str:
    """What a node is told to do: ``compact``, ``transfer n2``."""
    return name if argument is None else f"{name} {value(argument, limit)}"


def _held(thing: Any, slot: Any, limit: int = LONG) -> str:
    """A value that is decided, or on its way to be; in a slot, it is a command of a log."""
    return value(thing, limit) if slot is None else command(thing, limit)


def words(event: Event) -> str:
    """An event as a clause, with its subject: ``n2 leads term 2``."""
    match event:
        case Acted():
            return str(event.action)
        case Declared():
            told = [f"{', '.join(event.voters)} vote"] if event.voters else []
            told += [] if event.clients is None else [f"clients ask {', '.join(event.clients) or 'nobody'}"]
            return f"the scenario says that {' and that '.join(told)}"
        case Started():
            return f"{event.node} starts" if event.incarnation == 1 else f"{event.node} starts again"
        case Crashed():
            return f"{event.node} loses its power" + (f" and {counted(event.lost, 'unsynced write')}" if event.lost else "")
        case Sent():
            epoch = "" if event.epoch is None else f" {event.epoch}"
            whom = "itself" if event.receiver == event.sender else event.receiver
            return f"{event.sender} sends {whom} {event.kind}{epoch} ({gist(event.message, event.epoch)})"
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
            return _asks(event)
        case Replied():
            return f"{event.node} {_replies(event)}"
        case Observed():
            return f"{event.node} {clause(event.observation)}"
        case CalmBegan():
            return f"faults stop; {', '.join(event.core)} must make progress within {event.bound} ms"
        case CalmEnded():
            return f"the fair phase is over, {event.elapsed} ms later"
        case Exited():
            return f"{event.node} ends itself: {clip_middle(event.reason, 3 * LONG)}"
        case Failed():
            return f"{event.node} {event.how}: {clip_middle(event.detail, 3 * LONG)}"
        case Operated():
            return f"somebody tells {event.node} to {operation(event.operation, event.argument)}"
        case _:
            assert_never(event)


def _asks(event: Requested) -> str:
    """``s2 goes on for s1, and asks n3 for get x (s2.1)``, ``s1 asks n2 again for s1.1 (put x 3)``; a session says who it is."""
    if event.session is None:
        who = "the fair phase's client" if event.calm else "a client"
        return f"{who} asks {event.node} for {value(event.command)} ({event.request})"
    who = f"the fair phase's client {event.session}" if event.calm else event.session
    if event.attempt > 1:
        return f"{who} asks {event.node} again for {event.request} ({question(event.command)})"
    goes_on = "" if event.replaces is None else f" goes on for {event.replaces}, and"
    return f"{who}{goes_on} asks {event.node} for {question(event.command)} ({event.request})"


def _replies(event: Replied) -> str:
    if isinstance(event.result, Refused):
        return f"refuses {event.request}" + (f", and names {event.result.leader}" if event.result.leader else "")
    return f"answers {event.request} with {value(event.result)}"


def clause(said: Any) -> str:
    """An observation in full, without its subject."""
    match said:
        case Recovering():
            return "is no full member until it has recovered, and counts as down"
        case Ready():
            return "has recovered, and is a full member"
        case Decided():
            return f"decides {_held(said.value, said.slot)}" + _slot(said)
        case Executed():
            return f"carries out {said.request} ({question(said.command)}), entry {said.index} of term {said.term}"
        case Applied():
            return f"applies {command(said.command)}, entry {said.index}" + ("" if said.term is None else f" of term {said.term}")
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
            return f"commits up to entry {said.index}" + ("" if said.term is None else f", in term {said.term}")
        case Tracked():
            return f"takes {said.follower} to match up to entry {said.match_index}, and sends it entries from {said.next_index} on"
        case Recovered():
            # Not every protocol that has terms (or views, or epochs) has votes.
            vote = "" if said.voted_for is None else f", voted for {said.voted_for}"
            return f"finds on its disk: term {said.term}{vote}, {_log(said)}"
        case Installed():
            return f"has a snapshot up to entry {said.index} of term {said.term}"
        case Voters():
            entry = "" if said.index is None else f", entry {said.index}"
            return f"counts the votes of {_groups(said)}{entry}"
        case AcceptorStarted():
            if said.promised is None and said.accepted_ballot is None:
                return f"finds nothing on its disk{_slot(said)}"
            taken = "nothing accepted"
            if said.accepted_ballot is not None:
                taken = f"accepted {_held(said.accepted_value, said.slot)} at ballot {ballot(said.accepted_ballot)}"
            promised = "nothing promised" if said.promised is None else f"promised ballot {ballot(said.promised)}"
            return f"finds on its disk: {promised}, {taken}{_slot(said)}"
        case Promised():
            return f"promises ballot {ballot(said.ballot)}{_slot(said)}"
        case Proposed():
            return f"proposes {_held(said.value, said.slot)} at ballot {ballot(said.ballot)}{_slot(said)}"
        case Accepted():
            return f"accepts {_held(said.value, said.slot)} at ballot {ballot(said.ballot)}{_slot(said)}"
        case _:
            return f"says {_own(said, LONG)}"


def _own(said: Any, limit: int) -> str:
    named = fields(said)
    if named is None:
        return value(said, limit)
    if not named:
        return type(said).__name__
    return clip(f"{type(said).__name__} {', '.join(f'{name}={nested(each)}' for name, each in named)}", limit)


def _log(said: Recovered) -> str:
    entries = enumerate(said.entries, said.base_index + 1)
    held = " ".join(f"{index}:t{term} {command(each, SHORT)}" for index, (term, each) in entries)
    base = f"a snapshot up to {said.base_index}:t{said.base_term}, " if said.base_index else ""
    return f"{base}log {held}" if held else f"{base}an empty log"


def _slot(said: Any) -> str:
    return "" if said.slot is None else f" in slot {value(said.slot, SHORT)}"


def _groups(said: Voters) -> str:
    return " and of ".join(" ".join(group) for group in said.groups)


def brief(said: Any) -> str:
    """An observation in few words, for a lane: terms as ``t2``, log entries as ``1:t2 v1``, ballots as ``b2.n1``."""
    match said:
        case Recovering():
            return "recovers, counts as down"
        case Ready():
            return "has recovered"
        case Decided():
            return f"decides {_held(said.value, said.slot, SHORT)}" + _slot(said)
        case Executed():
            return f"carries out {said.request} {said.index}:t{said.term} {question(said.command, SHORT)}"
        case Applied():
            return f"applies {said.index}{'' if said.term is None else f':t{said.term}'} {command(said.command, SHORT)}"
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
        case Tracked():
            return f"{said.follower} matches to {said.match_index}, next {said.next_index}"
        case Recovered():
            vote = "" if said.voted_for is None else f" voted {said.voted_for}"
            empty = not said.entries and not said.base_index and said.voted_for is None and said.term == 0
            return "finds an empty disk" if empty else f"finds t{said.term}{vote}, {_log(said)}"
        case Installed():
            return f"snapshot {said.index}:t{said.term}"
        case Voters():
            return f"voters {_groups(said)}"
        case AcceptorStarted():
            if said.promised is None and said.accepted_ballot is None:
                return f"finds an empty disk{_slot(said)}"
            taken = ""
            if said.accepted_ballot is not None:
                taken = f", {_held(said.accepted_value, said.slot, SHORT)} at b{ballot(said.accepted_ballot)}"
            return f"finds {'no promise' if said.promised is None else f'promise b{ballot(said.promised)}'}{taken}{_slot(said)}"
        case Promised():
            return f"promises b{ballot(said.ballot)}{_slot(said)}"
        case Proposed():
            return f"proposes {_held(said.value, said.slot, SHORT)} b{ballot(said.ballot)}{_slot(said)}"
        case Accepted():
            return f"accepts {_held(said.value, said.slot, SHORT)} b{ballot(said.ballot)}{_slot(said)}"
        case _:
            return _own(said, 2 * SHORT)


_TERM, _ENTRY = "t2: term 2", "1:t2 v: entry 1 is v, of term 2"


def notation(said: Any) -> tuple[str, ...]:
    """What a reader of `brief` has to be told of how terms, entries and ballots are written there."""
    match said:
        case EnteredTerm() | Voted() | Led():
            return (_TERM,)
        case Applied(term=None):
            return ()
        case Applied() | Appended() | Installed():
            return (_TERM, _ENTRY)
        case Recovered() if said.entries or said.base_index:
            return (_TERM, _ENTRY)
        case Recovered() if said.term or said.voted_for is not None:
            return (_TERM,)
        case Promised() | Proposed() | Accepted():
            return _ballots(said.ballot)
        case AcceptorStarted():
            return tuple(dict.fromkeys(each for given in (said.promised, said.accepted_ballot) for each in _ballots(given)))
        case _:
            return ()


def _ballots(thing: Any) -> tuple[str, ...]:
    if thing is None:
        return ()
    return ("b2.n1: ballot 2 of n1",) if "." in ballot(thing) else ("b2: ballot 2",)
