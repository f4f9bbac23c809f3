"""What nodes did in a fair phase that did not end well: elections, ballots, silence, and logs that cannot follow each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from splitbrain.events import CalmEnded, Event, Observed, Sent
from splitbrain.invariant import Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, Decided, Led, Promised, Proposed, Voted
from splitbrain_invariants.key import key, number
from splitbrain_invariants.witnesses.acceptances import acceptors, support
from splitbrain_invariants.witnesses.copies import last_entry, log
from splitbrain_invariants.witnesses.phrase import at, in_slot, listed, quorum

DECISIONS_AT_MOST = 3  # a protocol of many slots has many


def elections(events: Sequence[Event], ended: CalmEnded) -> tuple[Witness, ...]:
    """Who stood for election and who won, and how the logs of the core end."""
    stood: Counter[str] = Counter()
    led: dict[str, int] = {}
    last = 0
    for event in events:
        if type(event) is Observed and event.step == ended.step:
            said = event.observation
            if isinstance(said, Voted) and said.candidate == event.node:
                stood[event.node] += 1
                last = max(last, said.term)
            elif isinstance(said, Led):
                led[event.node] = said.term
    told = []
    if stood:
        who = [node for node in ended.core if node in stood]
        often = ", ".join(f"{node}{'' if place else ' stood'} {_times(stood[node])}" for place, node in enumerate(who))
        won = listed(f"{node} won term {term}" for node, term in led.items()) if led else "nobody won"
        told.append(Witness(f"elections in the fair phase, up to term {last}: {often}; {won}", ended.core, (ended.step,)))
    logs = ", ".join(f"that of {node} {last_entry(events, node)}" for node in ended.core)
    return (*told, Witness(f"logs in the end: {logs}{_crossed(events, ended.core)}", ended.core, (ended.step,)))


def _crossed(events: Sequence[Event], core: Sequence[NodeId]) -> str:
    """Two logs of which neither is both as new and as long as the other, if there are such."""
    logs = [(node, held) for node in core if (held := log(events, node)).last]
    for newer, one in logs:
        for longer, other in logs:
            if (one.term(one.last) or 0) > (other.term(other.last) or 0) and one.last < other.last:
                return f"; that of {newer} is newer, that of {longer} is longer"
    return ""


def ballots(events: Sequence[Event], ended: CalmEnded) -> tuple[Witness, ...]:
    """How many ballots were begun, and how far they came."""
    promised: dict[Any, None] = {}
    proposed: dict[Any, None] = {}
    accepted: dict[Any, dict[str, None]] = {}
    for event in events:
        if type(event) is Observed and event.step == ended.step:
            said = event.observation
            if isinstance(said, Promised):
                promised[key(said.slot), number(said.ballot)] = None
            elif isinstance(said, Proposed):
                proposed[key(said.slot), number(said.ballot)] = None
            elif isinstance(said, Accepted):
                accepted.setdefault((key(said.slot), number(said.ballot)), {})[event.node] = None
    if not promised and not proposed:
        return ()
    who = acceptors(events)
    most = max((sum(node in who.members for node in nodes) for nodes in accepted.values()), default=0)
    came = f"{len(proposed):,} of them came to a proposal" if proposed else "none of them came to a proposal"
    if proposed:
        by = f"by more than {quorum(most, len(who.members), who.decide)}" if most else "by anybody"
        came += f", and none was accepted {by}"
    phrase = f"in the fair phase {len(promised):,} ballots were promised; {came}"
    return (Witness(phrase, ended.core, (ended.step,)),)


def decided(events: Sequence[Event]) -> tuple[Witness, ...]:
    """What others have decided, for a node that waits to hear of it: by whom it was accepted, and who knows."""
    told: list[Witness] = []
    decisions: dict[Any, tuple[Any, Any, dict[NodeId, int]]] = {}  # by slot and value: both of them, and who decided it when
    for event in events:
        if type(event) is Observed and isinstance(event.observation, Decided):
            value, slot = event.observation.value, event.observation.slot
            decisions.setdefault((key(slot), key(value)), (slot, value, {}))[2].setdefault(event.node, event.step)
    for slot, value, who in list(decisions.values())[:DECISIONS_AT_MOST]:
        _, accepted = support(events, value, slot)
        told += [accepted] if accepted is not None else []
        told.append(Witness(f"{value!r} was decided{in_slot(slot)} by {at(who)}", tuple(who), tuple(who.values())))
    return tuple(told)


def silence(events: Sequence[Event], ended: CalmEnded, waiting: Sequence[NodeId]) -> tuple[Witness, ...]:
    """Those who waited without asking anybody."""
    calm = [event for event in events if type(event) is Sent and event.step == ended.step]
    quiet = [node for node in waiting if all(event.sender != node for event in calm)]
    if not quiet:
        return ()
    to = [node for node in quiet if all(event.receiver != node for event in calm)]
    phrase = f"in the fair phase {listed(quiet)} sent nothing"
    if to:
        phrase += f", and nobody sent anything to {'it' if to == quiet and len(to) == 1 else listed(to)}"
    return (Witness(phrase, tuple(quiet), (ended.step,)),)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"
