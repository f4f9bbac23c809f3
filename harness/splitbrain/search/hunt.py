"""A hunt: many runs, each with its own strategy, cluster, options and faults, until one breaks an invariant or time is up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from splitbrain.dice import Dice
from splitbrain.errors import SplitbrainError
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.search.tally import Tally
from splitbrain.stopwatch import Deadline, Stopwatch
from splitbrain.world.run import Found

HOSTS = ("direct", "trio")
_ENOUGH = 12  # failing runs to choose from
_FEWEST, _MOST = 15_000, 200_000  # steps to look for them: by the clock, a busy machine would end with another counterexample


@dataclass
class Hunted(Tally):
    """What a hunt did and found.

    outcome: violation, clean or vacuous. found: the failing run. interrupted: ``progress`` ended it early.
    """

    outcome: str = "clean"
    found: Found | None = None
    seconds_to_violation: float | None = None
    interrupted: bool = False


OnRun = Callable[[Hunted], bool]  # told of each run; returns whether the hunt is to stop


def hunt(
    scenario: Scenario,
    *,
    seed: int,
    seconds: float | None = None,
    runs: int | None = None,
    steps: int | None = None,
    host: str | None = None,
    progress: OnRun | None = None,
    strategy: str | None = None,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Hunted:
    """Attack until an invariant breaks, or ``seconds``, ``runs`` or ``steps`` are used up, or ``progress`` says so.

        hunted = hunt(RAFT, seed=1, steps=20_000)
        assert hunted.outcome == "clean", hunted.found

    seconds: of wall clock; where they are over, the run that is under way ends, too. steps: actions, of all runs together. progress
    is called after each run; it alone can end a hunt that has no limit. host: ``"direct"`` or ``"trio"``; left out, the direct host
    where it can run the nodes. strategy: one of `STRATEGIES`; left out, all of them, as the bandit shares the time. only, without:
    names of invariants, as `Scenario.judged` takes them.

    Equal seeds attack equally. A hunt in which not all of ``scenario.progress`` was observed, or nothing of what an invariant
    watches, or of no run of which one knew whether that breaks it, or by no run of which one was put to the test, ends as vacuous,
    not as clean. Raises `ScenarioError` where the
    scenario cannot be run, and `SplitbrainError` for a hunt that cannot be.
    """
    expect_scenario("hunt", scenario)
    _check(scenario, seed, host, progress, {"seconds": seconds, "runs": runs, "steps": steps})
    portfolio = Portfolio(scenario.judged(only, without), STRATEGIES if strategy is None else (strategy,), host)
    result = Hunted(portfolio.scenario, seed, portfolio=portfolio)
    watch = Stopwatch()
    for found in attacks(portfolio, result, deadline=None if seconds is None else Deadline(seconds)):
        result.seconds = watch.seconds()
        if found is not None:
            result.outcome, result.found, result.seconds_to_violation = "violation", found, result.seconds
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


def attacks(portfolio: Portfolio, tally: Tally, after: int = 0, deadline: Deadline | None = None) -> Iterator[Found | None]:
    """An endless stream of runs, from number ``after`` + 1 on: None for one that broke nothing. `tally` counts them.

    deadline: runs end where it comes, and from then on have hardly begun.
    """
    number = after
    while True:
        number += 1
        # An own stream a run: what one draws does not reshuffle the next.
        attack = portfolio.run(Dice(f"{tally.seed}/{number}"), deadline)
        done = attack.run
        tally.count(len(done.actions), done.counts, done.heard, attack.strategy, done.history, done.undecided, done.untested)
        yield done.found(attack.strategy)


def more_like(found: Found, tally: Tally, deadline: Deadline | None = None) -> Iterator[Found]:
    """More failing runs like ``found``, which ended the search that ``tally`` counted, where that is cheap: in as many steps."""
    portfolio = tally.portfolio or Portfolio(tally.scenario, host=found.setup.host)
    again = Tally(tally.scenario, tally.seed)
    most = min(max(tally.steps, _FEWEST), _MOST)
    alike = 1
    for other in attacks(portfolio, again, after=tally.runs, deadline=deadline):
        if other is not None and found.alike(other.violation):
            yield other
            alike += 1
        if again.steps >= most or alike >= _ENOUGH or (deadline is not None and deadline.passed()):
            return


def _check(scenario: Scenario, seed: object, host: object, progress: object, limits: dict[str, float | None]) -> None:
    """Refuse what would never end, never begin, or end in an error of Python's."""
    hunting = f"hunt({scenario.name})"
    if type(seed) is not int:
        raise SplitbrainError(f"{hunting}: seed={seed!r:.40} is no whole number, so nobody could repeat the hunt; pass seed=1, say")
    for name, limit in limits.items():
        whole = name != "seconds"
        if limit is not None and (type(limit) not in ((int,) if whole else (int, float)) or not limit > 0):
            raise SplitbrainError(
                f"{hunting}: {name}={limit!r:.40} is no budget: a hunt of so many would not even begin; "
                f"pass a {'whole ' if whole else ''}number above 0, or leave it out"
            )
    if progress is None and all(limit is None for limit in limits.values()):
        raise SplitbrainError(
            f"{hunting} has no budget, so that it would never end where nothing breaks; pass seconds=, runs= or steps="
        )
    if progress is not None and not callable(progress):
        raise SplitbrainError(f"{hunting}: progress={progress!r:.40} cannot be called; pass a function of what there is so far")
    if host is not None and host not in HOSTS:
        raise SplitbrainError(f"{hunting}: there is no host {host!r:.40}; pass {' or '.join(map(repr, HOSTS))}, or leave it out")
