"""Swarm walks: which faults a run has, and their rates, are drawn anew (Groce et al., Swarm Testing, ISSTA 2012)."""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from splitbrain.actions import (
    Action,
    Advance,
    Complete,
    Connect,
    Cut,
    Deliver,
    Disconnect,
    Fire,
    Link,
    Mend,
    Operate,
    Request,
    Resend,
)
from splitbrain.nemesis.connections import plan
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import PARTITIONS, POWER_CUTS, SWARM
from splitbrain.nemesis.partitions import draw_partition, split
from splitbrain.nemesis.profile import Faults, Profile, draw_faults, draw_profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.node import NodeId
from splitbrain.world.connections import connectable, severable

_WORK = (Deliver, Fire, Request, Resend, Operate, Advance, Complete)
_Step: TypeAlias = Cut | Mend | Disconnect | Connect
_BECALMED = 4  # phases without any of these, until a walk is over: one phase may put off all that is enabled
_FRUITLESS = 50  # proposals that came to nothing, until the next phase


class Swarm(Walk):
    """The kinds of faults are drawn once, their rates in each phase."""

    name = SWARM

    def __init__(self, moves: Moves, faults: Faults | None = None) -> None:
        budget, size = moves.budget, len(moves.processes)
        self.faults = draw_faults(moves.dice, budget, size) if faults is None else faults
        self._becalmed = self._fruitless = 0
        self._worked = False
        super().__init__(moves, self.draw(moves))
        self._left = self.profile.phase

    def draw(self, moves: Moves) -> Profile:
        """The rates of the next phase."""
        return draw_profile(moves.dice, moves.world.scenario, len(moves.processes), self.faults)

    def choose(self) -> Action | None:
        """By the weights of the phase."""
        if self._left <= 0 or self._fruitless >= _FRUITLESS:
            self._becalmed = 0 if self._worked else self._becalmed + 1
            self._worked, self._fruitless = False, 0
            self.take_on(self.draw(self.moves))
            self._left = self.profile.phase
        if self._becalmed >= _BECALMED:
            return None
        action = super().choose()
        if action is None:
            self._fruitless += 1
            return None
        self._left -= 1
        self._fruitless = 0
        if not self._worked and type(action) in _WORK:
            self._worked = True
        return action


class PowerCuts(Swarm):
    """Crash points inside handlers, and whole sites that lose their power and start again together."""

    name = POWER_CUTS

    def draw(self, moves: Moves) -> Profile:
        """Many crashes, soon over."""
        dice, budget = moves.dice, moves.budget
        profile = super().draw(moves)
        if budget.may_be_down(len(moves.processes)) == 0:
            return profile
        return msgspec.structs.replace(
            profile,
            crash=dice.pick((0.0, 0.03, 0.1)),
            crash_inside=dice.pick((0.03, 0.1, 0.3)) if budget.mid_handler else 0.0,
            together=dice.pick((0.0, 0.3, 1.0)) if budget.crashes == "any" else 0.0,
            restart=dice.pick((0.3, 1.0, 3.0)),
        )


class Partitions(Swarm):
    """One plan of partitions after another: each is a sequence of cuts and mends, or of ends and beginnings of connections, with
    pauses between.

    Swizzle-clogging (FoundationDB): nodes are cut off one by one, and come back in another order. A flapping link. The leader
    isolated, or made deaf or mute. Two leaders' majorities in turn. And the families of `splitbrain.nemesis.partitions`.
    """

    name = PARTITIONS

    def __init__(self, moves: Moves, faults: Faults | None = None) -> None:
        super().__init__(moves, faults)
        self._plan: list[_Step] = []
        self._pause = self._wait = 0

    def choose(self) -> Action | None:
        """The next move of the plan when its time has come, else the swarm's."""
        if self.pending:
            return self.pending.pop()()
        if self._wait > 0 or max(len(self.moves.separable), len(self.moves.breakable)) < 2:
            self._wait -= 1
            return super().choose()
        if not self._plan and not self._overtake():
            self._plan = self._draw_plan()
            self._pause = self.moves.dice.pick((3, 10, 30, 80))
        action = self._plan.pop(0)
        self._wait = self.moves.dice.between(1, 2 * self._pause)
        match action:
            case Cut() | Mend():
                cut_links = self.moves.world.network.cut_links
                return action if any((link in cut_links) is isinstance(action, Mend) for link in action.links) else None
            case Disconnect():
                return action if (action.one, action.other) in severable(self.moves.world) else None
            case Connect():
                return action if (action.one, action.other) in connectable(self.moves.world) else None

    def _overtake(self) -> bool:
        """Where clients are sessions, which know who has led: a leader is cut off for long, and all else goes well.

        The others elect a leader of their own, and clients go on with either: they are to be told the same by both.
        """
        moves, dice = self.moves, self.moves.dice
        leader = moves.picture.leader
        if not moves.world.scenario.sessions or leader not in moves.separable or len(moves.separable) < 2:
            return False
        if not moves.world.processes[leader].running or dice.chance(0.5):
            return False
        links = _around(leader, list(moves.separable))
        self._plan, self._pause = [Cut(links), Mend(links)], dice.pick((50, 100, 200))
        place = moves.world.nodes.index(leader)
        fire, request = dice.pick((0.03, 0.1)), dice.pick((0.05, 0.15))
        self.take_on(
            Profile(fire=fire, request=request, restart=0.3, quiet=(place,), crowd=self.profile.crowd, connect=self.profile.connect)
        )
        self._left = 2 * self._pause
        return True

    def _draw_plan(self) -> list[_Step]:
        moves, dice = self.moves, self.moves.dice
        parts, breaks = len(moves.separable) > 1, len(moves.breakable) > 1
        leader = moves.picture.leader
        if breaks and (not parts or dice.chance(0.5)):
            return [*plan(dice, moves.breakable, leader if leader in moves.breakable else None)]
        nodes = dice.shuffled(moves.separable)
        family = dice.below(6)
        if family <= 1 and leader in moves.separable:
            others = [node for node in nodes if node != leader]
            inward, outward = [(node, leader) for node in others], [(leader, node) for node in others]
            links = tuple(dice.pick((inward + outward, inward + outward, inward, outward)))
            return [Cut(links), Mend(links)]
        if family == 2:
            link: Link = (nodes[0], nodes[1])
            both = (link, link[::-1]) if dice.chance(0.5) else (link,)
            return [Cut(both), Mend(both)] * dice.between(2, 6)
        if family == 3:
            clogged = nodes[: dice.between(1, len(nodes))]
            return [
                *[Cut(_around(node, nodes)) for node in clogged],
                *[Mend(_around(node, nodes)) for node in dice.shuffled(clogged)],
            ]
        if family == 4 and len(nodes) > 2:
            # A majority, then another that shares one node with it: what the first agreed on, that node alone can tell.
            half = len(nodes) // 2
            first, second = split(nodes, half + 1), split(nodes[half:] + nodes[:half], len(nodes) - half)
            return [first, Mend(first.links), second, Mend(second.links)]
        cut = draw_partition(dice, moves.separable)
        return [cut, Mend(cut.links)]


def _around(node: NodeId, nodes: list[NodeId]) -> tuple[Link, ...]:
    return tuple(link for other in nodes if other != node for link in ((node, other), (other, node)))
