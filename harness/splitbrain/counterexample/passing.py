"""The nearest passing schedule: the same actions with one left out, after which nothing breaks; and what is different then."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

import msgspec

from splitbrain.actions import Action, Calm, Crash, Restart
from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.errors import NotEnabled
from splitbrain.events import CalmEnded, Crashed, Event, Exited, Failed, Observed, Replied, Sent, Started
from splitbrain.trace.encoding import encode
from splitbrain.world.run import Run, follow

# A budget in what is done, not in seconds: what a report says must not depend on how busy the machine is.
RUNS_AT_MOST = 300
EVENTS_AT_MOST = 40_000

_TELLING = (Observed, Replied, Started, Crashed, Exited, Failed, CalmEnded)


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
class _Omission:
    """What is left out of a schedule: one step; or, of a crash inside a handler, the crash alone."""

    step: int
    crash_only: bool = False

    def of(self, actions: Sequence[Action]) -> list[tuple[int, Action]]:
        """What is left of the actions, with their steps."""
        kept = [(step, action) for step, action in enumerate(actions, 1) if step != self.step or self.crash_only]
        return [(step, action.input if step == self.step else action) for step, action in kept]


@dataclass(frozen=True)
class _Candidate:
    """A run that broke nothing: what happened at each step, and which steps were not possible.

    altered: at how many steps a message was replaced by another like it.
    """

    omission: _Omission
    steps: dict[int, list[Event]]
    fallen: tuple[int, ...]
    altered: int


class _Reach(IntEnum):
    """How near a passing run comes to the point where the failing one breaks."""

    THERE = 0  # it takes the last step, too; and what is lacking of the conflict is lacking for want of a fault
    NEEDLESS = 1  # all but the last step, a restart for which there was no need without the crash that is left out
    ONE_SIDED = 2  # it takes the last step, but one side of the conflict did not come about
    SHORT = 3  # it does not come so far


class _Rank(NamedTuple):
    """What makes one passing run tell less than another: the first difference decides."""

    reach: _Reach
    lacking: int  # conflicting steps that do not happen; where a fault is left out, one of them is forgiven
    harmless: bool  # what is left out is no fault
    changed: int  # steps that fall away, or are about another message
    early: int  # how far before the end something is left out


def nearest_passing(run: Run, causes: Collection[int] = ()) -> Nearest | None:
    """Of all schedules with one action less that break nothing, the one that tells most (see `_Rank`); None where there is none.

    The last step itself is never left out. causes: the steps at which a difference would be worth telling.
    """
    if run.violation is None:
        return None
    with WATCHDOG.hasty():  # what is stopped too soon is no passing run: another one is told then
        best = _best(run)
    return None if best is None else _compared(run, best, causes)


def _best(run: Run) -> _Candidate | None:
    best: tuple[_Rank, _Candidate] | None = None
    events = 0
    for tried, omission in enumerate(_omissions(run.actions)):
        if tried >= RUNS_AT_MOST or events > EVENTS_AT_MOST:
            break
        candidate, happened = _attempt(run, omission)
        events += happened
        if candidate is None:
            continue
        if type(run.actions[-1]) is Calm and len(run.actions) not in candidate.steps:
            continue  # without the fair phase nothing had to happen
        rank = _rank(run, candidate)
        if best is None or rank < best[0]:
            best = rank, candidate
    return None if best is None else best[1]


def _rank(run: Run, candidate: _Candidate) -> _Rank:
    assert run.violation is not None
    conflicting = {event.step for event in run.violation.evidence}
    lacking = len(conflicting - candidate.steps.keys())
    fault = run.actions[candidate.omission.step - 1].is_fault
    return _Rank(
        _reach(run, candidate, complete=fault or not lacking),
        lacking - fault,
        not fault,
        len(candidate.fallen) + candidate.altered,
        len(run.actions) - candidate.omission.step,
    )


def _reach(run: Run, candidate: _Candidate, complete: bool) -> _Reach:
    if len(run.actions) in candidate.steps:
        return _Reach.THERE if complete else _Reach.ONE_SIDED
    left_out, last = run.actions[candidate.omission.step - 1], run.actions[-1]
    needless = isinstance(left_out, Crash) and isinstance(last, Restart) and left_out.node == last.node
    return _Reach.NEEDLESS if needless else _Reach.SHORT


def _omissions(actions: Sequence[Action]) -> Iterator[_Omission]:
    """Faults first, the last ones first: where the budget ends, that is what was tried."""
    for faults in (True, False):
        for step in range(len(actions), 0, -1):
            action = actions[step - 1]
            if action.is_fault is faults:
                if action.input is not action:
                    yield _Omission(step, crash_only=True)
                if step < len(actions):
                    yield _Omission(step)


def _attempt(run: Run, omission: _Omission) -> tuple[_Candidate | None, int]:
    """A run without that, if nothing breaks; and how many events it cost."""
    schedule = omission.of(run.actions)
    steps: dict[int, list[Event]] = {}
    fallen = []
    altered = 0
    with run.setup.world(keep=True, lenient=True) as world:
        seen = len(world.events)
        for (step, action), (_, happened) in zip(schedule, follow(world, [each for _, each in schedule]), strict=False):
            if isinstance(happened, NotEnabled):
                fallen.append(step)
                continue
            altered += happened != action
            steps[step] = world.events[seen:]
            seen = len(world.events)
        passes = world.violation is None
        return _Candidate(omission, steps, tuple(fallen), altered) if passes else None, len(world.events)


def _compared(run: Run, candidate: _Candidate, causes: Collection[int]) -> Nearest:
    failing: dict[int, list[Event]] = {}
    for event in run.events:
        failing.setdefault(event.step, []).append(event)
    show = run.setup.scenario.show
    lost: tuple[Event, ...]
    new: tuple[Event, ...]
    differences: list[tuple[tuple[bool, bool, bool], int, tuple[Event, ...], tuple[Event, ...]]] = []
    for step, happened in candidate.steps.items():
        if step < candidate.omission.step:
            continue
        kinds = (CalmEnded,) if isinstance(run.actions[step - 1], Calm) else _TELLING
        lost, new = _difference(failing.get(step, []), happened, kinds, show)
        said = bool(lost or new)
        if not new and kinds is _TELLING:  # what is sent instead matters where nothing else can be seen
            sent_before, sent = _difference(failing.get(step, []), happened, (Sent,), show)
            lost, new = lost or sent_before, sent
        if lost or new:
            differences.append(((not said, not (said and step in causes), not lost), step, lost, new))
    left_out = candidate.omission
    if not differences:
        return Nearest(left_out.step, left_out.crash_only, candidate.fallen, None, (), ())
    _, step, lost, new = min(differences, key=lambda each: each[:2])
    return Nearest(left_out.step, left_out.crash_only, candidate.fallen, step, lost, new)


def _difference(
    old: Sequence[Event], new: Sequence[Event], kinds: tuple[type, ...], show: object
) -> tuple[tuple[Event, ...], tuple[Event, ...]]:
    """What is only in the one, and what is only in the other, of these kinds; the numbers of their steps do not count."""
    one, other = ({_plain(event, show): event for event in events if isinstance(event, kinds)} for events in (old, new))
    return (
        tuple(event for line, event in one.items() if line not in other),
        tuple(event for line, event in other.items() if line not in one),
    )


def _plain(event: Event, show: object) -> bytes:
    again = msgspec.structs.replace(event, step=0)
    if isinstance(again, Sent):  # whether it is the first or the second of its kind is nothing that one can see
        again = msgspec.structs.replace(again, ordinal=0)
    return encode([again], show)[0]  # type: ignore[arg-type]
