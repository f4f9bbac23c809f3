"""An examination of a scenario: whether it is fit to be hunted, and how well a hunt would exercise it."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from splitbrain.dice import Dice
from splitbrain.doctor.aliasing import failure
from splitbrain.doctor.examination.escapes import Escape, Escapes
from splitbrain.doctor.examination.exercise import Exercise, exercise
from splitbrain.doctor.examination.lines import Lines
from splitbrain.doctor.examination.source import Source
from splitbrain.doctor.examination.speed import Samples, Speed, speed
from splitbrain.doctor.examination.traffic import Traffic
from splitbrain.doctor.trial import Trial
from splitbrain.doctor.weakenings.records import Weakened
from splitbrain.doctor.weakenings.weakened import weakened
from splitbrain.elsewhere.confirmation import Confirmation
from splitbrain.elsewhere.pythons import interpreters
from splitbrain.errors import NondeterminismError, SplitbrainError
from splitbrain.events import Failed
from splitbrain.invariant import EVENTS
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.stopwatch import Deadline, Stopwatch
from splitbrain.world.run import Run, run

SECONDS = 20.0  # of CPU, if nothing else is said
_ATTACKS, _LINES, _ESCAPES = 0.2, 0.1, 0.15  # of these
_WEAKER = 0.08  # for each of half a dozen weaker worlds at most
_MOST_LINES, _MOST_ESCAPES = 100, 15  # runs: those in which lines and calls are looked at take three times, and ten times, as long
_KEPT = 400  # runs


@dataclass(frozen=True)
class Examination:
    """What was found out.

    host: what can run the nodes; None where they cannot even be made, and then there is nothing else. tried: how much of what.
    problems: where the contract is broken, and notes. difference: the first between runs of one schedule; confirmation: who
    agrees with this process, where there is none; pythons: the versions of others that were asked, and unasked: why they could
    not be. weakened: what the invariants noticed of weaker worlds. failed: why there were no attacks, or not
    all; unweakened: why there are no weaker worlds.
    """

    scenario: Scenario
    seed: int
    host: str | None
    tried: Counter[str]
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    difference: NondeterminismError | None = None
    confirmation: Confirmation | None = None
    pythons: tuple[str, ...] = ()
    unasked: str | None = None
    speed: Speed | None = None
    escapes: tuple[Escape, ...] = ()
    exercise: Exercise | None = None
    weakened: Weakened | None = None
    failed: str | None = None
    unweakened: str | None = None

    @property
    def fit(self) -> bool:
        """Whether nothing is wrong."""
        hollow = self.weakened is not None and self.weakened.problems
        return self.difference is None and not self.problems and not hollow


Tell = Callable[[str], None]


def examine(
    scenario: Scenario,
    *,
    seed: int = 0,
    seconds: float = SECONDS,
    runs: int | None = None,
    progress: Tell = lambda _: None,
) -> Examination:
    """Examine a scenario; of equal seeds and ``runs`` all comes out alike but the times.

    seconds: of CPU, about, for all of it. runs: attack so many times, whatever that takes. progress is told what is begun. Raises
    `ScenarioError` for what is no scenario.
    """
    expect_scenario("examine", scenario)
    return _Examiner(scenario, seed, seconds, runs, progress).examination()


@dataclass
class _Examiner:
    scenario: Scenario
    seed: int
    seconds: float
    runs: int | None
    progress: Tell
    attacks: deque[Run] = field(default_factory=lambda: deque(maxlen=_KEPT))
    coverage: Counter[str] = field(default_factory=Counter)
    said: set[type] = field(default_factory=set)
    answered: int = 0
    failed: str | None = None
    unweakened: str | None = None

    def examination(self) -> Examination:
        """One part after the other."""
        self.progress("the contract, and what other processes make of it")
        trial = Trial(self.scenario, self.seed)
        trial.go()
        notes = trial.notes()
        if trial.host is None:
            return Examination(self.scenario, self.seed, None, trial.counts, trial.problems.told())
        pythons = interpreters(self.scenario) if trial.elsewhere.difference is None else []
        unasked = trial.elsewhere.travel(pythons)
        self.progress("how fast it runs")
        pace = self._attack(Portfolio(self.scenario))
        for each in self.attacks:
            if each.violation is not None and isinstance(each.violation.evidence[0], Failed):
                trial.problem(failure(each.violation.evidence[0]))
        self.progress("which of its code runs, and what that calls")
        source = Source(type(trial.made[0][1]))
        lines, escapes, traffic = Lines(source), Escapes(), Traffic()
        self._again(lines, _LINES, _MOST_LINES, traffic)
        self._again(escapes, _ESCAPES, _MOST_ESCAPES)
        weaker = self._weakened()
        for error in (self.failed, self.unweakened):  # of an invariant, say, of which the contract knows nothing
            if error is not None and not any(error in each for each in trial.problems):
                trial.problem(error)
        return Examination(
            self.scenario,
            self.seed,
            trial.host,
            trial.counts,
            trial.problems.told(),
            notes,
            trial.elsewhere.difference,
            trial.elsewhere.confirmation,
            tuple(each.version for each in pythons),
            unasked,
            pace,
            escapes.found,
            exercise(self.scenario, source, lines, traffic, self.coverage, self.said, self.answered),
            weaker,
            self.failed,
            self.unweakened,
        )

    def _weakened(self) -> Weakened | None:
        self.progress("what the invariants notice of weaker worlds")
        try:
            if self.runs is not None:
                return weakened(self.scenario, seed=self.seed, runs=self.runs, seconds=None)
            return weakened(self.scenario, seed=self.seed, seconds=_WEAKER * self.seconds)
        except SplitbrainError as error:
            self.unweakened = str(error)
            return None

    def _attack(self, portfolio: Portfolio) -> Speed:
        """As a hunt does, but for what breaks, which does not end it."""
        deadline = None if self.runs is not None else Deadline(_ATTACKS * self.seconds, cpu=True)
        samples, watch, number, steps = Samples(), Stopwatch(), 0, 0
        with samples:
            while number != self.runs and not (deadline is not None and deadline.passed()):
                number += 1
                try:
                    done = portfolio.run(Dice(f"{self.seed}/{number}"), deadline).run
                except SplitbrainError as error:
                    self.failed = str(error)
                    break
                steps += len(done.actions)
                self._count(done)
        return speed(samples, number, steps, watch.cpu(), watch.seconds())

    def _count(self, done: Run) -> None:
        self.attacks.append(done)
        self.coverage.update(done.counts)
        self.said |= {kind for kind, count in done.heard.items() if count and kind not in EVENTS}
        self.answered += done.history.outcomes()["answered"]

    def _again(self, watching: Lines | Escapes, share: float, most: int, traffic: Traffic | None = None) -> None:
        """Repeat attacks, from the last one on, under an eye; those get far."""
        deadline = None if self.runs is not None else Deadline(share * self.seconds, cpu=True)
        for done in list(reversed(self.attacks))[:most]:
            with suppress(SplitbrainError), watching:  # a scenario that raises has said so
                again = run(done.setup, done.actions, keep=traffic is not None)
                if traffic is not None:
                    traffic.look(again.events)
            if deadline is not None and deadline.passed():
                break
