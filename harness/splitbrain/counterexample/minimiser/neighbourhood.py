"""The search nearby: a bounded one among schedules like the best, for one that is shorter, or as short and plainer.

Its alphabet is what is enabled along the best schedule: one of those actions is put in, and one of the schedule's own left out.
What breaks the invariant in the same way and is as short is gone on from, the smallest form first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heappop, heappush
from typing import Any

from splitbrain.actions import Action, Advance, Calm, Complete, Connect, Deliver, Disconnect, Fire, Operate, Resend, Restart
from splitbrain.counterexample.minimiser.canonical import arrange, form
from splitbrain.counterexample.minimiser.outages import outages
from splitbrain.counterexample.minimiser.passes import leave_out_chunks
from splitbrain.counterexample.minimiser.shrinker import SMALL, Shrinker
from splitbrain.counterexample.minimiser.variations import exchanged, merged, other_options, swapped
from splitbrain.node import NodeId
from splitbrain.world.run import Setup, follow

_TURN = 150 * SMALL  # work around one schedule until it is another's turn
_OUTAGES = 2_000 * SMALL  # work on schedules in which a node loses its power in place of something else
_NEEDED = 4  # actions that become idle without one
_WORK = (Deliver, Fire, Restart, Complete, Advance, Resend, Operate, Disconnect, Connect)


def search_nearby(s: Shrinker) -> bool:
    """Returns whether a shorter one was found, which is now the best."""
    return _Neighbourhood(s).search()


def patience(length: int) -> int:
    """Work without improvement until the search ends: more where there is more to gain."""
    return SMALL * (500 + 60 * length + 4 * length * length)


class _Neighbourhood:
    def __init__(self, s: Shrinker) -> None:
        self.s = s
        self.seen: set[Any] = set()
        # The schedules to go on from: how many turns each has had, its form, and what is still to be tried around it.
        self.queue: list[tuple[int, Any, int, Iterator[bool]]] = []
        self.until = 0

    def search(self) -> bool:
        s = self.s
        self.until = s.budget.work + patience(len(s.best.actions))
        self.take(s.best.setup, s.best.actions)
        if self.other_setups():
            return True
        while self.queue and s.budget.work < self.until:
            turns, told, number, around = heappop(self.queue)
            enough = s.budget.work + _TURN
            for found in around:
                if found:
                    return True
                if s.budget.work > enough:
                    heappush(self.queue, (turns + 1, told, number, around))
                    break
        return False

    def take(self, setup: Setup, actions: Sequence[Action]) -> None:
        """Put a failing schedule that is as short as the best into the queue."""
        told = form(setup, actions)
        self.seen.add(told)
        heappush(self.queue, (0, told, len(self.seen), self.around(setup, tuple(actions))))

    def other_setups(self) -> bool:
        s = self.s
        actions = s.best.actions
        for setup, again in merged(s.best.setup, actions):
            if self.look(again, setup):
                return True
        if s.best.setup.scenario.sessions and self.with_outages():
            return True
        for setup in other_options(s.best.setup):
            found = s.failing(actions, setup)
            if found is not None and (s.accept("by another option", found) or self.without_one(found.actions, setup)):
                return True
        return False

    def with_outages(self) -> bool:
        s = self.s
        until = s.budget.work + _OUTAGES
        for setup, again in outages(s.best.setup, s.best.actions):
            if s.budget.work > until:
                return False
            found = s.failing(again, setup)
            if found is not None:
                other = s.fork(found)
                leave_out_chunks(other)
                if s.accept("by an outage", other.best):
                    return True
        return False

    def without_one(self, actions: tuple[Action, ...], setup: Setup) -> bool:
        count = len(actions) - (type(actions[-1]) is Calm)
        return any(self.s.attempt("by the search nearby", actions[:place] + actions[place + 1 :], setup) for place in range(count))

    def around(self, setup: Setup, actions: tuple[Action, ...]) -> Iterator[bool]:
        """Try what is around a schedule; yields whether that gave a shorter one."""
        if actions != self.s.best.actions:
            yield self.without_one(actions, setup)
        for again in swapped(setup, actions):
            yield self.look(again, setup)
        alphabet = list(self.alphabet(setup, actions))
        idle = [len(self.s.idle(actions[:place] + actions[place + 1 :], setup)) for place in range(len(actions))]
        for likely in (True, False):
            for place, action in alphabet:
                for gone, again in exchanged(actions, place, action):
                    # What takes the place of another action is mostly of its kind, and of one that few others need.
                    if (type(action) is type(actions[gone]) and idle[gone] <= _NEEDED) is likely:
                        yield self.look(again, setup)

    def look(self, actions: Sequence[Action], setup: Setup) -> bool:
        """Run one; returns whether it is the best now. One that is as short is gone on from later."""
        found = self.s.failing(actions, setup)
        if found is None:
            return False
        if self.s.accept("by the search nearby", found):
            return True
        if len(found.actions) <= len(self.s.best.actions):
            self.visit(found.setup, found.actions)
        return False

    def visit(self, setup: Setup, actions: tuple[Action, ...]) -> None:
        s = self.s
        told = form(setup, actions)
        if told in self.seen:
            return
        self.seen.add(told)
        better, setup, actions = arrange(s, setup, actions)
        if better:
            self.until = max(self.until, s.budget.work + patience(len(actions)) // 2)
        arranged = form(setup, actions)
        if arranged == told or arranged not in self.seen:  # else its neighbourhood is in the queue, or was
            self.take(setup, actions)

    def alphabet(self, setup: Setup, actions: Sequence[Action]) -> Iterator[tuple[int, Action]]:
        """What else was enabled along a schedule, and where: just before an action of its node; elsewhere it is the same."""
        s = self.s
        s.budget.check()
        turns = {node: turn for turn, node in enumerate(setup.nodes)}
        with setup.world(lenient=True) as world:
            on = follow(world, actions)
            for place, action in enumerate(actions):
                node = action.turn
                # Messages first, as they are in flight; then node by node.
                for other in sorted(world.enabled(*_WORK), key=lambda each: _order(each, turns)):
                    if other != action and (node is None or other.turn == node):
                        yield place, other
                if isinstance(action, Calm):
                    break
                next(on, None)
            s.budget.charge(len(actions), world.network.sent)


def _order(action: Action, turns: Mapping[NodeId, int]) -> int:
    return -1 if isinstance(action, Deliver) else turns.get(action.turn or "", len(turns))
