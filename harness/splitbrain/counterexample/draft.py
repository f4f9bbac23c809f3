"""A draft: a failing run on disk from the moment it was found, until the minimal one takes its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.errors import NondeterminismError, ScheduleError
from splitbrain.schedule.file import SavedSchedule, file_name, save
from splitbrain.schedule.header import about, new_header
from splitbrain.world.determinism import check
from splitbrain.world.run import Found, Run, run

_PAUSE = 0.5  # seconds between two drafts of the best so far


@dataclass(frozen=True)
class Counterexample:
    """A violation with its minimal schedule and its file, the run with its trace, and how it was made smaller.

    path: of the file; of a draft, which fails in the same way, where the minimal schedule could not be saved; None where nothing is
    saved. unsaved: why not. confirmed: whether the trio host breaks the invariant in the same way.
    """

    saved: SavedSchedule
    path: Path | None
    run: Run
    minimised: Minimised
    confirmed: bool
    unsaved: str | None = None


class Draft:
    """A failing run, saved as soon as it is made; its file holds the best so far from then on, half a second late at most.

    scenario: its name in files. bug: the exhibit's id. folder: where to save; None: nowhere. how: a line for the file on how it was
    found. Raises `ScheduleError` when it cannot be saved.
    """

    def __init__(self, found: Found, *, scenario: str, folder: Path | None, how: str, bug: str | None = None) -> None:
        self.found = found
        self._scenario, self._bug, self._how, self._folder = scenario, bug, how, folder
        saved = self._schedule(found)
        self.path = None if folder is None else folder / file_name(saved)
        if self.path is not None:
            save(self.path, saved)
        self._kept = -_PAUSE  # when, in seconds of the minimisation

    def confirm(self) -> None:
        """Make sure that it fails again. Raises `NondeterminismError`, whose ``schedule`` is the file, where it does not."""
        try:
            check(self.found.setup, self.found.actions, self.found.violation)
        except NondeterminismError as error:
            error.schedule = self.path
            raise

    def keep(self, so_far: Minimised) -> None:
        """Save the best so far, unless that was done a moment ago."""
        if self.path is not None and so_far.seconds >= self._kept + _PAUSE:
            self._kept = so_far.seconds
            with suppress(ScheduleError):  # what was saved before is still there
                save(self.path, self._schedule(so_far.smallest))

    def finish(self, minimised: Minimised) -> Counterexample:
        """Save the minimal run under a name of its own, and only then remove the draft."""
        least = minimised.smallest
        saved = self._schedule(least)
        path, unsaved = self.path, None
        if self._folder is not None:
            path = self._folder / file_name(saved)
            try:
                save(path, saved)
            except ScheduleError as error:  # a find that is told without its minimal file is worth more than none
                path, unsaved = self.path, str(error)
            else:
                if self.path is not None and self.path != path:
                    self.path.unlink(missing_ok=True)
        again = run(least.setup, least.actions, keep=True)
        on_trio = again if least.setup.host == "trio" else run(replace(least.setup, host="trio"), least.actions)
        confirmed = least.alike(on_trio.violation)
        return Counterexample(replace(saved, path=path), path, again, minimised, confirmed, unsaved)

    def _schedule(self, found: Found) -> SavedSchedule:
        header = new_header(self._scenario, found.setup, bug=self._bug, found=self._how)
        return SavedSchedule(about(header, found), found.actions)
