"""What a search inside a test ends with: a counterexample, a vacuous search, or an account of what was exercised."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from splitbrain.catalogue.museum import bug_of
from splitbrain.catalogue.scenarios import find_scenario, name_of
from splitbrain.counterexample.counterexample import Counterexample, pursue
from splitbrain.counterexample.explanation import explain
from splitbrain.errors import ScenarioError, ScheduleError, SplitbrainError
from splitbrain.report.terminal.account import account
from splitbrain.report.terminal.screen import counterexample_text
from splitbrain.report.terminal.size import screen_width
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import SavedSchedule, load
from splitbrain.schedule.format import SUFFIX
from splitbrain.schedule.replay import replay
from splitbrain.search.hunt import Found, Hunt, failures
from splitbrain.world.run import host_for


class CounterexampleFound(AssertionError):  # noqa: N818 - what a failing test says
    """A test's search broke an invariant; ``splitbrain_report`` is what pytest prints instead of a traceback."""

    def __init__(self, report: str, counterexample: Counterexample) -> None:
        super().__init__(report)
        self.splitbrain_report = report
        self.counterexample = counterexample


class Vacuous(AssertionError):  # noqa: N818 - as above
    """A test's search broke nothing, but lacks what must happen in one that means something."""

    def __init__(self, report: str) -> None:
        super().__init__(report)
        self.splitbrain_report = report


def conclude(tally: Hunt) -> None:
    """Print what a search that broke nothing has exercised. Raises `Vacuous` when not all of ``scenario.progress`` happened."""
    if tally.vacuous:
        raise Vacuous(account(tally, tally.scenario, "vacuous"))
    print(account(tally, tally.scenario, "clean"))


def counterexample_found(found: Found, tally: Hunt, how: str) -> CounterexampleFound:
    """Save, minimise and show what a search found; no world may be open on this thread."""
    host = host_for(found.setup.scenario)
    name, bug, why_unsaved = _name(found.setup.scenario)
    with tempfile.TemporaryDirectory() as nowhere:
        folder = Path(nowhere) if why_unsaved else schedules_folder()
        try:
            made = pursue(failures(tally, found, host=host), scenario=name, bug=bug, folder=folder, how=how, host=host)
        except ScheduleError as error:
            why_unsaved = str(error)
            made = pursue(failures(tally, found, host=host), scenario=name, bug=bug, folder=Path(nowhere), how=how, host=host)
    known = None if why_unsaved else _known(made)
    saved, done = (made.saved, made.run) if known is None else (known, replay(known).run)
    path = None if why_unsaved or saved.path is None else _nearest(saved.path)
    text = counterexample_text(saved, done, path, screen_width(), explanation=explain(done, host))
    if known is not None:
        text += "\nThis schedule was on file already: what this test found breaks in the same way, and is no shorter."
    if why_unsaved:
        text += f"\nIt is not saved: {why_unsaved}"
    return CounterexampleFound(text, made)


def current_test(otherwise: str) -> str:
    """What pytest calls the test that runs now; ``otherwise``, where it is not pytest that runs it."""
    return os.environ.get("PYTEST_CURRENT_TEST", otherwise).removesuffix(" (call)")


def schedules_folder() -> Path:
    """Where failing tests save their schedules: what pytest's ``--schedules-dir`` says; outside pytest, tests/schedules."""
    plugin = sys.modules.get("splitbrain.testing.plugin")
    config = None if plugin is None else plugin.running()
    return Path("tests", "schedules") if plugin is None or config is None else Path(plugin.schedules_dir(config))


def _known(made: Counterexample) -> SavedSchedule | None:
    """A file that is there already, still fails in the same way, and is no longer than the new one, which then goes."""
    wanted = _identity(made.saved)
    for path in sorted(made.path.parent.glob(f"*{SUFFIX}")):
        try:
            other = load(path)
            if path == made.path or _identity(other) != wanted or len(other.actions) > len(made.saved.actions):
                continue
            if replay(other).outcome == "REPRODUCED":
                made.path.unlink(missing_ok=True)
                return other
        except SplitbrainError:
            continue  # the plugin complains of such a file
    return None


def _identity(saved: SavedSchedule) -> tuple[str, str | None, str | None]:
    return saved.header.scenario, saved.header.bug, saved.header.fingerprint


def _nearest(path: Path) -> Path:
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _name(scenario: Scenario) -> tuple[str, str | None, str | None]:
    """How a file names the scenario, and which exhibit it is; or why no file can name it."""
    try:
        exhibit = bug_of(scenario)
        if exhibit is not None:
            return find_scenario(exhibit.protocol)[0], exhibit.id, None
    except ScenarioError:
        pass  # a museum that cannot be loaded, or an exhibit of an unknown protocol: it may have a name of its own
    try:
        return name_of(scenario), None, None
    except ScenarioError as error:
        return f"{scenario.name}:SCENARIO", None, str(error)
