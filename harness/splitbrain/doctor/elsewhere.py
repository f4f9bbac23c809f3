"""Whether a scenario's nodes do in other processes, under other hash seeds, and on the other host what they do here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from splitbrain.actions import Action
from splitbrain.catalogue.museum import named
from splitbrain.elsewhere.confirmation import Confirmation, Others, others
from splitbrain.elsewhere.determinism import check
from splitbrain.elsewhere.pythons import Interpreter, abroad
from splitbrain.errors import EncodingError, NondeterminismError, ScenarioError, ScheduleError
from splitbrain.scenario import Scenario
from splitbrain.schedule.file import SavedSchedule
from splitbrain.schedule.header import Header
from splitbrain.stopwatch import Stopwatch
from splitbrain.world.run import Run, Setup


@dataclass
class Elsewhere:
    """Runs that were tried here twice, to be tried elsewhere once: those of ``scenario``, without its invariants.

    difference: the first, with its likely cause. confirmation: what agrees, where there is none, as far as it could be asked.
    """

    scenario: Scenario
    difference: NondeterminismError | None = None
    confirmation: Confirmation | None = None
    _alike: list[Run] = field(default_factory=list)
    _unlike: tuple[Setup, Sequence[Action], NondeterminismError] | None = None
    _watch: Stopwatch = field(default_factory=Stopwatch)

    def check(self, setup: Setup, actions: Sequence[Action]) -> None:
        """Run it twice here. Raises what `splitbrain.elsewhere.determinism.check` does, but for a difference: that is kept."""
        try:
            self._alike.append(check(setup, actions))
        except NondeterminismError as error:
            self._unlike = self._unlike or (setup, actions, error)

    def conclude(self) -> None:
        """Run all that were alike elsewhere, and on the other host; or the first that was not, to find out why."""
        try:
            with others(self.scenario, judged=False) as asked:
                self._ask(asked)
        except NondeterminismError as error:
            self.difference = error
        except (EncodingError, ScheduleError):
            pass  # what cannot be encoded, or saved, is a problem of its own

    def _ask(self, asked: Others) -> None:
        cpu = self._watch.cpu()
        if self._unlike is not None:
            setup, actions, error = self._unlike
            raise asked.explained(error, self._saved(setup, actions), setup.host, cpu)
        self.confirmation = asked.compare(self._files(), self._alike, cpu)

    @property
    def note(self) -> str | None:
        """Why other processes, or the other host, could not be asked."""
        asked = self.confirmation
        if asked is None:
            return None
        processes = None if asked.trouble is None else f"hash seeds: not confirmed in another process: {asked.trouble}"
        host = None if asked.unasked is None else f"the {asked.host} host could not be asked: {asked.unasked}"
        return "; ".join(each for each in (processes, host) if each is not None) or None

    def travel(self, pythons: Sequence[Interpreter]) -> str | None:
        """Run all that were alike under other Pythons, too. Returns why that could not be; a difference is kept."""
        if not pythons or not self._alike:
            return None
        try:
            with abroad(self.scenario, pythons) as asked:
                return asked.disagree(self._files(), self._alike, self._watch.cpu())
        except NondeterminismError as error:
            self.difference = error
        except (EncodingError, ScheduleError) as error:
            return str(error)
        return None

    def _files(self) -> list[SavedSchedule]:
        return [self._saved(done.setup, done.actions) for done in self._alike]

    def _saved(self, setup: Setup, actions: Sequence[Action]) -> SavedSchedule:
        try:
            name, bug = named(self.scenario)
        except ScenarioError:
            name, bug = self.scenario.name, None  # nobody else is asked
        header = Header(scenario=name, bug=bug, size=setup.size, options=dict(setup.options), seed=setup.seed)
        return SavedSchedule(header, tuple(actions))
