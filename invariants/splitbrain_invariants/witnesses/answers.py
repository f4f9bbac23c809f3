"""How an answer came about: what the node that gave it had led, applied and executed by then, and what it did not know of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from splitbrain.events import Crashed, Event, Failed, Observed, Replied, Started
from splitbrain.invariant import Witness
from splitbrain.observations import Appended, Applied, Committed, EnteredTerm, Executed, Installed, Led, SteppedDown
from splitbrain.trace.history import History, Operation
from splitbrain_invariants.key import same
from splitbrain_invariants.witnesses.copies import copies
from splitbrain_invariants.witnesses.operations import executions
from splitbrain_invariants.witnesses.phrase import at, listed, quorums
from splitbrain_invariants.witnesses.trace import configurations, place


def formed(history: History, replied: Replied, events: Sequence[Event]) -> tuple[Witness, ...]:
    """Whether who gave the reply still led, whether the operation had taken effect there, and whether its entry was committed.

    Of what no node ever speaks nothing is told.
    """
    before = events[: place(events, replied)]
    operation = history.named(replied.request)
    assert operation is not None
    executed = next(_said(events, Executed), None) is not None
    told = (
        _mandate(before, replied),
        _effect(before, operation, replied) if executed else None,
        _reach(before, replied),
        _entry(before, operation, replied),
    )
    return tuple(each for each in told if each is not None)


def _said(events: Sequence[Event], kind: type) -> Iterator[Observed]:
    return (event for event in events if type(event) is Observed and isinstance(event.observation, kind))


def _mandate(before: Sequence[Event], replied: Replied) -> Witness | None:
    """Which term it led by then, and who had become leader of a higher one."""
    node, led, until = replied.node, None, None
    elected: dict[int, Observed] = {}
    term = 0
    for event in before:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Led):
                elected.setdefault(said.term, event)
            if event.node != node:
                continue
            if isinstance(said, Led):
                led, until = event, None
            elif led is not None and until is None and isinstance(said, (SteppedDown, EnteredTerm)):
                until = event.step if isinstance(said, SteppedDown) or said.term > led.observation.term else None
            term = max(term, said.term if isinstance(said, (Led, EnteredTerm)) else 0)
        elif isinstance(event, (Crashed, Failed)) and event.node == node and led is not None and until is None:
            until = event.step
    if not elected:
        return None
    if led is None:
        phrase = f"{node} had led no term"
    elif until is None:
        phrase = f"{node} had led term {led.observation.term} since step {led.step}"
    else:
        phrase = f"{node} had led term {led.observation.term} from step {led.step} to step {until}"
    own = 0 if led is None else led.observation.term
    later = [event for number, event in sorted(elected.items()) if number > own and event.node != node]
    if later:
        newest = later[-1]
        phrase += f", and {newest.node} had become leader of term {newest.observation.term} at step {newest.step}"
        phrase += "" if term >= newest.observation.term else f", of which {node} had not heard"
    steps = [event.step for event in (led, *later[-1:]) if event is not None]
    return Witness(
        f"when {node} replied to {replied.request} (step {replied.step}), {phrase}",
        tuple(dict.fromkeys((node, *(event.node for event in later[-1:])))),
        (*steps, replied.step),
    )


def _effect(before: Sequence[Event], operation: Operation, replied: Replied) -> Witness:
    """Whether, and where, the operation had taken effect by then."""
    places = executions(before, operation.id)
    own = {index: nodes[replied.node] for index, nodes in places.items() if replied.node in nodes}
    if own:
        told = listed(f"as entry {index} (step {step})" for index, step in own.items())
        return Witness(f"{replied.node} had executed {operation.id} by then, {told}", (replied.node,), tuple(own.values()))
    others = {node: step for nodes in places.values() for node, step in nodes.items()}
    if others:
        phrase = f"{replied.node} had not executed {operation.id} by then, but {at(others)} had"
        return Witness(phrase, (replied.node, *others), tuple(others.values()))
    return Witness(f"nobody had executed {operation.id} by then: the answer came from elsewhere", (replied.node,), (replied.step,))


def _reach(before: Sequence[Event], replied: Replied) -> Witness | None:
    """How far the one that answered had applied its log, where others had come further, or itself in an earlier life."""
    node, index, step, since = replied.node, 0, 0, 0
    most = 0, 0, node  # the highest index that anybody had applied: at which step, and who
    for event in before:
        if type(event) is Observed and isinstance(event.observation, (Applied, Installed)):
            if event.observation.index > most[0]:
                most = event.observation.index, event.step, event.node
            if event.node == node:
                index, step = event.observation.index, event.step
        elif isinstance(event, Started) and event.node == node:
            index, step, since = 0, 0, event.step
    highest, at_step, who = most
    if highest <= index:
        return None
    lately = f" since it started again (step {since})" if since else ""
    own = f"had applied its log up to entry {index} (step {step})" if index else f"had applied nothing{lately}"
    other = f"up to entry {highest} before that" if who == node else f"{who} up to entry {highest}"
    steps = tuple(each for each in (since if not index else step, at_step) if each)
    phrase = f"{node} {own}, and {other} (step {at_step})"
    return Witness(phrase, tuple(dict.fromkeys((node, who))), steps)


def _entry(before: Sequence[Event], operation: Operation, replied: Replied) -> Witness | None:
    """Where the entry behind the reply was by then, and whether anybody had committed it: at most what one may doubt."""
    entry = _entry_of(before, operation)
    if entry is None or next(_said(before, Committed), None) is None:
        return None
    index, term = entry
    held = {node: copy.since for node, copy in copies(before, index, term).items() if copy.held}
    first = next((event for event in _said(before, Committed) if event.observation.index >= index and event.node in held), None)
    if first is not None:
        phrase = f"its entry {index} of term {term} had been committed by {first.node} (step {first.step})"
        return None if executions(before, operation.id) else Witness(phrase, (first.node,), (first.step,))
    known = configurations(before)
    count = quorums(known.of(replied.node)[-1], held, known.quorums.decide)
    who = f"at {at(held)}: {count}" if held else "in no log that is known"
    phrase = f"its entry {index} of term {term} was {who}; by then nobody had committed it"
    return Witness(phrase, tuple(held), tuple(held.values()))


def _entry_of(before: Sequence[Event], operation: Operation) -> tuple[int, int] | None:
    """Index and term of the entry that asks for it: as it was executed; or as it came into a log when a node was asked."""
    for event in _said(before, Executed):
        if event.observation.request == operation.id:
            return event.observation.index, event.observation.term
    asked = {(each.node, each.step) for each in operation.attempts}
    for event in _said(before, Appended):
        if (event.node, event.step) in asked and same(event.observation.command, operation.command):
            return event.observation.index, event.observation.term
    return None
