"""Confirmation: a schedule counts when processes under other hash seeds, and the other host, run it as it ran here."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from splitbrain.catalogue.museum import named
from splitbrain.catalogue.scenarios import home_of
from splitbrain.elsewhere.cause import HOST, JUDGED, likely
from splitbrain.elsewhere.crew import mustered
from splitbrain.elsewhere.determinism import check, disagreement, other_host, shown
from splitbrain.elsewhere.filters import current
from splitbrain.elsewhere.imprint import Imprint
from splitbrain.elsewhere.question import Answer, Question, Result, Without
from splitbrain.errors import NondeterminismError, ScenarioError, ScheduleError, SplitbrainError
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import SavedSchedule, encode
from splitbrain.stopwatch import Stopwatch
from splitbrain.world.run import Found, Run

_LEAST, _TIMES = 20, 10  # what others may take, in CPU seconds: so many, and so many times what it took here
_WALL = 10  # times that by the clock, for the machine may be busy


@dataclass(frozen=True)
class Confirmation:
    """That three other processes agree, and so does the other host.

    trouble: why the processes could not be asked. host: the other one; None where there is none for such nodes. unasked: why that
    could not be.
    """

    trouble: str | None = None
    host: str | None = None
    unasked: str | None = None

    @property
    def confirmed(self) -> bool | None:
        """True; None where not all could be asked."""
        return True if self.trouble is None and self.unasked is None else None

    def __str__(self) -> str:
        elsewhere = "three other processes agree" if self.trouble is None else f"not confirmed in another process: {self.trouble}"
        if self.host is None:
            return elsewhere
        if self.unasked is not None:
            return f"the {self.host} host could not be asked: {self.unasked}; {elsewhere}"
        if self.trouble is not None:
            return f"the {self.host} host agrees; {elsewhere}"
        return f"the {self.host} host agrees, and so do three other processes"


def confirm(found: Found, saved: SavedSchedule) -> Confirmation:
    """Make sure that a failing run fails again in the same way, here and elsewhere.

    saved: what its file says, from which others run it. Raises `NondeterminismError` with the first difference and its likely
    cause, and `EncodingError` for a trace that cannot be compared.
    """
    with others(found.setup.scenario, saved.header.scenario) as asked:
        watch = Stopwatch()
        try:
            done = check(found.setup, found.actions, found.violation)
        except NondeterminismError as error:
            raise asked.explained(error, saved, found.setup.host, watch.cpu()) from None
        return asked.compare([saved], [done], watch.cpu())


class Asked(Protocol):
    """Processes that can be asked, at `places`. cause: of whatever they do otherwise; None: that is to be found out."""

    cause: str | None

    @property
    def places(self) -> tuple[str, ...]: ...

    def ask(self, question: Question, seconds: float) -> list[Answer]: ...


class Others:
    """Other processes, and how to ask them; or why not.

    judged: whether the scenario's invariants look on. least: what they may take in any case, in CPU seconds.
    """

    def __init__(self, crew: Asked | None, trouble: str | None, home: Path | None, judged: bool) -> None:
        self._crew, self._trouble, self._judged = crew, trouble, judged
        self.least = _LEAST
        self._path = tuple(
            dict.fromkeys(each for each in [*sys.path, *([] if home is None else [str(home)])] if isinstance(each, str))
        )

    def compare(self, saved: Sequence[SavedSchedule], runs: Sequence[Run], cpu: float) -> Confirmation:
        """Hold what ran here against what runs there, and on the other host. cpu: seconds that it took here.

        Raises `NondeterminismError` with the first difference and its likely cause.
        """
        return Confirmation(self.disagree(saved, runs, cpu), *_hosts(runs))

    def disagree(self, saved: Sequence[SavedSchedule], runs: Sequence[Run], cpu: float) -> str | None:
        """Hold what ran here against what runs there alone. Returns why they could not be asked; None where they agree.

        Raises `NondeterminismError` as `compare` does.
        """
        if self._crew is None:
            return self._trouble
        here = [Imprint.of(done.events, done.setup.scenario.show) for done in runs]
        try:
            question = self._question(saved, [done.setup.host for done in runs], cpu, here)
        except ScheduleError as unsaid:  # what no file can hold goes nowhere
            return str(unsaid)
        answers = self._crew.ask(question, _WALL * question.cpu)
        for place, done in enumerate(runs):
            for where, answer in zip(self._crew.places, answers, strict=True):
                if not answer.results:
                    continue
                there = answer.results[place]
                if there.digest != here[place].digest:
                    error = NondeterminismError(_difference(done, there, where))
                    raise self.explained(error, saved[place], done.setup.host, cpu)
                if there.fingerprint != _fingerprint(done):
                    raise NondeterminismError(_verdicts(done, there, where), JUDGED)
        return next((answer.trouble for answer in answers if answer.trouble is not None), None)

    def explained(self, error: NondeterminismError, saved: SavedSchedule, host: str | None, cpu: float) -> NondeterminismError:
        """The error with the likely cause, where others can tell it."""
        crew = self._crew
        if crew is None:
            return error
        if crew.cause is not None:
            return NondeterminismError(error.what, crew.cause)
        try:
            self._question([saved], [host], cpu, ())
        except ScheduleError:
            return error

        def ask(*, twice: bool = False, without: Without = "") -> list[Answer]:
            question = self._question([saved], [host], cpu, (), twice, without)
            return crew.ask(question, _WALL * question.cpu)

        cause = likely(ask)
        return error if cause is None else NondeterminismError(error.what, cause)

    def _question(
        self,
        saved: Sequence[SavedSchedule],
        hosts: Sequence[str | None],
        cpu: float,
        expected: Sequence[Imprint],
        twice: bool = False,
        without: Without = "",
    ) -> Question:
        return Question(
            files=tuple(encode(each) for each in saved),
            hosts=tuple(hosts),
            expected=tuple(expected),
            path=self._path,
            folder=os.getcwd(),
            cpu=self.least + int(_TIMES * cpu),
            judged=self._judged,
            twice=twice,
            without=without,
            warnings=current(),
        )


@contextmanager
def others(scenario: Scenario, name: str | None = None, *, judged: bool = True) -> Iterator[Others]:
    """Three other processes for a scenario; ``name`` is what files call it. Those that cannot import it are not begun."""
    try:
        by_file, _ = named(scenario)
        home = home_of(name or by_file)
    except ScenarioError as error:
        yield Others(None, str(error), None, judged)
        return
    with mustered() as crew:
        yield Others(crew, crew.trouble, home, judged)


def _hosts(runs: Sequence[Run]) -> tuple[str | None, str | None]:
    """The other host, and why it could not be asked."""
    host = None
    for done in runs:
        host = other_host(done.setup)
        if host is None:
            continue
        try:
            differs = disagreement(done, host)
        except SplitbrainError as error:
            return host, str(error)
        if differs is not None:
            raise NondeterminismError(f"the same schedule ran on the {host} host, and that {differs}", HOST)
    return host, None


def _difference(done: Run, there: Result, where: str) -> str:
    place = there.place or 0
    return f"the same schedule ran {where}, and event {place + 1} differs: here {shown(done, place)}, there {there.event}"


def _verdicts(done: Run, there: Result, where: str) -> str:
    return (
        f"the same schedule ran {where}, and the same events happened, but {_fingerprint(done) or 'nothing'} broke here, "
        f"and {there.fingerprint or 'nothing'} there"
    )


def _fingerprint(done: Run) -> str | None:
    return None if done.violation is None else done.violation.fingerprint
