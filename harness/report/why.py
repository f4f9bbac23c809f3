"""An explanation in words: who bears witness, how it came about, and what would have had to be otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from harness.actions import Crash, Duplicate, actor
from harness.events import CalmEnded, Event, Sent
from harness.explanation import Explanation, Meeting, Repeated
from harness.nearest import Nearest
from harness.report.cells import Weight
from harness.report.lanes import Row, rows
from harness.report.values import clip, gist
from harness.report.wording import action_words, words
from harness.run import Run

CHAIN_AT_MOST = 7  # steps that are told of one chain
BETWEEN_AT_MOST = 3
REPEATED_AT_MOST = 4
EVENTS_AT_MOST = 3
_LONG = 72  # columns of one step

Told = tuple[str, str]  # label, text


def why(explanation: Explanation, run: Run) -> list[Told]:
    """The explanation as labelled paragraphs; a label that is empty continues the one before."""
    table = {
        row.step: row for row in rows(run.setup.scenario.nodes(run.setup.size), run.events, run.actions, run.violation)
    }
    told = [("Why", witness.phrase) for witness in explanation.witnesses]
    told += [("How", _chain(chain, table, run)) for chain in explanation.chains]
    if len(explanation.chains) > 1:
        told.append(("How", _meeting(explanation.meeting, table, run)))
    told += [("Over and over", _repeated(each)) for each in explanation.repeated[:REPEATED_AT_MOST]]
    if explanation.nearest is not None:
        told += _nearest(explanation.nearest, run)
    if explanation.trouble is not None:
        told.append(("Not explained", explanation.trouble))
    return told


# How it came about


def _chain(chain: Sequence[int], table: dict[int, Row], run: Run) -> str:
    """``1 n3 votes n3 t1 → 2 n1 votes n3 t1``; steps at which nothing can be seen are left out but for the first."""
    said = [(step, _did(step, table, run)) for step in chain]
    kept = [(step, did or action_words(run.actions[step - 1])) for step, did in said if did or step == chain[0]]
    if len(kept) > CHAIN_AT_MOST:
        kept = [*kept[:2], (0, "…"), *kept[-(CHAIN_AT_MOST - 2) :]]
    return " → ".join(f"{step} {did}" if step else did for step, did in kept)


def _did(step: int, table: dict[int, Row], run: Run) -> str:
    """What changed at the step, as its lane tells it."""
    action = run.actions[step - 1]
    if isinstance(action, Duplicate):
        return f"{action.kind} of {action.sender} doubled"
    who = actor(action)
    parts = [] if who is None else table[step].cells.get(who, [])
    changes = ", ".join(part.text for part in parts if part.weight <= Weight.CHANGE)
    return clip(f"{who} {changes}", _LONG) if changes else ""


def _meeting(meeting: Meeting | None, table: dict[int, Row], run: Run) -> str:
    if meeting is None:
        return "no node takes part in both"
    both = f"both go through {meeting.node}: step {meeting.first}, then step {meeting.then}"
    between = [f"{step} {did.partition(' ')[2]}" for step in meeting.between if (did := _did(step, table, run))]
    if len(between) > BETWEEN_AT_MOST:
        between = [between[0], "…", *between[-(BETWEEN_AT_MOST - 1) :]]
    return both + (f"; between them {', '.join(between)}" if between else "")


def _repeated(repeated: Repeated) -> str:
    last = repeated.last
    contents = gist(last.message, last.epoch)
    times = "once" if repeated.count == 1 else f"{repeated.count:,} times"
    return f"{last.sender} sent {last.receiver} {last.kind} {times}" + (f", at last with {contents}" if contents else "")


# The nearest passing schedule


def _nearest(nearest: Nearest, run: Run) -> list[Told]:
    action = run.actions[nearest.left_out - 1]
    what = f"step {nearest.left_out} ({action_words(action)})"
    if nearest.crash_only and isinstance(action, Crash) and action.during is not None:
        what = f"the crash in step {nearest.left_out}, with {action_words(action.during)} alone"
    told = [(f"Nothing breaks without {what}", "")]
    if nearest.fallen:
        told.append(("-", _fallen(nearest.fallen, run)))
    if nearest.step is not None:
        told.append(("-", f"step {nearest.step:<3} {_events(nearest.lost)}"))
        told.append(("+", f"step {nearest.step:<3} {_events(nearest.new)}"))
    return told


def _fallen(fallen: Sequence[int], run: Run) -> str:
    first = f"step {fallen[0]:<3} {action_words(run.actions[fallen[0] - 1])}"
    if len(fallen) == 1:
        return f"{first}: not possible then"
    rest = ", ".join(str(step) for step in fallen[1:4]) + (", …" if len(fallen) > 4 else "")
    return f"{first}, and step{'s' if len(fallen) > 2 else ''} {rest}: not possible then"


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
