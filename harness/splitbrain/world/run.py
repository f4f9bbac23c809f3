"""The one idea: ``run(setup, schedule) -> Run``. The schedule is the only input, the trace the only output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from splitbrain.actions import Action
from splitbrain.errors import NotEnabled
from splitbrain.events import Event
from splitbrain.filed.arguments import check_operations
from splitbrain.filed.options import check_options
from splitbrain.invariant import Violation
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.trace.history import History
from splitbrain.world.world import World


@dataclass(frozen=True)
class Setup:
    """What a schedule is for: a scenario, a cluster size, the values of its options, and the seed that orders async tasks.

        setup = Setup(RAFT, 5, {"noop": True}, host="trio")
        with setup.world() as world:
            print(world.nodes, world.options)

    options: those left out have the scenario's first value. host: what runs the nodes, ``"direct"`` or ``"trio"``; left out, the
    direct host where it can, which is found out once, by making a node. Raises `ScenarioError` where none can be made, and for
    options with values that no schedule file can hold.
    """

    scenario: Scenario
    size: int
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    host: str | None = None
    worlds: ClassVar[type[World]] = World  # a kind of setup may have worlds of its own kind

    def __post_init__(self) -> None:
        expect_scenario("Setup", self.scenario)
        check_options(self.scenario)
        check_operations(self.scenario)
        object.__setattr__(self, "host", self.scenario.hosted(self.host))

    @property
    def nodes(self) -> tuple[str, ...]:
        """The names of its nodes."""
        return self.scenario.nodes(self.size)

    def world(self, *, keep: bool = False, lenient: bool = False) -> World:
        """A fresh world of this setup."""
        return self.worlds(self.scenario, self.size, self.options, host=self.host, keep=keep, seed=self.seed, lenient=lenient)


@dataclass(frozen=True)
class Found:
    """A failing run: what it takes to run it again, and what broke; found before it is minimised, minimal after.

    strategy: the one that found it, where one did.
    """

    setup: Setup
    actions: tuple[Action, ...]
    violation: Violation
    strategy: str | None = None

    def alike(self, violation: Violation | None) -> bool:
        """Whether ``violation`` is of the same kind: the same invariant, broken in the same way."""
        return violation is not None and violation.fingerprint == self.violation.fingerprint


@dataclass(frozen=True)
class Run:
    """What came of a run.

    actions: the actions as they happened, up to the one that completed the violation. events: the trace, where it was kept.
    idle: the places of those that were not enabled. stopped: why a strict run could not go on. counts: how often each
    observation was made, and what else was exercised, by name; heard: how many observations there were of each type, and events of
    those that an invariant looks at. sent: how many messages, and copies of them, were put in flight. history: what clients asked,
    and were told. undecided: the invariants that do not know whether it breaks them, and why; untested: those that it did not
    put to the test.
    """

    setup: Setup
    actions: tuple[Action, ...]
    events: list[Event]
    violation: Violation | None
    idle: tuple[int, ...] = ()
    stopped: str | None = None
    counts: Counter[str] = field(default_factory=Counter)
    sent: int = 0
    heard: Mapping[type, int] = field(default_factory=dict)
    history: History = field(default_factory=History)
    undecided: Mapping[str, str] = field(default_factory=dict)
    untested: Mapping[str, str] = field(default_factory=dict)

    @property
    def skipped(self) -> int:
        """How many actions were not enabled."""
        return len(self.idle)

    def found(self, strategy: str | None = None) -> Found | None:
        """The failing run that it is, if it is one."""
        return None if self.violation is None else Found(self.setup, self.actions, self.violation, strategy)


def run(setup: Setup, schedule: Iterable[Action], *, keep: bool = False, lenient: bool = False) -> Run:
    """Apply ``schedule`` to a fresh world until it ends or an invariant breaks.

        done = run(Setup(RAFT, 3), (Fire("n1", "election"), Deliver("n1", "n2", "RequestVote", 1)), keep=True)
        print(done.violation, len(done.events))

    keep: keep the trace, as `Run.events`. Strict: the first action that is not enabled ends the run (`Run.stopped`). Lenient:
    such an action is skipped, and a message that is not in flight falls back to the nearest like it on the same link. Raises
    `ScenarioError` where a function of the scenario's goes wrong.
    """
    done: list[Action] = []
    idle: list[int] = []
    stopped = None
    with setup.world(keep=keep, lenient=lenient) as world:
        for place, happened in follow(world, schedule):
            if not isinstance(happened, NotEnabled):
                done.append(happened)
            elif lenient:
                idle.append(place)
            else:
                stopped = str(happened)
                break
        recorder = world.recorder
        return Run(
            setup,
            tuple(done),
            recorder.events,
            recorder.violation,
            tuple(idle),
            stopped,
            recorder.counts(),
            world.network.sent,
            recorder.heard,
            world.history,
            recorder.undecided,
            recorder.untested,
        )


def follow(world: World, schedule: Iterable[Action]) -> Iterator[tuple[int, Action | NotEnabled]]:
    """Apply a schedule to a world until it ends or an invariant breaks.

    Yields for each action its place, from 0, and the action as it happened; or why it was not enabled, and whoever follows
    decides whether to go on.
    """
    recorder, apply = world.recorder, world.apply
    for place, action in enumerate(schedule):
        if recorder.violation is not None:
            return
        try:
            happened = apply(action)
        except NotEnabled as refusal:
            yield place, refusal
        else:
            yield place, happened
