"""The world: a table that says, for each kind of action, what it does, when it is enabled, and what the fault budget forbids."""

from __future__ import annotations

from collections.abc import Iterator

from splitbrain.actions import Action
from splitbrain.cluster.cluster import Cluster
from splitbrain.errors import NotEnabled
from splitbrain.world import calm, clients, connections, disks, links, messages, operations, power, timers
from splitbrain.world.deed import Deed, Plan


class World(Cluster):
    """A cluster under a nemesis, one action at a time. Use it as a context manager.

        with World(RAFT, 3) as world:
            for action in (Fire("n1", "election"), Deliver("n1", "n2", "RequestVote", 1)):
                world.apply(action)
            print(world.violation, list(world.enabled()))

    Its parameters are those of `Cluster`.
    """

    def apply(self, action: Action) -> Action:
        """Apply one action and let everything settle.

        Returns the action as it happened, which differs from ``action`` only in a lenient world. Raises `NotEnabled`,
        with nothing changed, when it cannot happen now; and `ScenarioError` when a function of the scenario's went wrong.
        """
        plan = prepare(self, action)
        if plan.due:
            self.clock.reach(plan.due)
        self.begin(plan.action)
        plan.happen()
        if self.recorder.error is not None:
            self.blame()
        return plan.action

    def enabled(self, *kinds: type) -> Iterator[Action]:
        """Every single action that is enabled now and that the fault budget allows, in a fixed order; of these kinds alone, if any.

        Partitions, crashes inside a handler and fair phases are composed from these by the nemesis; requests too, since only
        the workload knows what to ask.
        """
        for kind, deed in DEEDS.items():
            if not kinds or kind in kinds:
                yield from deed.enabled(self)


def prepare(cluster: Cluster, action: Action) -> Plan:
    """How the action would happen; where it comes in the midst of another, that one first. Raises `NotEnabled` where it cannot."""
    deed = DEEDS.get(type(action))
    if deed is None:
        raise NotEnabled(f"{action!r} is not an action")
    if deed.forbidden is not None:
        why = deed.forbidden(cluster, action)
        if why is not None:
            raise NotEnabled(f"cannot {action}: the fault budget of scenario {cluster.scenario.name!r} says that {why}")
    if action.input is action:
        return deed.prepare(cluster, action, None)
    if action.input.actor != action.actor:
        handler = action.input.actor or "no node"
        raise NotEnabled(f"cannot {action}: it is {handler} that handles the inner action")
    midst = prepare(cluster, action.input)
    plan = deed.prepare(cluster, action.with_input(midst.action), midst)  # type: ignore[arg-type]  # it stands in for an input
    return Plan(plan.action, plan.happen, midst.due)


DEEDS: dict[type, Deed] = {
    **messages.DEEDS,
    **links.DEEDS,
    **connections.DEEDS,
    **timers.DEEDS,
    **disks.DEEDS,
    **power.DEEDS,
    **clients.DEEDS,
    **operations.DEEDS,
    **calm.DEEDS,
}
