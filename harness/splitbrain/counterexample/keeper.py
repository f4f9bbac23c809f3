"""The keeper of a file in which the best so far of a minimisation is saved."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from splitbrain.counterexample.minimiser.minimised import Minimised
from splitbrain.errors import ScheduleError
from splitbrain.schedule.file import SavedSchedule, essence, load, save
from splitbrain.world.run import Found

_PAUSE = 0.5  # seconds between two of the best so far


class Keeper:
    """One file, which holds the best so far: half a second late at most, and at once where `settle` is called.

    schedule: what the file is to say of a failing run. held: the one that it holds; None: none could be saved yet.
    """

    def __init__(self, path: Path, schedule: Callable[[Found], SavedSchedule]) -> None:
        self.path = path
        self.held: Found | None = None
        self.so_far: Minimised | None = None
        self._schedule = schedule
        self._kept = -_PAUSE  # when, in seconds of the minimisation

    def save(self, found: Found) -> None:
        """Save this one, in place of what is there. Raises `ScheduleError` where that cannot be; what is there stays then."""
        save(self.path, self._expected(self._schedule(found)))
        self.held = found

    def keep(self, so_far: Minimised) -> None:
        """Save the best so far, unless one was saved a moment ago."""
        self.so_far = so_far
        if so_far.seconds >= self._kept + _PAUSE:
            self._kept = so_far.seconds
            self.settle()

    def settle(self) -> None:
        """Save the best so far now, where it can be."""
        if self.so_far is not None and self.so_far.smallest is not self.held:
            with suppress(ScheduleError):
                self.save(self.so_far.smallest)

    def restore(self, found: Found) -> str | None:
        """Save this one for good, in place of any best so far. Returns why that cannot be; then none of those is left, either."""
        self.so_far = None
        try:
            self.save(found)
        except ScheduleError as error:
            if self.held is not found:
                self.held = None
                self.path.unlink(missing_ok=True)
                return str(error)
        return None

    def _expected(self, saved: SavedSchedule) -> SavedSchedule:
        """It, to end as the file says already where that holds the same schedule: people write there what they expect."""
        with suppress(ScheduleError):
            there = load(self.path)
            if essence(there) == essence(saved):
                return replace(saved, header=structs.replace(saved.header, expect=there.header.expect))
        return saved
