"""The search of weakened worlds: which of them do the user's invariants notice?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from splitbrain.actions import Action
from splitbrain.dice import Dice
from splitbrain.doctor.weakenings.disks import DISK, SYNC
from splitbrain.doctor.weakenings.links import ORDER, TWICE
from splitbrain.doctor.weakenings.records import Notice, Row, Weakened
from splitbrain.doctor.weakenings.voters import VOTERS
from splitbrain.doctor.weakenings.weakening import Weakening
from splitbrain.errors import EncodingError, ScenarioError
from splitbrain.events import Crashed, Observed
from splitbrain.invariant import EVENTS, KeepsContract, awaited
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.stopwatch import Deadline
from splitbrain.trace.encoding import encode
from splitbrain.world.run import Run, Setup, run

WEAKENINGS = (SYNC, DISK, TWICE, ORDER, VOTERS)
RUNS = 1_000
SECONDS = 5.0
_CONTRACT = KeepsContract.__name__


def weakened(
    scenario: Scenario, *, seed: int = 0, runs: int = RUNS, seconds: float | None = SECONDS, host: str | None = None
) -> Weakened:
    """Search the world of ``scenario`` as it is, and weakened in each way; say what its own invariants notice.

        print(*weakened(MAJORITY).told(), sep="\\n")

    runs, seconds: the budget of each of the searches; seconds are of CPU, and where they are None no clock ends any, so that equal
    seeds give equal answers. An invariant that breaks in the world as it is is asked nothing more. Raises `ScenarioError` where the
    scenario cannot be run.
    """
    expect_scenario("weakened", scenario)
    examination = _Examination(scenario, seed, runs, seconds, scenario.hosted(host))
    broken = examination.as_it_is()
    rows = tuple(examination.row(weakening) for weakening in WEAKENINGS)
    judges = tuple(name for name, _ in scenario.judges if name != _CONTRACT)
    return Weakened(scenario.name, rows, judges, broken, examination.unheard())


@dataclass
class _Examination:
    scenario: Scenario
    seed: int
    runs: int
    seconds: float | None
    host: str
    muted: tuple[str, ...] = ()  # what breaks in the world as it is
    heard: Counter[type] = field(default_factory=Counter)  # how often each type of observation was made, in all searches

    def as_it_is(self) -> tuple[Notice, ...]:
        """What breaks without any weakening: each is muted, and the search goes on without it."""
        broken: list[Notice] = []
        while (notice := self._search().next()) is not None:
            broken.append(notice)
            self.muted = (*self.muted, notice.invariant)
        return tuple(broken)

    def row(self, weakening: Weakening) -> Row:
        """What comes of one weakening."""
        why_not = weakening.pointless(self.scenario)
        if why_not is not None:
            return Row(weakening.name, weakening.says, why_not)
        search = self._search(weakening)
        notice = search.next()
        if notice is not None and notice.invariant == _CONTRACT:
            search.node = search.node or notice
            search.mute(_CONTRACT)
            notice = search.next()
        why_not = None if search.felt else weakening.unfelt
        return Row(weakening.name, weakening.says, why_not, notice, search.node, search.runs, search.steps, search.cut)

    def _search(self, weakening: Weakening | None = None) -> _Search:
        return _Search(self, weakening)

    def unheard(self) -> dict[str, tuple[str, ...]]:
        """The invariants, by name, none of whose observations anybody ever made."""
        said = [kind for kind, count in self.heard.items() if count and kind not in EVENTS]
        found = {}
        for each in self.scenario.monitor().invariants:
            kinds = awaited(each)
            if kinds and not any(Observed in kinds or issubclass(kind, kinds) for kind in said):
                found[type(each).__name__] = tuple(kind.__name__ for kind in kinds)
        return found


class _Search:
    """One search, of the world as it is or of a weaker one: run after run, until something breaks or the budget is used up.

    felt: whether a run of the weaker world was one that the world as it is cannot have. node: a factory that refused to make nodes
    of a weaker world. cut: whether the clock ended it.
    """

    def __init__(self, examination: _Examination, weakening: Weakening | None) -> None:
        self._examination = examination
        self._weakening = weakening
        self._deadline = None if examination.seconds is None else Deadline(examination.seconds, cpu=True)
        self.runs = self.steps = 0
        self.felt = False
        self.cut = False
        self.node: Notice | None = None
        self._muted: tuple[str, ...] = ()
        self.mute(*examination.muted)

    def mute(self, *names: str) -> None:
        """Go on without these invariants."""
        examination, weakening = self._examination, self._weakening
        self._muted = (*self._muted, *names)
        self._plain = plain = _without(examination.scenario, self._muted)
        if plain is None:
            self._portfolio = None
        elif weakening is None:
            self._portfolio = Portfolio(plain, host=examination.host)
        else:
            self._portfolio = Portfolio(weakening.scenario(plain), host=examination.host, setups=weakening.setups)

    def next(self) -> Notice | None:
        """What breaks next; None where nothing does, within the budget, or nobody is left to judge."""
        while self._portfolio is not None and self.runs < self._examination.runs:
            self.runs += 1
            done = self._run(self._portfolio)
            if done is not None and done.violation is not None:
                self.felt = True
                return Notice(done.violation.invariant, self.runs, done.violation.summary)
            if self._deadline is not None and self._deadline.passed():
                self.cut = True
                break  # that run may have ended in the midst of an action
            if done is not None and not self.felt and self._weakening is not None:
                self.felt = self._differs(done)
        return None

    def _run(self, portfolio: Portfolio) -> Run | None:
        try:
            done = portfolio.run(Dice(f"{self._examination.seed}/{self.runs}"), self._deadline).run
        except ScenarioError as error:
            if self._weakening is None:
                raise
            # It does not happen in the world as it is: its nodes do not put up with the other one.
            self.felt, self.node = True, self.node or Notice(_CONTRACT, self.runs, str(error))
            return None
        self.steps += len(done.actions)
        self._examination.heard.update(done.heard)
        return done

    def _differs(self, weak: Run) -> bool:
        """Whether nodes go another way in the world as it is, under the same schedule."""
        assert self._plain is not None
        setup = weak.setup
        plain = Setup(self._plain, setup.size, setup.options, setup.seed, setup.host)
        try:
            return _deeds(setup, weak.actions) != _deeds(plain, weak.actions)
        except EncodingError:
            return True


def _deeds(setup: Setup, schedule: Sequence[Action]) -> tuple[str | None, list[bytes]]:
    """All that happens but what crashes undo, of which nobody may have taken notice; and what is not possible."""
    done = run(setup, schedule, keep=True)
    return done.stopped, encode([event for event in done.events if type(event) is not Crashed], setup.scenario.show)


def _without(scenario: Scenario, muted: tuple[str, ...]) -> Scenario | None:
    """The same without these judges; None where no other is left."""
    names = {name for name, _ in scenario.judges}
    return scenario.judged(without=tuple(name for name in muted if name in names)) if names - set(muted) else None
