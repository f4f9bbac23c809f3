"""An explanation in words: who bears witness, how it came about, and what would have had to be otherwise."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from splitbrain.actions import Calm, Crash, Duplicate, Fire, Operate, Request, Resend
from splitbrain.counterexample.explanation import Explanation, Meeting, Repeated
from splitbrain.counterexample.passing import Nearest
from splitbrain.events import CalmEnded, Event, Sent
from splitbrain.report.actions import action_words
from splitbrain.report.cells import Weight
from splitbrain.report.lanes import Row
from splitbrain.report.values import counted, gist
from splitbrain.report.wording import operation, words
from splitbrain.trace.readable import clip
from splitbrain.world.run import Run

CHAIN_AT_MOST = 7  # steps that are told of one chain
BETWEEN_AT_MOST = 3
FALLEN_AT_MOST = 2
REPEATED_AT_MOST = 5
EVENTS_AT_MOST = 3
_LONG = 72  # columns of one step

Told = tuple[str, str]  # label, text


def why(explanation: Explanation, run: Run, rows: Sequence[Row]) -> list[Told]:
    """The explanation as labelled paragraphs; a label that is empty continues the one before. ``rows`` are those of ``run``."""
    table = {row.step: row for row in rows}
    told = [("Why", witness.phrase) for witness in explanation.witnesses]
    told += [("How", _chain(chain, table, run)) for chain in explanation.chains]
    calm = any(isinstance(run.actions[step - 1], Calm) for chain in explanation.chains for step in chain)
    if len(explanation.chains) > 1 and not (calm and explanation.meeting is None):  # in a fair phase all of its core takes part
        cited = {step for witness in explanation.witnesses for step in witness.steps}
        told.append(("How", _meeting(explanation.meeting, cited, table, run)))
    told += [("Over and over", _repeated(each)) for each in explanation.repeated[:REPEATED_AT_MOST]]
    if explanation.nearest is not None:
        told += _nearest(explanation.nearest, run)
    if explanation.trouble is not None:
        told.append(("Not explained", explanation.trouble))
    return told


# How it came about


def _chain(chain: Sequence[int], table: dict[int, Row], run: Run) -> str:
    """``1 n3's election timer: votes n3 t1 → 2 n1 votes n3 t1``; steps at which nothing can be seen are left out."""
    told = [(step, _did(step, table, run)) for step in chain]
    kept = [f"{step} {_root(step, did, run) if step == chain[0] else did}" for step, did in told if did or step == chain[0]]
    if len(kept) > CHAIN_AT_MOST:
        kept = [*kept[:2], "…", *kept[-(CHAIN_AT_MOST - 3) :]]
    return " → ".join(kept)


def _root(step: int, did: str, run: Run) -> str:
    """What set a chain off is told along with what it did."""
    action = run.actions[step - 1].input
    changes = did.partition(" ")[2]
    match action:
        case Fire():
            return f"{action.node}'s {action.timer} timer{f': {changes}' if changes else ''}"
        case Request():
            if action.session is not None and changes.startswith(f"{action.session} "):  # the lane says that it asks
                return f"{action.node}: {changes}"
            who = "a client" if action.session is None else action.session
            return f"{who} asks {action.node}{f': {changes}' if changes else ''}"
        case Operate():
            return f"{action.node} is told to {operation(action.operation, action.argument)}{f': {changes}' if changes else ''}"
        case Resend():
            return f"{action.node}: {changes or f'{action.id} again'}"
        case _:
            return did or action_words(run.actions[step - 1])


def _did(step: int, table: dict[int, Row], run: Run) -> str:
    """What changed at the step, as its lane tells it."""
    action = run.actions[step - 1]
    if isinstance(action, Duplicate):
        return f"{action.kind} of {action.sender} doubled"
    cells = table[step].cells
    lanes = [] if action.actor is None else [action.actor]
    if isinstance(action, Crash) and action.arrive:  # what arrived before that, others have handled
        lanes += [node for node in cells if node != action.actor]
    did = []
    for node in lanes:
        changes = ", ".join(part.text for part in cells.get(node, []) if part.weight <= Weight.CHANGE)
        did += [f"{node} {changes}"] if changes else []
    return clip("; ".join(did), _LONG)


def _meeting(meeting: Meeting | None, cited: Collection[int], table: dict[int, Row], run: Run) -> str:
    if meeting is None:
        return "no node takes part in both"
    both = f"both go through {meeting.node}: step {meeting.first}, then step {meeting.then}"
    steps = [step for step in meeting.between if step not in cited]
    between = [f"{step} {did.partition(' ')[2]}" for step in steps if (did := _did(step, table, run))]
    if len(between) > BETWEEN_AT_MOST:
        between = [between[0], "…", *between[-(BETWEEN_AT_MOST - 1) :]]
    return both + (f"; between them {', '.join(between)}" if between else "")


def _repeated(repeated: Repeated) -> str:
    last = repeated.last
    contents = gist(last.message, last.epoch, _LONG)
    times = "once" if repeated.count == 1 else f"{repeated.count:,} times"
    return f"{last.sender} sent {', '.join(repeated.receivers)} {last.kind} {times}" + (
        f", at last: {contents}" if contents else ""
    )


# The nearest passing schedule


def _nearest(nearest: Nearest, run: Run) -> list[Told]:
    action = run.actions[nearest.left_out - 1]
    what = f"step {nearest.left_out} ({action_words(action)})"
    if nearest.crash_only and isinstance(action, Crash) and action.during is not None:
        what = f"the crash in step {nearest.left_out} ({action_words(action.during)} stays)"
    if nearest.fallen:
        what += f"; {counted(len(nearest.fallen), 'later step')} {'falls' if len(nearest.fallen) == 1 else 'fall'} away"
    lost = {step: _conflicting(step, run) or action_words(run.actions[step - 1]) for step in _worth_telling(nearest.fallen, run)}
    if _conflicting(nearest.left_out, run) and not nearest.crash_only:
        lost[nearest.left_out] = _conflicting(nearest.left_out, run)
    new = {}
    if nearest.step is not None:
        lost[nearest.step], new[nearest.step] = _events(nearest.lost), _events(nearest.new)
    told = [(f"Nothing breaks without {what}{':' if lost else '.'}", "")]
    for step in sorted(lost):
        told.append(("-", f"step {step:<3} {lost[step]}"))
        told += [("+", f"step {step:<3} {new[step]}")] if step in new else []
    return told


def _worth_telling(fallen: Sequence[int], run: Run) -> Sequence[int]:
    """Of many steps that are not possible any more, those that conflict, or else the first."""
    if len(fallen) <= FALLEN_AT_MOST:
        return fallen
    return [step for step in fallen if _conflicting(step, run)] or fallen[:1]


def _conflicting(step: int, run: Run) -> str:
    return "; ".join(words(event) for event in (run.violation.evidence if run.violation else ()) if event.step == step)


def _events(events: Sequence[Event]) -> str:
    if not events:
        return "nothing that can be seen"
    said = [_event(event) for event in events[:EVENTS_AT_MOST]]
    said += [f"{len(events) - EVENTS_AT_MOST} more"] if len(events) > EVENTS_AT_MOST else []
    return "; ".join(said)


def _event(event: Event) -> str:
    if isinstance(event, CalmEnded):
        return f"the fair phase is over after {event.elapsed:,} ms"
    return clip(words(event), 160) if isinstance(event, Sent) else words(event)
