"""A hunt: many runs, each with its own strategy, cluster, options and faults, until one breaks an invariant or time is up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from splitbrain.actions import Action
from splitbrain.dice import Dice
from splitbrain.invariant import Violation
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario
from splitbrain.stopwatch import Stopwatch
from splitbrain.world.run import Setup

_ENOUGH = 12  # failing runs to choose from
_FEWEST, _MOST = 15_000, 200_000  # steps to look for them: by the clock, a busy machine would end with another counterexample


@dataclass
class Hunt:
    """What a hunt did and found.

    coverage: how often each observation and each action occurred, by name. outcome: violation, clean or vacuous.
    strategy: the one that found the violation. shares: the steps that each took. interrupted: ``progress`` ended it early.
    """

    scenario: Scenario
    seed: int
    outcome: str = "clean"
    setup: Setup | None = None
    actions: tuple[Action, ...] = ()
    violation: Violation | None = None
    strategy: str | None = None
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    seconds_to_violation: float | None = None
    interrupted: bool = False
    coverage: Counter[str] = field(default_factory=Counter)
    shares: Counter[str] = field(default_factory=Counter)
    portfolio: Portfolio | None = None  # with what it learnt, for further runs

    @property
    def vacuous(self) -> bool:
        """Whether something of ``scenario.progress`` never happened in all these runs."""
        return self.runs > 0 and not all(self.coverage[kind.__name__] for kind in self.scenario.progress)


@dataclass(frozen=True)
class Found:
    """One run that broke an invariant, and the strategy that did it."""

    setup: Setup
    actions: tuple[Action, ...]
    violation: Violation
    strategy: str = ""


Progress = Callable[[Hunt], bool]  # returns whether the hunt is to stop


def hunt(
    scenario: Scenario,
    *,
    seed: int,
    seconds: float | None = None,
    runs: int | None = None,
    steps: int | None = None,
    host: str = "direct",
    progress: Progress | None = None,
    strategy: str | None = None,
) -> Hunt:
    """Attack until an invariant breaks, or ``seconds``, ``runs`` or ``steps`` are used up, or ``progress`` says so.

    strategy: one of `STRATEGIES`; None: all of them, as the bandit shares the time. Equal seeds attack equally. A hunt in which
    not all of ``scenario.progress`` was observed ends as vacuous, not as clean.
    """
    result = Hunt(scenario, seed)
    result.portfolio = Portfolio(scenario, STRATEGIES if strategy is None else (strategy,))
    watch = Stopwatch()
    for found in attacks(result.portfolio, seed, result, host):
        result.seconds = watch.seconds()
        if found is not None:
            result.outcome, result.seconds_to_violation = "violation", result.seconds
            result.setup, result.actions, result.violation = found.setup, found.actions, found.violation
            result.strategy = found.strategy
            return result
        result.interrupted = progress is not None and progress(result)
        if (
            result.interrupted
            or (seconds is not None and result.seconds >= seconds)
            or (runs is not None and result.runs >= runs)
            or (steps is not None and result.steps >= steps)
        ):
            break
    if result.vacuous:
        result.outcome = "vacuous"
    return result


def failures(hunted: Hunt, first: Found, *, host: str = "direct") -> Iterator[Found]:
    """The first failing run at once, and then more like it where that is cheap: in as many steps again as finding it took."""
    yield first
    tally = Hunt(hunted.scenario, hunted.seed)
    most = min(max(hunted.steps, _FEWEST), _MOST)
    alike = 1
    for found in attacks(hunted.portfolio or Portfolio(hunted.scenario), hunted.seed, tally, host, after=hunted.runs):
        if found is not None and found.violation.fingerprint == first.violation.fingerprint:
            yield found
            alike += 1
        if tally.steps >= most or alike >= _ENOUGH:
            return


def attacks(portfolio: Portfolio, seed: int, tally: Hunt, host: str = "direct", after: int = 0) -> Iterator[Found | None]:
    """An endless stream of runs: None for one that broke nothing. `tally` counts them."""
    number = after
    while True:
        number += 1
        # An own stream a run: what one draws does not reshuffle the next.
        done = portfolio.run(Dice(f"{seed}/{number}"), host)
        tally.runs += 1
        tally.steps += done.steps
        tally.coverage.update(done.coverage)
        tally.shares[done.strategy] += done.steps
        yield None if done.violation is None else Found(done.setup, done.actions, done.violation, done.strategy)
