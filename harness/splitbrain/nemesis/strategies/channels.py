"""Schedulers of channels: each link is a channel whose messages arrive in order, and few, well-placed exceptions make the bug.

What is no message (timers, clients, faults) comes in between, now and then.
"""

from __future__ import annotations

import msgspec

from splitbrain.actions import Action, Link
from splitbrain.cluster.network import Envelope
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import DELAYS, PRIORITIES
from splitbrain.nemesis.profile import Profile, draw_faults, draw_profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.nemesis.strategy import Strategy

_HORIZON = (50, 150, 500)  # deliveries over which the exceptions are spread, until others are drawn


class _Scheduler(Strategy):
    """Deliveries by a rule, everything else by rare dice."""

    def __init__(self, moves: Moves) -> None:
        super().__init__(moves)
        dice = moves.dice
        self._faults = draw_faults(dice, moves.budget, len(moves.processes))
        self._others = Walk(moves, Profile())
        self._left = 0

    def choose(self) -> Action | None:
        """Something else with the rate of the day, else the delivery that is due."""
        moves, dice = self.moves, self.moves.dice
        if self._others.pending:
            return self._others.choose()
        if self._left <= 0:
            self._left = dice.pick(_HORIZON)
            profile = draw_profile(dice, moves.world.scenario, len(moves.processes), self._faults)
            # Its deliveries would be out of order.
            self._others.take_on(msgspec.structs.replace(profile, deliver=0.0, crowd=1_000))
            self._interruption = dice.pick((0.03, 0.1, 0.3))
            self.draw(self._left)
        self._left -= 1
        ready = [] if dice.chance(self._interruption) else self._ready()
        return self.due(ready).deliver() if ready else self._others.choose()

    def _ready(self) -> list[Envelope]:
        deliverable = self.moves.world.deliverable
        return [envelope for envelope in self.moves.world.network.fronts() if deliverable(envelope)]

    def draw(self, horizon: int) -> None:
        """Choose where, in the next ``horizon`` steps, the exceptions are."""
        raise NotImplementedError

    def due(self, ready: list[Envelope]) -> Envelope:
        """Which of the messages that can be delivered is next."""
        raise NotImplementedError


class Priorities(_Scheduler):
    """PCT over channels: the first of the channel with the highest priority; at d places the one that runs becomes the lowest.

    (Burckhardt et al., A Randomized Scheduler with Probabilistic Guarantees of Finding Bugs, ASPLOS 2010; for messages: Ozkan et
    al., Randomized Testing of Distributed Systems with Probabilistic Guarantees, OOPSLA 2018.)
    """

    name = PRIORITIES

    def draw(self, horizon: int) -> None:
        """New priorities, and 0 to 5 change points."""
        dice = self.moves.dice
        self._priorities: dict[Link, float] = {}
        self._changes = {dice.below(horizon) for _ in range(dice.below(6))}

    def due(self, ready: list[Envelope]) -> Envelope:
        """The oldest message of the channel with the highest priority."""
        priorities, roll = self._priorities, self.moves.dice.roll
        best, highest = ready[0], (-2.0, 0)
        for envelope in ready:
            link = (envelope.sender, envelope.receiver)
            if link not in priorities:
                priorities[link] = roll()
            rank = (priorities[link], -envelope.number)
            if rank > highest:
                best, highest = envelope, rank
        if self._left in self._changes:
            priorities[best.sender, best.receiver] = -1 + self._left / (2 * max(_HORIZON))
        return best


class Delays(_Scheduler):
    """Delay-bounded: messages arrive in the order of sending, but for a few that are put off for long.

    (Emmi, Qadeer and Rakamaric, Delay-Bounded Scheduling, POPL 2011.)
    """

    name = DELAYS

    def draw(self, horizon: int) -> None:
        """0 to 5 delays, and how long they last."""
        dice = self.moves.dice
        self._late: dict[int, int] = {}  # what is put off, and until which step
        self._delays = {dice.below(horizon) for _ in range(dice.below(6))}

    def due(self, ready: list[Envelope]) -> Envelope:
        """The oldest message that is not put off."""
        late, left = self._late, self._left
        first = min(ready, key=lambda envelope: (late.get(envelope.number, left) < left, envelope.number))
        if left in self._delays and len(ready) > 1:
            self._delays.discard(left)
            late[first.number] = self.moves.dice.below(left + 1)
            return self.due(ready)
        return first
