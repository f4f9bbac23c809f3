"""A hunt: many walks, each with its own cluster, options, faults and rates, until one breaks an invariant or time is up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from harness.actions import Action
from harness.dice import Dice
from harness.invariant import Violation
from harness.nemesis.draw import draw_calm, draw_setup
from harness.nemesis.profile import Profile
from harness.nemesis.walk import Walk
from harness.run import Setup
from harness.scenario import Scenario
from harness.stopwatch import Stopwatch

_DEPTHS = (30, 60, 120, 250, 500, 1000, 2000)
_ENOUGH = 12  # failing runs to choose from
_FEWEST = 24  # walks to look for them, at least
_MOST = 2.0  # seconds of that, at most
_CALM = 0.3  # of the walks of a scenario that claims liveness end in a fair phase


@dataclass
class Hunt:
    """What a hunt did and found.

    coverage: how often each observation and each action occurred, by name. outcome: violation, clean or vacuous.
    interrupted: ``progress`` ended it early.
    """

    scenario: Scenario
    seed: int
    outcome: str = "clean"
    setup: Setup | None = None
    actions: tuple[Action, ...] = ()
    violation: Violation | None = None
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    seconds_to_violation: float | None = None
    interrupted: bool = False
    strategy: str | None = None
    coverage: Counter[str] = field(default_factory=Counter)

    @property
    def vacuous(self) -> bool:
        """Whether something of ``scenario.progress`` never happened in all these runs."""
        return self.runs > 0 and not all(self.coverage[kind.__name__] for kind in self.scenario.progress)


@dataclass(frozen=True)
class Found:
    """One walk that broke an invariant."""

    setup: Setup
    actions: tuple[Action, ...]
    violation: Violation
    strategy: str = "swarm"


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
    strategy: str | None = None,  # noqa: ARG001 - there is one alone, so far
) -> Hunt:
    """Walk until an invariant breaks, or ``seconds``, ``runs`` or ``steps`` are used up, or ``progress`` says so.

    Equal seeds walk equally. A hunt in which not all of ``scenario.progress`` was observed ends as vacuous, not as clean.
    """
    result = Hunt(scenario, seed)
    watch = Stopwatch()
    for found in walks(scenario, seed, result, host):
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
    """The first failing run at once, and then more like it where that is cheap: half as many walks again as finding it took."""
    yield first
    watch = Stopwatch()
    tally = Hunt(hunted.scenario, hunted.seed)
    most = max(hunted.runs // 2, _FEWEST)
    alike = 1
    for found in walks(hunted.scenario, hunted.seed, tally, host, after=hunted.runs):
        if found is not None and found.violation.fingerprint == first.violation.fingerprint:
            yield found
            alike += 1
        if tally.runs >= most or alike >= _ENOUGH or watch.seconds() >= _MOST:
            return


def walks(scenario: Scenario, seed: int, tally: Hunt, host: str = "direct", after: int = 0) -> Iterator[Found | None]:
    """An endless stream of walks: None for one that broke nothing. Each has a seed of its own; `tally` counts them."""
    number = after
    while True:
        number += 1
        # An own stream a walk: what one walk draws does not reshuffle the next.
        dice = Dice(f"{seed}/{number}")
        yield one_walk(scenario, dice, tally, host)


def one_walk(scenario: Scenario, dice: Dice, tally: Hunt, host: str = "direct") -> Found | None:
    """Draw a setup and a swarm profile, and walk."""
    setup = draw_setup(scenario, dice)
    with setup.world(host) as world:
        walk = Walk(world, Profile(), dice)
        walk.storm(dice.pick(_DEPTHS))
        if scenario.calm_bound and world.violation is None and dice.chance(_CALM):
            walk.actions.append(world.apply(draw_calm(scenario, dice, world)))
        tally.runs += 1
        tally.steps += world.step
        tally.coverage.update(world.recorder.counts())
        tally.coverage.update(exercised(walk.actions))
        if world.violation is None:
            return None
        return Found(setup, tuple(walk.actions), world.violation)


def exercised(actions: list[Action]) -> Counter[str]:
    """How often each kind of action was taken, by its word in a schedule."""
    return Counter(map(_word, map(type, actions)))


def _word(kind: type) -> str:
    return kind.__name__.lower()
