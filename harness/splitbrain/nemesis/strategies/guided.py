"""Guided by coverage: go back to what is rare, by the schedule that led there, and attack from there."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from splitbrain.actions import Action, Request
from splitbrain.errors import NotEnabled
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.names import GUIDED
from splitbrain.nemesis.strategy import Strategy
from splitbrain.world.run import follow


class Guided(Strategy):
    """Replays a schedule, of which some actions may be left out, as far as it goes; then another strategy takes over."""

    name = GUIDED

    def __init__(self, moves: Moves, schedule: Sequence[Action], then: Callable[[Moves], Strategy]) -> None:
        super().__init__(moves)
        dice, world, done = moves.dice, moves.world, moves.actions
        moves.clients.leave(each for action in schedule if isinstance(each := action.input, Request))
        first, last = 0, 0  # what is left out
        if schedule and dice.chance(0.5):
            first = dice.below(len(schedule))
            last = first + dice.pick((1, 1, 2, 5))
        for _, happened in follow(world, (*schedule[:first], *schedule[last:])):
            if not isinstance(happened, NotEnabled):
                done.append(happened)
        self._then = then(moves)

    def choose(self) -> Action | None:
        """What the strategy that took over chooses."""
        return self._then.choose()
