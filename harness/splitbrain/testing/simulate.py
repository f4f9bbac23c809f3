"""`@simulate`: for people who think in tests. The function tells a story; it runs many times, under other dice each time."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from splitbrain.declared.fields import is_count
from splitbrain.dice import Dice
from splitbrain.errors import SplitbrainError
from splitbrain.nemesis.draw import draw_setup
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.search.tally import Tally
from splitbrain.stopwatch import Stopwatch
from splitbrain.testing import profiles
from splitbrain.testing.broken import Broken
from splitbrain.testing.simulation import Simulation
from splitbrain.testing.verdict import conclude, counterexample_found, current_test

_LAST = 30  # actions that a failing test's note shows


def simulate(
    scenario: Scenario,
    *,
    runs: int | None = None,
    host: str | None = None,
    seed: int | None = None,
    may_be_idle: bool = False,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Run a test many times, each time on a fresh world of ``scenario``, its `Simulation`:

        @simulate(RAFT)
        def test_an_isolated_leader_is_replaced(world):
            world.storm(200)
            world.heal()
            world.calm()
            assert world.observed(Led)

    Cluster size, options and storms are drawn anew for each run; further parameters are pytest's fixtures. When an
    invariant breaks, the schedule is saved, shrunk and shown, whatever the body catches, or raises besides; when the body itself
    fails, its error says after which schedule.

    runs: how often (100 times; more in splitbrain-nightly). host: left out, the direct host where it can run the nodes.
    seed: of all dice; left out, it is fixed in splitbrain-ci, else fresh. may_be_idle: do not fail when one of
    ``scenario.progress`` never happened. only, without: names of the invariants that alone judge, or do not: see
    `Scenario.judged`.
    """
    expect_scenario("@simulate", scenario)
    scenario = scenario.judged(only, without)
    if host is not None:
        scenario.hosted(host)
    if runs is not None and not is_count(runs, 1):
        raise SplitbrainError(f"@simulate(..., runs={runs!r:.80}): a test that never runs passes; give at least 1, or leave it out")

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        if inspect.iscoroutinefunction(test) or inspect.isasyncgenfunction(test):
            raise SplitbrainError(f"@simulate on async {test.__name__}: a world is driven from a plain function; write `def`")
        if inspect.isgeneratorfunction(test):
            raise SplitbrainError(
                f"@simulate on {test.__name__}: it has a `yield`, so that calling it runs none of it; "
                "put what comes before and after the test into a fixture"
            )
        signature = inspect.signature(test)
        parameters = [each for each in signature.parameters.values() if each.name != "world"]
        if len(parameters) == len(signature.parameters):
            raise SplitbrainError(
                f"@simulate on {test.__name__}(): it has no parameter `world`; write `def {test.__name__}(world)`"
            )

        @wraps(test)
        def search(*arguments: Any, **fixtures: Any) -> None:
            __tracebackhide__ = True
            tally = Tally(scenario, profiles.seed() if seed is None else seed)
            watch = Stopwatch()
            for number in range(1, (profiles.simulations() if runs is None else runs) + 1):
                broken = _run(test, tally, number, host or scenario.host, arguments, fixtures)
                if broken is not None:
                    tally.seconds = watch.seconds()
                    found = broken.found
                    where = current_test(f"{test.__module__}.{test.__qualname__}")
                    how = f"{where}, seed {tally.seed}, run {number}, which had {len(found.actions)} actions"
                    raise counterexample_found(found, tally, how, broken.raised)
            tally.seconds = watch.seconds()
            if not may_be_idle:
                conclude(tally)

        # Pytest reads the signature to find fixtures, and `world` is none.
        search.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
        return search

    return decorate


def _run(
    test: Callable[..., None], tally: Tally, number: int, host: str, arguments: tuple[Any, ...], fixtures: dict[str, Any]
) -> Broken | None:
    """Run the body once; returns what broke, if anything."""
    __tracebackhide__ = True
    dice = Dice(f"{tally.seed}/{number}")
    setup = draw_setup(tally.scenario, dice, host)
    try:
        world = Simulation(setup, seed=dice.seed())
    except Broken as broken:
        return broken
    try:
        with world.deciding(tally):
            test(*arguments, world=world, **fixtures)
    except Broken as broken:
        return broken
    except Exception as error:
        error.add_note(_note(world, tally, number))
        raise
    return None


def _note(world: Simulation, tally: Tally, number: int) -> str:
    setup, actions = world.setup, world.actions
    options = "".join(f", {name}={value!r}" for name, value in setup.options.items())
    first = max(len(actions) - _LAST, 0)
    head = (
        f"@simulate: run {number} of seed {tally.seed} (repeat with seed={tally.seed}), {setup.size} nodes{options}, "
        f"after {len(actions)} actions{f', the last {_LAST}' if first else ''}:"
    )
    return "\n".join([head, *(f"{place:>5}  {action}" for place, action in enumerate(actions[first:], first + 1))])
