"""What a search inside a test ends with: a counterexample, a vacuous search, or an account of what was exercised."""

from __future__ import annotations

import os
from dataclasses import replace

from splitbrain.catalogue.museum import named
from splitbrain.counterexample.draft import Counterexample, Draft
from splitbrain.counterexample.explanation import explain
from splitbrain.errors import ScenarioError, ScheduleError
from splitbrain.report.terminal.account import account
from splitbrain.report.terminal.screen import counterexample_text
from splitbrain.report.terminal.size import as_typed, screen_width
from splitbrain.schedule.shelf import known
from splitbrain.search.pursuit import pursue
from splitbrain.search.tally import Tally
from splitbrain.testing.session import session
from splitbrain.world.run import Found


class CounterexampleFound(AssertionError):  # noqa: N818 - what a failing test says
    """A test's search broke an invariant; ``splitbrain_report`` is what pytest prints instead of a traceback.

        def test_that_the_bug_is_found():
            @simulate(MAJORITY, seed=1)
            def attack(world):
                world.storm(200)

            with pytest.raises(CounterexampleFound, match="Agreement is broken") as caught:
                attack()
            print(caught.value.counterexample.path)

    counterexample: its schedule and its file, the run with its trace, and how it was made smaller.
    """

    def __init__(self, report: str, counterexample: Counterexample) -> None:
        super().__init__(report)
        self.splitbrain_report = report
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


def counterexample_found(found: Found, tally: Tally, how: str) -> CounterexampleFound:
    """Save, minimise and show what a search found; no world may be open on this thread."""
    draft, why_unsaved = _draft(found, how)
    made = pursue(draft, tally)
    on_file = None if made.path is None or made.unsaved else known(made.saved, made.path)
    if on_file is not None and made.path is not None:
        made.path.unlink(missing_ok=True)
        saved, done = on_file
        made = replace(made, saved=saved, path=saved.path, run=done)
    shown = None if made.path is None else as_typed(made.path)
    text = counterexample_text(made.saved, made.run, shown, screen_width(), explanation=explain(made.run))
    if on_file is not None:
        text += "\nThis schedule was on file already: what this test found breaks in the same way, and is no shorter."
    if why_unsaved:
        text += f"\nIt is not saved: {why_unsaved}"
    if made.unsaved:
        text += f"\nThe file is not the minimal schedule, but one that fails in the same way: {made.unsaved}"
    return CounterexampleFound(text, made)


def current_test(otherwise: str) -> str:
    """What pytest calls the test that runs now; ``otherwise``, where it is not pytest that runs it."""
    return os.environ.get("PYTEST_CURRENT_TEST", otherwise).removesuffix(" (call)")


def _draft(found: Found, how: str) -> tuple[Draft, str | None]:
    """The draft, on disk; or one that is nowhere, and why it could not be saved."""
    scenario = found.setup.scenario
    name, bug = f"{scenario.name}:SCENARIO", None
    try:
        name, bug = named(scenario)
        return Draft(found, scenario=name, bug=bug, folder=session().schedules, how=how), None
    except (ScenarioError, ScheduleError) as error:
        return Draft(found, scenario=name, bug=bug, folder=None, how=how), str(error)
