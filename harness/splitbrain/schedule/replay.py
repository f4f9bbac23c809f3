"""Run a saved schedule again, and say what became of its violation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from splitbrain.actions import Action, Advance, Calm, Complete, Deliver, Fire, Operate, Request, Resend
from splitbrain.invariant import Violation
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Run, run

# Below this share of the inputs of nodes, a lenient replay is no evidence (`Replay.stale`). Measured: of 36 exhibits, the schedule
# of one keeps 83 % of its inputs once the bug is mended, that of another 97 %, and all others keep everything. A fix makes
# a schedule differ near its end; a renamed message makes it differ from the start.
SUBSTANCE_AT_LEAST = 0.5


@dataclass(frozen=True)
class Replay:
    """What a replay ended as.

    outcome: REPRODUCED (the same fingerprint), FIXED (it ran to its end with no violation), CHANGED (another
    violation), DIVERGED (strict: an action was not enabled), STALE (its actions are lost, or its invariant gave up judging it, and
    nothing broke: no evidence), or NONDETERMINISTIC (it did not reproduce, but then its file says that the run was another one each
    time it ran). digest: of the trace. actions: how many were applied; skipped: how many were not enabled (lenient). at: the action
    that was not enabled, counted from 1. message: the outcome in one sentence. worked, work: how many inputs of nodes (deliveries,
    timers, requests) were applied, of how many.
    """

    outcome: str
    violation: Violation | None
    fingerprint: str | None
    digest: str
    actions: int
    skipped: int
    at: int | None
    message: str
    run: Run
    worked: int
    work: int

    @property
    def stale(self) -> bool:
        """Whether so little of the schedule could still happen that surviving it means nothing."""
        return self.outcome == "FIXED" and self.worked < SUBSTANCE_AT_LEAST * self.work


def replay(
    saved: SavedSchedule,
    lenient: bool = False,
    host: str | None = None,
    unbroken: bool = False,
    folders: Sequence[Path] = (),
) -> Replay:
    """Replay a saved schedule. This imports, and so runs, the module that it names.

        saved = load("tests/schedules/museum/figure-8.schedule.jsonl")
        assert replay(saved).outcome == "REPRODUCED"
        assert replay(saved, lenient=True, unbroken=True).outcome == "FIXED"

    lenient: skip what is not enabled. host: "direct" or "trio"; left out, whichever can run the nodes. unbroken: an
    exhibit's schedule against the protocol without the bug. folders: where else to look for the scenario's module.
    Raises `ScenarioError` and `ScheduleError`, as `SavedSchedule.setup` does.
    """
    done = rerun(saved, lenient=lenient, host=host, unbroken=unbroken, folders=folders)
    outcome, message = _judge(saved.header, done, len(saved.actions))
    if saved.header.unconfirmed and outcome != "REPRODUCED":
        outcome, message = "NONDETERMINISTIC", f"{message}; here that proves nothing, since {_unconfirmed(saved.header)}"
    return Replay(
        outcome=outcome,
        violation=done.violation,
        fingerprint=None if done.violation is None else done.violation.fingerprint,
        digest=digest(done.events, done.setup.scenario.show),
        actions=len(done.actions),
        skipped=done.skipped,
        at=len(done.actions) + 1 if done.stopped is not None else None,
        message=message,
        run=done,
        worked=_work(done.actions),
        work=_work(saved.actions),
    )


def rerun(
    saved: SavedSchedule,
    *,
    lenient: bool = False,
    host: str | None = None,
    unbroken: bool = False,
    folders: Sequence[Path] = (),
) -> Run:
    """Run a saved schedule, with its trace kept; parameters and errors are those of `replay`."""
    setup = saved.setup(unbroken=unbroken, folders=folders)
    if host is not None:
        setup = replace(setup, host=host)
    return run(setup, saved.schedule(setup.scenario), keep=True, lenient=lenient)


def decisive(saved: SavedSchedule, done: Run) -> tuple[int, ...]:
    """The places, from 0, of the actions that a lenient run skipped, and without which there is hardly anything to judge.

    In the last action of a schedule the violation that it is of was seen; and where that is of what clients see (the fingerprint
    names their calls or answers), what they ask for is evidence of it.
    """
    if saved.header.invariant is None:
        return ()
    seen = any(word in (saved.header.fingerprint or "") for word in ("Requested", "Replied"))
    last = len(saved.actions) - 1
    return tuple(
        place for place in done.idle if place == last or (seen and isinstance(saved.actions[place].input, (Request, Resend)))
    )


def _judge(header: Header, done: Run, length: int) -> tuple[str, str]:
    violation = done.violation
    if violation is None:
        if length == 0 and header.actions is None:
            return "STALE", (
                "the file has a header and no action, so that nodes only start, and surviving that proves nothing; "
                'restore its lines, or delete it; if it never had any, let the header say "actions": 0'
            )
        if done.stopped is not None:
            return "DIVERGED", f"action {len(done.actions) + 1} of {length}: {done.stopped}"
        doubts = [f"{name}, for {why}" for name, why in done.undecided.items() if header.invariant in (None, name)]
        if doubts:
            return "STALE", f"the schedule ran to its end, and it is not known whether that breaks {'; nor '.join(doubts)}"
        skipped = f" ({done.skipped} of {length} actions were not enabled, and skipped)" if done.skipped else ""
        return "FIXED", f"the schedule ran to its end, and no invariant broke{skipped}"
    # A hand-written file need not say what it expects.
    was = header.fingerprint or header.invariant
    same = was in (None, violation.fingerprint if header.fingerprint else violation.invariant)
    at = f"after {len(done.actions)} actions" if done.actions else "at the start"
    if same:
        return "REPRODUCED", f"{violation.invariant} breaks {at}: {violation.summary}"
    return "CHANGED", f"{violation.fingerprint} breaks {at}, where {was} did: {violation.summary}"


def _unconfirmed(header: Header) -> str:
    return (
        f"the run was never confirmed ({header.unconfirmed}); mend the nodes, delete this file, and hunt again: no schedule "
        "can tell whether they are mended"
    )


def _work(actions: Iterable[Action]) -> int:
    """How many of these are inputs of nodes: the substance of a schedule. Faults alone make no node do anything."""
    return sum(isinstance(action.input, (Deliver, Fire, Request, Resend, Operate, Advance, Calm, Complete)) for action in actions)
