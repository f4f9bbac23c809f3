"""One example of a Hypothesis search: its world, and what can be done in it now. The rules are the machine's."""

from __future__ import annotations

import sys
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine

from splitbrain.actions import Action
from splitbrain.errors import SplitbrainError
from splitbrain.node import NodeId
from splitbrain.scenario import Scenario
from splitbrain.search.tally import Tally
from splitbrain.testing.simulation import Simulation
from splitbrain.world.power import crashable, why_too_few
from splitbrain.world.run import Setup


class Example(RuleBasedStateMachine):
    """A state machine without rules: it opens a world, applies actions to it, and ends it with a last storm."""

    scenario: ClassVar[Scenario]
    host: ClassVar[str]
    keep: ClassVar[bool] = False  # True: keep the trace, for rules that look at `world.events`
    tally: ClassVar[Tally | None] = None

    def __init__(self) -> None:
        super().__init__()
        self._simulation: Simulation | None = None
        self._last_storm = 0

    @property
    def world(self) -> Simulation:
        """The cluster of this example."""
        if self._simulation is None:
            raise SplitbrainError("the cluster is not set up yet, since @initialize rules run in any order; use a @rule instead")
        return self._simulation

    @property
    def actions(self) -> tuple[Action, ...]:
        """The schedule so far."""
        return () if self._simulation is None else self._simulation.actions

    def apply(self, action: Action) -> Action:
        """Apply one action, and record it. Raises `NotEnabled` when it cannot happen now."""
        return self.world.apply(action)

    def open(self, setup: Setup, last: int) -> None:
        """Begin the example's run, which is to end with a storm of up to ``last`` actions."""
        self._last_storm = last
        self._simulation = Simulation(setup, keep=self.keep)

    def teardown(self) -> None:
        """End the example with its last storm, and close the world."""
        if self._simulation is None:
            return
        try:
            # Most of Hypothesis' examples are others with some late part changed, so that a deep storm at the
            # beginning would only be repeated: at the end it begins somewhere new.
            if sys.exc_info()[0] is None:
                self._simulation.storm(self._last_storm, seed=0)
        finally:
            self._simulation.close()

    # What is enabled

    def _can(self, *kinds: type[Action]) -> bool:
        """Whether any action of these kinds is enabled."""
        return any(True for _ in self.world.enabled(*kinds))

    def _do(self, place: int, *kinds: type[Action]) -> None:
        """One of the actions of these kinds that are enabled."""
        self.apply(pick(list(self.world.enabled(*kinds)), place))

    def _clients(self) -> list[NodeId]:
        """Whom a client may ask now."""
        world = self.world
        return [each.id for each in world.cluster.clients() if each.idle()] if world.requests < self.scenario.requests else []

    def _waiting(self) -> list[str]:
        """The sessions that wait for an answer, and may give up."""
        history = self.world.history
        sessions = [each for each in history.sessions() if each not in history.replaced]
        return [each for each in sessions if history.of_session(each)[-1].outcome == "unknown"]

    def _may_calm(self) -> bool:
        nodes, cluster = self.world.nodes, self.world.cluster
        if not self.scenario.calm_bound or why_too_few(cluster, nodes) is not None:
            return False
        return self.scenario.may_progress(nodes, len(nodes), cluster.options)

    def _kept(self, node: NodeId, keep: int) -> int:
        """How many of its unsynced writes a node may keep in a crash, of so many."""
        return keep if self.world.cluster.processes[node].quota.budget.torn else 0

    def _arriving(self, more: st.DataObject | None) -> int:
        """How many messages still arrive; nothing is drawn where links are no connections, or who calls the rule draws nothing."""
        return 0 if more is None or self.world.scenario.links != "streams" else more.draw(st.integers(0, 3))

    def _may_crash_inside(self) -> bool:
        return any(process.quota.budget.mid_handler for process in crashable(self.world.cluster))


def pick(items: Any, place: int) -> Any:
    """One of them."""
    return items[place % len(items)]
