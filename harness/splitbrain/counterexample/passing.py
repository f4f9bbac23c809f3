"""The nearest passing schedule: the same actions with one left out, after which nothing breaks; and what is different then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from splitbrain.actions import Action, Calm, Crash, Restart
from splitbrain.errors import NotEnabled
from splitbrain.events import CalmEnded, Crashed, Event, Failed, Observed, Replied, Sent, Started
from splitbrain.trace.encoding import encode
from splitbrain.world.run import Run

# A budget in what is done, not in seconds: what a report says must not depend on how busy the machine is.
RUNS_AT_MOST = 300
EVENTS_AT_MOST = 40_000

_TELLING = (Observed, Replied, Started, Crashed, Failed, CalmEnded)


class Nearest(msgspec.Struct, frozen=True):
    """A schedule that breaks nothing, and where its run first differs from the failing one.

    left_out: the step without which nothing breaks; crash_only: of a crash inside a handler, the crash alone is left out.
    fallen: later steps that are not possible then. step: the step at which something else happens that matters, if any;
    there ``lost`` happens no more, and ``new`` does instead. All steps are numbered as in the failing run.
    """

    left_out: int
    crash_only: bool
    fallen: tuple[int, ...]
    step: int | None
    lost: tuple[Event, ...]
    new: tuple[Event, ...]


@dataclass(frozen=True)
class _Candidate:
    place: int  # of the action that is left out, as a step
    crash_only: bool
    steps: dict[int, list[Event]]
    fallen: tuple[int, ...]
    altered: int  # messages that others like them stood in for


def nearest_passing(run: Run, host: str, causes: Collection[int] = ()) -> Nearest | None:
    """Of all schedules with one action less that break nothing, the one that tells most; None where there is none.

    That is: it comes to the point where the failing run breaks (see `_point`); many of the conflicting steps still happen, or
    what is left out is a fault; few other steps fall away; it is left out late. The last step itself is never left out.
    causes: the steps at which a difference would be worth telling.
    """
    violation, actions = run.violation, run.actions
    if violation is None:
        return None
    conflicting = {event.step for event in violation.evidence}
    best: tuple[tuple[int, int, bool, int, int], _Candidate] | None = None
    events = 0
    for tried, (place, crash_only) in enumerate(_places(actions)):
        if tried >= RUNS_AT_MOST or events > EVENTS_AT_MOST:
            break
        candidate, happened = _attempt(run, place, crash_only, host)
        events += happened
        if candidate is None:
            continue
        if type(actions[-1]) is Calm and len(actions) not in candidate.steps:
            continue  # without the fair phase nothing had to happen
        kept, fault = len(conflicting & candidate.steps.keys()), actions[place - 1].is_fault
        key = (_point(run, candidate, conflicting), -kept - fault, not fault, len(candidate.fallen) + candidate.altered, -place)
        if best is None or key < best[0]:
            best = key, candidate
    return None if best is None else _compared(run, best[1], causes)


def _point(run: Run, candidate: _Candidate, conflicting: Collection[int]) -> int:
    """How little a passing run says: 0 where it takes the last step, too; 3 where it does not come so far.

    1: the last step is a restart, for which there was no need without the crash that is left out. 2: it takes the last step,
    but one side of the conflict did not come about, and not for want of a fault.
    """
    left_out, last = run.actions[candidate.place - 1], run.actions[-1]
    if len(run.actions) in candidate.steps:
        return 0 if left_out.is_fault or all(step in candidate.steps for step in conflicting) else 2
    return 1 if isinstance(left_out, Crash) and isinstance(last, Restart) and left_out.node == last.node else 3


def _places(actions: Sequence[Action]) -> Iterator[tuple[int, bool]]:
    """What to leave out, faults first, the last ones first: where the budget ends, that is what was tried."""
    for wanted in (True, False):
        for place in range(len(actions), 0, -1):
            action = actions[place - 1]
            if action.is_fault is not wanted:
                continue
            if isinstance(action, Crash) and action.during is not None:
                yield place, True
            if place < len(actions):
                yield place, False


def _attempt(run: Run, place: int, crash_only: bool, host: str) -> tuple[_Candidate | None, int]:
    """A run without that action, if nothing breaks; and how many events it cost."""
    steps: dict[int, list[Event]] = {}
    fallen = []
    altered = 0
    with run.setup.world(host, keep=True, lenient=True) as world:
        for step, action in enumerate(run.actions, 1):
            if step == place:
                if not (crash_only and isinstance(action, Crash) and action.during is not None):
                    continue
                action = action.during
            before = len(world.events)
            try:
                done = world.apply(action)
            except NotEnabled:
                fallen.append(step)
                continue
            if world.violation is not None:
                return None, len(world.events)
            altered += done != action
            steps[step] = world.events[before:]
        passes = world.violation is None
        return _Candidate(place, crash_only, steps, tuple(fallen), altered) if passes else None, len(world.events)


def _compared(run: Run, candidate: _Candidate, causes: Collection[int]) -> Nearest:
    failing: dict[int, list[Event]] = {}
    for event in run.events:
        failing.setdefault(event.step, []).append(event)
    show = run.setup.scenario.show
    lost: tuple[Event, ...]
    new: tuple[Event, ...]
    differences: list[tuple[tuple[bool, bool, bool], int, tuple[Event, ...], tuple[Event, ...]]] = []
    for step, happened in candidate.steps.items():
        if step < candidate.place:
            continue
        kinds = (CalmEnded,) if isinstance(run.actions[step - 1], Calm) else _TELLING
        lost, new = _difference(failing.get(step, []), happened, kinds, show)
        said = bool(lost or new)
        if not new and kinds is _TELLING:  # what is sent instead matters where nothing else can be seen
            sent_before, sent = _difference(failing.get(step, []), happened, (Sent,), show)
            lost, new = lost or sent_before, sent
        if lost or new:
            differences.append(((not said, not (said and step in causes), not lost), step, lost, new))
    if not differences:
        return Nearest(candidate.place, candidate.crash_only, candidate.fallen, None, (), ())
    _, step, lost, new = min(differences, key=lambda each: each[:2])
    return Nearest(candidate.place, candidate.crash_only, candidate.fallen, step, lost, new)


def _difference(
    old: Sequence[Event], new: Sequence[Event], kinds: tuple[type, ...], show: object
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """What is only in the one, and what is only in the other, of these kinds; the numbers of their steps do not count."""
    sides = [{_plain(event, show): event for event in events if isinstance(event, kinds)} for events in (old, new)]
    one, other = sides
    return (
        tuple(event for line, event in one.items() if line not in other),
        tuple(event for line, event in other.items() if line not in one),
    )


def _plain(event: Event, show: object) -> bytes:
    return encode([msgspec.structs.replace(event, step=0)], show)[0]  # type: ignore[arg-type]
