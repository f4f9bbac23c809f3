"""What a search inside a test ends with: a counterexample, a vacuous search, or an account of what was exercised."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from splitbrain.catalogue.museum import named
from splitbrain.counterexample.draft import Counterexample, Draft
from splitbrain.counterexample.explanation import explain
from splitbrain.errors import NondeterminismError, ScenarioError, ScheduleError, SplitbrainError
from splitbrain.report.terminal.account import account
from splitbrain.report.terminal.screen import counterexample_text, replay_command
from splitbrain.report.terminal.size import as_typed
from splitbrain.report.values import clip_middle
from splitbrain.schedule.shelf import known
from splitbrain.search.pursuit import pursue
from splitbrain.search.tally import Tally
from splitbrain.testing.besides import besides
from splitbrain.testing.session import session
from splitbrain.world.run import Found

_LINE = 200  # characters of what happened


class CounterexampleFound(AssertionError):  # noqa: N818 - what a failing test says
    """A test's search broke an invariant; ``splitbrain_report`` is what pytest prints instead of a traceback.

        def test_that_the_bug_is_found():
            @simulate(MAJORITY, seed=2)
            def attack(world):
                world.storm(200)

            with pytest.raises(CounterexampleFound, match="Agreement is broken") as caught:
                attack()
            print(caught.value.counterexample.path)

    counterexample: its schedule and its file, the run with its trace, and how it was made smaller. splitbrain_colored,
    splitbrain_line: the report for a terminal with colours, and for a place of one line.
    """

    def __init__(self, report: str, counterexample: Counterexample, colored: Callable[[], str] | None = None) -> None:
        super().__init__(report)
        self.splitbrain_report = report
        self.splitbrain_colored = colored
        self.splitbrain_line = _line(counterexample)
        self.counterexample = counterexample


class Vacuous(AssertionError):  # noqa: N818 - as above
    """A test's search broke nothing, but lacks what must happen in one that means something."""

    def __init__(self, report: str) -> None:
        super().__init__(report)
        self.splitbrain_report = report


def conclude(tally: Tally) -> None:
    """Print what a search that broke nothing has exercised. Raises `Vacuous` when not all of ``scenario.progress`` happened."""
    if tally.vacuous:
        raise Vacuous(account(tally, tally.scenario, "vacuous"))
    print(account(tally, tally.scenario, "clean"))


def counterexample_found(found: Found, tally: Tally, how: str, raised: BaseException | None = None) -> CounterexampleFound:
    """Save, minimise and show what a search found; no world may be open on this thread.

    raised: what came out of the test's own code besides; it is mentioned. Ctrl-C ends the test run, as it always does: raises
    `KeyboardInterrupt` that names the file. A `SplitbrainError` on the way has a note of what broke, and of the file.
    """
    draft, why_unsaved = _draft(found, how)
    made = None
    try:
        if isinstance(raised, KeyboardInterrupt):
            raise raised
        made = pursue(draft, tally)
        return _shown(made, how, why_unsaved, besides(raised))
    except SplitbrainError as error:  # whatever comes behind a find, it is not lost
        path = draft.path if made is None else made.path
        told = f"{'was once' if isinstance(error, NondeterminismError) else 'is'} broken: {found.violation.summary}"
        where = f"not saved: {why_unsaved}" if path is None else f"saved as {as_typed(path)}"
        error.add_note(f"{found.violation.invariant} {told}; the failing run is {where}")
        raise
    except KeyboardInterrupt as pressed:
        path = draft.path if made is None else made.path
        saved = "" if path is None else f"; a schedule that shows it is saved as {as_typed(path)}"
        raise KeyboardInterrupt(f"{found.violation.invariant} is broken{saved}") from pressed


def _shown(made: Counterexample, how: str, why_unsaved: str | None, on_top: str | None) -> CounterexampleFound:
    twin = made.path if made.path is not None and not made.unsaved else None
    on_file = None if twin is None else known(made.saved, twin)
    if on_file is not None:
        saved, done = on_file
        made = replace(made, saved=saved, path=saved.path, run=done)
    notes = (
        on_top,
        on_file and f"This schedule was on file already; now it was found by {how}.",
        why_unsaved and f"It is not saved: {why_unsaved}",
        None if made.confirmed and not made.unsteady else f"Mind: {made.confirmation}",
        made.unsaved and f"The file is not the minimal schedule, but one that fails in the same way: {made.unsaved}",
    )
    told = partial(
        counterexample_text,
        made.saved,
        made.run,
        None if made.path is None else as_typed(made.path),
        session().columns(),
        explanation=explain(made.run),
        notes=[note for note in notes if note],
    )
    failure = CounterexampleFound(told(), made, partial(told, color=True))
    if on_file is not None and twin is not None:
        twin.unlink(missing_ok=True)
    return failure


def _line(made: Counterexample) -> str:
    violation = made.minimised.smallest.violation
    replay = "" if made.path is None else f" ({replay_command(as_typed(made.path))})"
    return f"{violation.invariant} is broken: {clip_middle(violation.summary, _LINE)}{replay}"


def current_test(otherwise: str) -> str:
    """What pytest calls the test that runs now; ``otherwise``, where it is not pytest that runs it."""
    return os.environ.get("PYTEST_CURRENT_TEST", otherwise).removesuffix(" (call)")


def _draft(found: Found, how: str) -> tuple[Draft, str | None]:
    """The draft, on disk; or one that is nowhere, and why it could not be saved."""
    scenario = found.setup.scenario
    name, bug = scenario.name, None
    try:
        name, bug = named(scenario)
        return Draft(found, scenario=name, bug=bug, folder=session().schedules, how=how), None
    except (ScenarioError, ScheduleError) as error:
        return Draft(found, scenario=name, bug=bug, folder=None, how=how), str(error)
