"""One incarnation of a node: its clock, its dice, and whether it is its code that runs."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from functools import cached_property
from inspect import isasyncgen, iscoroutine, isgenerator
from types import TracebackType
from typing import Any, Protocol, Self

from splitbrain.cluster.clock import Clock
from splitbrain.dice import NodeDice
from splitbrain.node import NodeId

_MS = 1_000_000  # nanoseconds
_BEGIN = 1_000_000_000 * _MS  # a million seconds: a machine's clock does not stand at 0, and libraries take 0 for "never"
_BEYOND = 1_000  # so many nanoseconds behind a deadline it has passed, also for who adds up floats, or compares by ">"


class NodeClock:
    """A node's own clock, in virtual time. It never goes back, not at a restart either.

    It is at least as late as the run's time, and is put forward to just behind a timer's latest moment when that goes off: what the
    node waited for has then passed, by its own clock. It stands at a million seconds when the run begins, and reads like the
    module `time`: in seconds, but for the functions whose names end in ``_ns``.
    """

    __slots__ = ("_clock", "_now")

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._now = _BEGIN

    def monotonic_ns(self) -> int:
        """Nanoseconds."""
        now = _BEGIN + self._clock.now * _MS
        self._now = max(self._now, now)
        return self._now

    def monotonic(self) -> float:
        """Seconds."""
        return self.monotonic_ns() / 1_000_000_000

    time_ns = perf_counter_ns = monotonic_ns
    __call__ = time = perf_counter = monotonic

    def sleep(self, seconds: float) -> None:
        """Pass so much of the node's own time: nothing else happens meanwhile."""
        self.pass_until(self.monotonic_ns() + int(seconds * 1_000_000_000))

    def pass_until(self, moment: int) -> None:
        """It is at least so late (ns)."""
        self._now = max(self._now, moment)

    def deadline(self, milliseconds: int) -> int:
        """The moment (ns) behind which so many ms from now have passed."""
        return self.monotonic_ns() + milliseconds * _MS + _BEYOND


class Apart(Protocol):
    """What the code of one incarnation has to itself, and nobody else is to see."""

    def enter(self) -> None:
        """Put it in place."""

    def leave(self) -> None:
        """Take it away again."""


class Life:
    """One incarnation: who it is, its clock, which outlives it, and its dice.

    seed: the setup's, which is in the header of a schedule. node: the library node, once it is there. swallowed: what was raised in
    its code, and caught there, or by what called it.
    As a context manager: its code runs.
    """

    def __init__(self, me: NodeId, incarnation: int, clock: NodeClock, seed: int) -> None:
        self.me = me
        self.incarnation = incarnation
        self.clock = clock
        self.node: Any = None
        self.apart: Apart | None = None
        self.swallowed: BaseException | None = None
        self._seed = seed
        self._outer: list[tuple[Life | None, Callable[[sys.UnraisableHookArgs], Any], Apart | None]] = []

    @cached_property
    def dice(self) -> NodeDice:
        """Its own, and like no other's of the run."""
        return NodeDice(f"{self._seed}/{self.me}/{self.incarnation}")

    def swallow(self, error: BaseException) -> None:
        """The library went on although this was raised: the node is to fail by it; the first counts."""
        if self.swallowed is None:
            self.swallowed = error

    def __enter__(self) -> Self:
        apart = self.apart
        if apart is not None:
            apart.enter()
        self._outer.append((HERE.life, sys.unraisablehook, apart))
        HERE.life, sys.unraisablehook = self, self._unraisable
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        HERE.life, sys.unraisablehook, apart = self._outer.pop()
        if apart is not None:
            apart.leave()

    def _unraisable(self, what: sys.UnraisableHookArgs) -> None:
        """Out of a callback that C called, say. When something is collected is nobody's deed: of that the others are told."""
        if self.node is None or what.exc_value is None or _of_a_collected_thing(what):
            self._outer[-1][1](what)
        else:
            self.swallow(what.exc_value.with_traceback(what.exc_traceback))


def _of_a_collected_thing(what: sys.UnraisableHookArgs) -> bool:
    """Python 3.14 says so in words alone; before, nothing tells a callback of `weakref` from any other."""
    if isgenerator(what.object) or iscoroutine(what.object) or isasyncgen(what.object):
        return True  # one that is left in its midst is closed, whoever's code runs then
    words = what.err_msg or ""
    return getattr(what.object, "__name__", None) == "__del__" or any(each in words for each in _COLLECTING)


_COLLECTING = ("calling deallocator", "closing generator", "calling weakref callback")


class _Here(threading.local):
    life: Life | None = None


HERE = _Here()  # whose code runs, in this thread


class Lives:
    """Of all nodes of one run: a new `Life` for each incarnation, with the clock of the one before."""

    def __init__(self, clock: Clock, seed: int) -> None:
        self._clock = clock
        self._seed = seed
        self._clocks: dict[NodeId, NodeClock] = {}

    def next(self, me: NodeId, incarnation: int) -> Life:
        """The life that begins now."""
        clock = self._clocks.get(me)
        if clock is None:
            clock = self._clocks[me] = NodeClock(self._clock)
        return Life(me, incarnation, clock, self._seed)


def nobody_s_life() -> Life:
    """For a node that is made outside any run: by hand, or to see what kind of node it is."""
    return Life("nobody", 1, NodeClock(Clock()), 0)
