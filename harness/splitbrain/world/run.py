"""The one idea: ``run(setup, schedule) -> Run``. The schedule is the only input, the trace the only output."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from splitbrain.actions import Action
from splitbrain.cluster.host.direct import AsyncNodeError
from splitbrain.errors import NotEnabled
from splitbrain.events import Event
from splitbrain.invariant import Violation
from splitbrain.scenario import Scenario
from splitbrain.world.world import World


@dataclass(frozen=True)
class Setup:
    """What a schedule is for: a scenario, a cluster size, the values of its options, and the seed that orders async tasks."""

    scenario: Scenario
    size: int
    options: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0

    def world(self, host: str = "direct", *, keep: bool = False, lenient: bool = False) -> World:
        """A fresh world of this setup."""
        return World(self.scenario, self.size, self.options, host=host, keep=keep, seed=self.seed, lenient=lenient)


def host_for(scenario: Scenario) -> str:
    """The direct host where it can run the nodes: it is the faster one, and any number of its worlds can be open."""
    try:
        World(scenario, keep=False, check=False).close()
    except AsyncNodeError:
        return "trio"
    return "direct"


@dataclass(frozen=True)
class Run:
    """What came of a run.

    actions: the actions as they happened, up to the one that completed the violation. skipped: how many were not enabled.
    events: the trace, where it was kept. stopped: why a strict run could not go on, and at which action (from 1).
    """

    setup: Setup
    actions: tuple[Action, ...]
    events: list[Event]
    violation: Violation | None
    skipped: int = 0
    stopped: str | None = None
    counts: Counter[str] = field(default_factory=Counter)


def run(setup: Setup, schedule: Iterable[Action], *, host: str = "direct", keep: bool = False, lenient: bool = False) -> Run:
    """Apply ``schedule`` to a fresh world until it ends or an invariant breaks.

    Strict: the first action that is not enabled ends the run (`Run.stopped`). Lenient: such an action is skipped, and a
    message that is not in flight falls back to the nearest like it on the same link.
    """
    done: list[Action] = []
    skipped = 0
    stopped = None
    with setup.world(host, keep=keep, lenient=lenient) as world:
        recorder, apply = world.recorder, world.apply
        if recorder.violation is None:
            for action in schedule:
                try:
                    done.append(apply(action))
                except NotEnabled as refusal:
                    if not lenient:
                        stopped = str(refusal)
                        break
                    skipped += 1
                    continue
                if recorder.violation is not None:
                    break
        return Run(setup, tuple(done), recorder.events, recorder.violation, skipped, stopped, recorder.counts())
