"""Randomness, the only module that may use it: dice rolled from a seed that a schedule or a hunt carries."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Sequence
from types import CodeType
from typing import Any, TypeVar

T = TypeVar("T")


class Dice:
    """A seeded stream. It builds on ``random.Random(seed).random`` alone, whose values Python promises never to change."""

    __slots__ = ("roll",)

    def __init__(self, seed: int | str) -> None:
        self.roll = random.Random(seed).random  # a float in [0, 1)

    def below(self, limit: int) -> int:
        """A whole number from 0 to ``limit`` - 1."""
        return int(self.roll() * limit)

    def between(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.roll() * (high - low + 1))

    def pick(self, items: Sequence[T]) -> T:
        """One of ``items``."""
        return items[int(self.roll() * len(items))]

    def chance(self, probability: float) -> bool:
        """True with this probability."""
        return self.roll() < probability

    def sample(self, items: Sequence[T], count: int) -> list[T]:
        """``count`` different ones of ``items``, in the order of ``items``."""
        left = list(range(len(items)))
        chosen = sorted(left.pop(int(self.roll() * len(left))) for _ in range(min(count, len(left))))
        return [items[place] for place in chosen]

    def weighted(self, items: Iterable[tuple[float, T]]) -> T:
        """One of (weight, item) pairs, by weight; one weight at least is above 0."""
        pairs = tuple(items)
        point = self.roll() * sum(weight for weight, _ in pairs)
        for weight, item in pairs:
            point -= weight
            if point < 0:
                return item
        return pairs[-1][1]  # the sum was rounded

    def shuffled(self, items: Sequence[T]) -> list[T]:
        """All of ``items``, in any order."""
        mixed = list(items)
        for place in range(len(mixed) - 1, 0, -1):
            other = int(self.roll() * (place + 1))
            mixed[place], mixed[other] = mixed[other], mixed[place]
        return mixed

    def seed(self) -> int:
        """A seed for another stream, so that concerns do not disturb each other."""
        return int(self.roll() * (1 << 53))


def fresh_seed() -> int:
    """A seed from the operating system, for a search that was given none; it is always printed."""
    return random.SystemRandom().randrange(1 << 32)


def begin_shared_anew() -> None:
    """Let the random source that all of a process shares, the functions of the module `random`, begin anew.

    For a process that tries whether nodes draw from it.
    """
    random.seed(0)


def unseeded() -> dict[Any, str]:
    """The functions in C that draw from no seed of anybody's, as what calls them knows them, with their names."""
    shared: Any = random.random.__self__  # type: ignore[attr-defined]  # what all functions of the module draw from
    found: dict[Any, str] = {
        getattr(super(random.Random, shared), name): f"random.{name}" for name in ("random", "getrandbits", "seed")
    }
    return found | {getattr(os, name): f"os.{name}" for name in ("urandom", "getrandom") if hasattr(os, name)}


def seeding() -> CodeType:
    """Of ``random.Random.__init__(self, x)``, which takes a seed from the operating system where ``x`` is None."""
    return random.Random.__init__.__code__


class NodeDice(random.Random):
    """A node's own dice, for a library that wants what the module `random` has: all methods of ``random.Random``, from one seed.

    A call of it is a call of `random`, a float in [0, 1): of that alone Python promises that it is the same in all versions.
    """

    def __call__(self) -> float:
        return self.random()

    def Random(self, seed: Any = None) -> random.Random:  # noqa: N802 - as the module has it
        """Another stream; without a ``seed``, one of this stream's."""
        return NodeDice(self.random() if seed is None else seed)

    SystemRandom = Random
