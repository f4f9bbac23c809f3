"""The archive: for each abstract feature that was seen, a schedule that leads to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from splitbrain.actions import Action
from splitbrain.dice import Dice
from splitbrain.nemesis.picture import Feature
from splitbrain.world.run import Setup

_CONTESTANTS = 3


@dataclass(slots=True)
class Reached:
    """How a feature came about: by these actions. seen: how often it did; tried: how often it was gone back to."""

    setup: Setup
    actions: tuple[Action, ...]
    seen: int = 1
    tried: int = 0

    @property
    def interest(self) -> float:
        """What is rare and little explored promises most."""
        return 1.0 / (self.seen + 10 * self.tried)


class Archive:
    """Shared by all runs of one search."""

    def __init__(self) -> None:
        self._by_feature: dict[Feature, Reached] = {}
        self._all: list[Reached] = []

    def __len__(self) -> int:
        return len(self._all)

    def note(self, features: Iterable[Feature], setup: Setup, actions: Sequence[Action]) -> int:
        """So much is true after these actions (more may be to come); returns how much of it is new."""
        known, length = self._by_feature, len(actions)
        way: tuple[Action, ...] | None = None  # shared by all that is new here
        new = 0
        for feature in features:
            reached = known.get(feature)
            if reached is None:
                new += 1
                way = way or tuple(actions)
                known[feature] = reached = Reached(setup, way)
                self._all.append(reached)
            else:
                reached.seen += 1
                if length < len(reached.actions):
                    way = way or tuple(actions)
                    reached.setup, reached.actions = setup, way
        return new

    def choose(self, dice: Dice) -> Reached | None:
        """Something to go back to; None while there is nothing."""
        if not self._all:
            return None
        best = max([dice.pick(self._all) for _ in range(_CONTESTANTS)], key=lambda each: each.interest)
        best.tried += 1
        return best
