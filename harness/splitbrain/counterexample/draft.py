"""A draft: a failing run on disk from the moment it was found, until the minimal one takes its place."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from splitbrain.counterexample.keeper import Keeper
from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.elsewhere.confirmation import Confirmation, confirm
from splitbrain.errors import NondeterminismError, ScheduleError
from splitbrain.schedule.file import SavedSchedule, file_name, save
from splitbrain.schedule.header import about, bare_header, with_provenance
from splitbrain.world.determinism import disagreement, other_host
from splitbrain.world.run import Found, Run, run


@dataclass(frozen=True)
class Counterexample:
    """A violation with its minimal schedule and its file, the run with its trace, and how it was made smaller.

    path: of the file; of a draft, which fails in the same way, where the minimal schedule could not be saved; None where nothing is
    saved. unsaved: why not. confirmed: whether the other host, where there is one for such nodes, runs it event by event in the
    same way, as processes under other hash seeds do; None: these could not be asked. confirmation: `confirmed` in words.
    """

    saved: SavedSchedule
    path: Path | None
    run: Run
    minimised: Minimised
    confirmed: bool | None
    unsaved: str | None = None
    confirmation: str = ""


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
        self._confirm(self.found, self._schedule(self.found), self.path)

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

        Raises what `confirm` does; the draft stays then.
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
            self._confirm(least, saved, path)
        if before is not None and unsaved is None:
            self._file = final
            if before.path != path:
                before.path.unlink(missing_ok=True)
        again = run(least.setup, least.actions, keep=True)
        confirmed, confirmation = self._confirmed(again)
        return Counterexample(replace(saved, path=path), path, again, minimised, confirmed, unsaved, confirmation)

    def _confirm(self, found: Found, saved: SavedSchedule, path: Path | None) -> None:
        try:
            self._confirmation = confirm(found, saved)
        except NondeterminismError as error:
            error.schedule = path
            if path is not None:
                header = msgspec.structs.replace(saved.header, unconfirmed=str(error))
                with suppress(ScheduleError):  # what was saved before is still there
                    save(path, replace(saved, header=header))
            raise

    def _confirmed(self, done: Run) -> tuple[bool | None, str]:
        """What the other host makes of the minimal run, together with what other processes made of the one that was found."""
        elsewhere, host = self._confirmation, other_host(done.setup)
        agreed = True if elsewhere.trouble is None else None
        if host is None:
            return agreed, str(elsewhere)
        differs = disagreement(done, host)
        if differs is not None:
            return False, f"the {host} host {differs}; {elsewhere}"
        if agreed:
            return True, f"the {host} host agrees, and so do three other processes"
        return None, f"the {host} host agrees; {elsewhere}"

    def _schedule(self, found: Found) -> SavedSchedule:
        return SavedSchedule(about(self._header, found), found.actions)
