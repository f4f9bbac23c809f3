"""A draft: a failing run on disk from the moment it was found, until the minimal one takes its place."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from splitbrain.counterexample.keeper import Keeper
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.elsewhere.confirmation import Confirmation, confirm
from splitbrain.errors import EncodingError, NondeterminismError, ScheduleError
from splitbrain.schedule.file import SavedSchedule, file_name, save
from splitbrain.schedule.header import about, bare_header, with_provenance
from splitbrain.world.run import Found, Run, run


@dataclass(frozen=True)
class Counterexample:
    """A violation with its minimal schedule and its file, the run with its trace, and how it was made smaller.

    path: of the file; of a draft, which fails in the same way, where the minimal schedule could not be saved; None where nothing is
    saved. unsaved: why not. confirmed: that the other host, where there is one for such nodes, runs it event by event in the
    same way, as processes under other hash seeds do; None: not all of these could be asked. confirmation: `confirmed` in words.
    unsteady: the nodes are nondeterministic: this is the run that was found, and the minimal one was not confirmed.
    """

    saved: SavedSchedule
    path: Path | None
    run: Run
    minimised: Minimised
    confirmed: bool | None
    unsaved: str | None = None
    confirmation: str = ""
    unsteady: bool = False


class Draft:
    """A failing run, saved as soon as it is made; its file holds the best so far from then on, half a second late at most.

    scenario: its name in files. bug: the exhibit's id. folder: where to save; None: nowhere. how: a line for the file on how it was
    found. unsaved: why it could not be saved when that was tried before: then only what becomes smaller is. Raises `ScheduleError`
    when it cannot be saved. Nothing slow comes before that: where the run comes from is for the final file.
    """

    def __init__(
        self, found: Found, *, scenario: str, folder: Path | None, how: str, bug: str | None = None, unsaved: str | None = None
    ) -> None:
        self.found = found
        self.unsaved = unsaved
        self.minimised: Minimised | None = None
        self._header = bare_header(scenario, found.setup, bug=bug, found=how)
        self._confirmation = Confirmation("it was not tried")
        saved = self._schedule(found)
        self._file = None if folder is None else Keeper(folder / file_name(saved), self._schedule)
        if self._file is not None and unsaved is None:
            self._file.save(found)

    @property
    def path(self) -> Path | None:
        """Its file; None where there is none."""
        return None if self._file is None or self._file.held is None else self._file.path

    @property
    def best(self) -> Found:
        """The smallest failing run: on disk, where anything is."""
        if self._file is not None and self._file.held is not None:
            return self._file.held
        return self.found if self.minimised is None else self.minimised.smallest

    def confirm(self) -> None:
        """Make sure that it fails again, here and in other processes.

        Raises `NondeterminismError`, whose ``schedule`` is the file, where it does not; the file then says so.
        """
        saved, path = self._schedule(self.found), self.path
        try:
            self._confirmation = confirm(self.found, saved)
        except NondeterminismError as error:
            error.schedule = path
            if path is not None:
                header = msgspec.structs.replace(saved.header, unconfirmed=str(error))
                with suppress(ScheduleError):  # what was saved before is still there
                    save(path, replace(saved, header=header))
            raise

    def keep(self, so_far: Minimised) -> None:
        """Save the best so far, unless that was done a moment ago."""
        self.minimised = so_far
        if self._file is not None:
            self._file.keep(so_far)

    def settle(self) -> None:
        """Save the best so far now."""
        if self._file is not None:
            self._file.settle()

    def finish(self, minimised: Minimised) -> Counterexample:
        """Save the minimal run under a name of its own, confirm it as well, and only then remove the draft.

        Where that one is not confirmed, the run that was found takes its place: none that is less certain is left.
        """
        self.minimised = minimised
        least = minimised.smallest
        before, path, unsaved = self._file, self.path, None
        if before is not None:
            self._header = with_provenance(self._header)  # which may take its time: the best so far is on disk
        saved = self._schedule(least)
        if before is not None:
            final = Keeper(before.path.with_name(file_name(saved)), self._schedule)
            try:
                final.save(least)
            except ScheduleError as error:  # a find that is told without its minimal file is worth more than none
                unsaved = str(error)
            else:
                path = final.path
        if least != self.found:
            try:
                self._confirmation = confirm(least, saved)
            except (NondeterminismError, EncodingError) as error:
                return self._fall_back(minimised, None if before is None or path == before.path else path, error)
        if before is not None and unsaved is None:
            self._file = final
            if before.path != path:
                before.path.unlink(missing_ok=True)
        return self._made(minimised, unsaved, str(self._confirmation))

    def _fall_back(self, minimised: Minimised, unsure: Path | None, why: Exception) -> Counterexample:
        """The run that was found, in place of a minimal one that is not confirmed. unsure: the file of that."""
        found = self.found
        self.minimised = replace(minimised, smallest=found, length=len(found.actions), removed=Counter(), complete=False)
        unsaved = None if self._file is None else self._file.restore(found)
        if unsure is not None:
            unsure.unlink(missing_ok=True)
        told = f"{self._confirmation}; but that is so of the run as it was found alone, and smaller ones were not confirmed: {why}"
        return self._made(self.minimised, unsaved, told, unsteady=True)

    def _made(self, minimised: Minimised, unsaved: str | None, told: str, *, unsteady: bool = False) -> Counterexample:
        best, path = minimised.smallest, self.path
        again = run(best.setup, best.actions, keep=True)
        saved = replace(self._schedule(best), path=path)
        return Counterexample(saved, path, again, minimised, self._confirmation.confirmed, unsaved, told, unsteady)

    def _schedule(self, found: Found) -> SavedSchedule:
        return SavedSchedule(about(self._header, found), found.actions)
