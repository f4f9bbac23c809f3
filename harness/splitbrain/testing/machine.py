"""The Hypothesis state machine: Hypothesis chooses the cluster, single actions and storms; a storm is one of the strategies.

Single-action rules alone find nothing deep (a rule costs a hundred times what a step of a storm costs); storms
do. When an invariant breaks, the example ends; after its world is closed the engine, not Hypothesis, shrinks the schedule.
Its length is one short rule for each kind of action.
"""

from __future__ import annotations

import unittest
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from functools import cache
from typing import Any

from hypothesis import seed as use_seed
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule, run_state_machine_as_test

from splitbrain.actions import (
    Advance,
    Complete,
    Connect,
    Crash,
    Deliver,
    Disconnect,
    Drop,
    Duplicate,
    Fire,
    Operate,
    Resend,
    Restart,
)
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, SplitbrainError
from splitbrain.nemesis.moves import DEEPEST
from splitbrain.nemesis.partitions import draw_partition
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.search.tally import Tally
from splitbrain.stopwatch import Stopwatch
from splitbrain.testing import profiles
from splitbrain.testing.broken import Broken
from splitbrain.testing.example import Example, pick
from splitbrain.testing.verdict import conclude, counterexample_found, current_test
from splitbrain.world.run import Setup

profiles.register()

# Up to 24 bits Hypothesis draws evenly; larger numbers it would mostly draw small, and so often the same.
SEEDS = st.integers(0, (1 << 24) - 1)
PLACES = st.integers(0, (1 << 16) - 1)  # one of the enabled actions, modulo how many there are
STORMS = st.sampled_from((120, 250, 60, 30))
LAST_STORMS = st.sampled_from((500, 1_000, 250, 60))
_INPUTS = (Deliver, Fire, Restart, Complete, Resend, Operate)  # but for requests, which only the workload knows


class _TestCase:
    """``machine.TestCase``: what pytest and unittest collect."""

    def __get__(self, _: object, owner: type[ScenarioMachine]) -> type[unittest.TestCase]:
        return _test_case(owner)


class ScenarioMachine(Example):
    """Base of the machines that `state_machine` makes. Subclass one to add rules.

        class RaftMachine(state_machine(RAFT)):
            @rule(seed=SEEDS)
            def blackout(self, seed):
                for node in self.world.running:
                    self.world.crash(node)
                self.world.storm(20, seed)

        TestRaft = RaftMachine.TestCase

    ``rule`` is Hypothesis' own (`hypothesis.stateful`), and `SEEDS` a strategy that stands beside this class.

    In a rule, `self.world` is the `Simulation` (look at `nodes`, `running`, `enabled()`, `cluster.network.flight`), and
    `self.apply(action)` applies and records one action. Rules run after the cluster was set up; an ``@initialize`` of your
    own may run before. What clients do is in the rules `request`, `resend` and `give_up`.
    A subclass' `teardown` calls this one's. When an invariant breaks, that is what is told, whatever rules and `teardown` catch, or
    raise besides.
    """

    __test__ = False  # to pytest: collect `TestCase`, not the machine itself

    TestCase = _TestCase()  # type: ignore[assignment]

    # Storms

    @rule(steps=STORMS, seed=SEEDS)
    def storm(self, steps: int, seed: int) -> None:
        """Up to so many actions at random, under faults drawn from the seed."""
        self.world.storm(steps, seed)

    @precondition(lambda self: self._may_calm())
    @rule(seed=SEEDS)
    def calm(self, seed: int) -> None:
        """The fair phase."""
        self.world.calm(seed)

    # Single actions

    @precondition(lambda self: self._can(Deliver))
    @rule(place=PLACES)
    def deliver(self, place: int) -> None:
        """Deliver one of the messages that can be."""
        self._do(place, Deliver)

    @precondition(lambda self: self._can(Drop))
    @rule(place=PLACES)
    def drop(self, place: int) -> None:
        """Lose one of the messages in flight."""
        self._do(place, Drop)

    @precondition(lambda self: self._can(Duplicate))
    @rule(place=PLACES)
    def duplicate(self, place: int) -> None:
        """Double one of the messages in flight."""
        self._do(place, Duplicate)

    @precondition(lambda self: len(self.world.separable) > 1)
    @rule(seed=SEEDS)
    def partition(self, seed: int) -> None:
        """Cut links: one of the families in `splitbrain.nemesis.partitions`."""
        cut = draw_partition(Dice(seed), self.world.separable)
        if any(link not in self.world.cluster.network.cut_links for link in cut.links):
            self.apply(cut)

    @precondition(lambda self: self.world.cluster.network.cut_links)
    @rule()
    def heal(self) -> None:
        """Mend all links."""
        self.world.heal()

    @precondition(lambda self: self._can(Crash))
    @rule(place=PLACES, keep=st.integers(0, 3))
    def crash(self, place: int, keep: int) -> None:
        """Cut one node's power."""
        crash = pick(list(self.world.enabled(Crash)), place)
        self.world.crash(crash.node, self._kept(crash.node, keep))

    @precondition(lambda self: self._may_crash_inside() and self._can(*_INPUTS))
    @rule(place=PLACES, after=st.integers(0, DEEPEST), keep=st.integers(0, 3), more=st.data())
    def crash_inside(self, place: int, after: int, keep: int, more: st.DataObject | None = None) -> None:
        """Cut a node's power while it handles a message or a timer, or starts, or its disk answers."""
        inner = pick(list(self.world.enabled(*_INPUTS)), place)
        with suppress(NotEnabled):  # that node may not go down, or not in the midst of a handler
            self.apply(Crash(inner.actor, self._kept(inner.actor, keep), inner, after, self._arriving(more)))

    @precondition(lambda self: self._may_crash_inside() and self._clients())
    @rule(place=PLACES, after=st.integers(0, DEEPEST), keep=st.integers(0, 3), more=st.data())
    def crash_asked(self, place: int, after: int, keep: int, more: st.DataObject | None = None) -> None:
        """Cut a node's power while it handles a client's request."""
        node = pick(self._clients(), place)
        with suppress(NotEnabled):  # the same; or the workload has none just now
            self.world.crash_asked(node, after, self._kept(node, keep), self._arriving(more))

    @precondition(lambda self: self._can(Restart))
    @rule(place=PLACES)
    def restart(self, place: int) -> None:
        """Start one of the crashed nodes."""
        self._do(place, Restart)

    @precondition(lambda self: self._can(Fire))
    @rule(place=PLACES)
    def fire(self, place: int) -> None:
        """Let one of the armed timers go off."""
        self._do(place, Fire)

    @precondition(lambda self: self._clients())
    @rule(place=PLACES)
    def request(self, place: int) -> None:
        """Let a client ask one of the nodes for the workload's next command."""
        with suppress(NotEnabled):  # the workload may have none just now
            self.world.request(pick(self._clients(), place))

    @precondition(lambda self: self._can(Resend))
    @rule(place=PLACES)
    def resend(self, place: int) -> None:
        """Let a session ask again, one of the nodes."""
        self._do(place, Resend)

    @precondition(lambda self: self._clients() and self._waiting())
    @rule(place=PLACES, whose=PLACES)
    def give_up(self, place: int, whose: int) -> None:
        """Let a session give up, and a new one ask one of the nodes."""
        with suppress(NotEnabled):  # the workload may have nothing for it
            self.world.request(pick(self._clients(), place), replaces=pick(self._waiting(), whose))

    @precondition(lambda self: self._can(Disconnect))
    @rule(place=PLACES)
    def disconnect(self, place: int) -> None:
        """End one of the connections (of streams)."""
        self._do(place, Disconnect)

    @precondition(lambda self: self._can(Connect))
    @rule(place=PLACES)
    def connect(self, place: int) -> None:
        """Open one of the connections that ended."""
        self._do(place, Connect)

    @precondition(lambda self: self.scenario.operations and self.world.running)
    @rule(place=PLACES, which=PLACES)
    def operate(self, place: int, which: int) -> None:
        """Tell one of the nodes to do one of the scenario's operations."""
        with suppress(NotEnabled):  # there may be nothing to do just now
            self.world.operate(pick(self.world.running, place), pick(tuple(self.scenario.operations), which))

    @precondition(lambda self: self._can(Complete, Advance))
    @rule(place=PLACES)
    def complete(self, place: int) -> None:
        """Let one of the slow disks answer, or an async node's next deadline come."""
        self._do(place, Complete, Advance)


def state_machine(
    scenario: Scenario, *, host: str | None = None, only: Sequence[str] = (), without: Sequence[str] = ()
) -> type[ScenarioMachine]:
    """A Hypothesis state machine that attacks ``scenario``; let pytest collect its ``TestCase``:

        TestRaft = state_machine(RAFT).TestCase

    host: ``"direct"`` or ``"trio"``; left out, the direct host where it can run the nodes. A search in which one of
    ``scenario.progress`` never happened fails as vacuous. Budget and seeds come from the Hypothesis profile: see
    `splitbrain.testing.profiles`. only, without: names of the invariants that alone judge, or do not: see `Scenario.judged`.
    """
    expect_scenario("state_machine", scenario)
    scenario = scenario.judged(only, without)

    class _Machine(ScenarioMachine):
        @initialize(
            # As in a hunt: the sizes that stand first more often.
            size=st.sampled_from((*scenario.sizes[:1] * 3, *scenario.sizes[:3], *scenario.sizes)),
            options=st.fixed_dictionaries({name: st.sampled_from(values) for name, values in scenario.options.items()}),
            seed=SEEDS,
            last=LAST_STORMS,
        )
        def set_up(self, size: int, options: dict[str, Any], seed: int, last: int) -> None:
            """The cluster's size, the values of the scenario's options, a seed, and how long the last storm is."""
            self.open(Setup(scenario, size, {name: options[name] for name in scenario.options}, seed, self.host), last)

    _Machine.scenario, _Machine.host = scenario, scenario.hosted(host)
    _Machine.__name__ = _Machine.__qualname__ = f"{getattr(scenario.factory, '__name__', scenario.name)}Machine"
    _Machine.__doc__ = f"Attacks the scenario {scenario.name!r}."
    return _Machine


@cache
def _test_case(machine: type[ScenarioMachine]) -> type[unittest.TestCase]:
    if not hasattr(machine, "set_up"):
        raise SplitbrainError(
            f"{machine.__name__} has no cluster to attack: subclass what state_machine makes, and write "
            f"class {machine.__name__}(state_machine(SCENARIO))"
        )

    class TestCase(unittest.TestCase):
        settings = profiles.searching()

        def runTest(self) -> None:  # noqa: N802 - unittest's name
            """Search, within the settings' budget."""
            __tracebackhide__ = True
            search(machine, self.settings)

        runTest.is_hypothesis_test = True  # type: ignore[attr-defined]  # so that pytest shows Hypothesis' own reports

    TestCase.__name__, TestCase.__qualname__ = machine.__name__, f"{machine.__qualname__}.TestCase"
    TestCase.__module__ = machine.__module__
    return TestCase


def search(machine: type[ScenarioMachine], chosen: settings) -> None:
    """Run a machine until an invariant breaks or the budget is used up.

    Raises `CounterexampleFound`, `Vacuous` or `NondeterminismError`; what else a rule raises is Hypothesis' to report.
    """
    __tracebackhide__ = True
    budget = profiles.searching(chosen)
    tally = Tally(machine.scenario, profiles.seed())
    # A class made here has no source, so that Hypothesis goes by its name: each machine has its own seeds and database key.
    subject = type(machine.__name__, (machine,), {"tally": tally, "teardown": _decided(machine.teardown)})
    if not budget.derandomize and getattr(machine, "_hypothesis_internal_use_seed", None) is None:  # set by @seed
        use_seed(tally.seed)(subject)
        print(f"seed {tally.seed} (--hypothesis-seed={tally.seed} repeats this search)")
    watch = Stopwatch()
    broken = None
    try:
        run_state_machine_as_test(subject, settings=budget)
    except Broken as caught:
        broken = caught
    tally.seconds = watch.seconds()
    if broken is None:
        conclude(tally)
        return
    where = current_test(f"{machine.__module__}.{machine.__qualname__}")
    how = f"{where}, example {tally.runs}, {tally.steps} steps, in a run of {len(broken.found.actions)} actions"
    raise counterexample_found(broken.found, tally, how, broken.raised)


def _decided(teardown: Callable[[ScenarioMachine], None]) -> Callable[[ScenarioMachine], None]:
    """A machine's `teardown`, the last that Hypothesis calls, made to end as the example's world has, whatever rules raised."""

    def decided(self: ScenarioMachine) -> None:
        with nullcontext() if self._simulation is None or self.tally is None else self._simulation.deciding(self.tally):
            teardown(self)

    return decided
