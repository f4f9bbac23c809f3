"""Trio's clock: virtual time, the place where it shows that every task is blocked, and what lets deadlines come one at a time."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from math import ceil, inf
from zlib import crc32

import trio

from splitbrain.cluster.clock import NEVER, Clock

# Trio's time is a float of seconds, ours whole milliseconds. What is later than a millisecond by less than this belongs to it:
# sums of floats miss by a hair, and so do our readings, on purpose.
EPSILON = 1e-6
_SPREAD = 1e-7  # the readings of two nodes in one millisecond differ by up to so much
_STEP = 1e-10  # and those of one node by this: still there when an hour is added


class VirtualClock(trio.abc.Clock):
    """Virtual time that never moves by itself, and notes when every task is blocked.

    Trio lets all deadlines pass that its clock has reached. For them to come one at a time, two things are needed. No two may be
    equal: so a node's time goes on by a hair whenever it is read, as a real clock's does, and begins each millisecond a hair off,
    by the seed: of two nodes that sleep equally long, either may be the first to wake; in one node it is the one that
    began first, as it would be on a real machine. And trio itself must be told of another time than tasks are: how far deadlines
    have come. Virtual time goes further, where a timer fires or a fair phase ends: what is late then still comes one by one.
    """

    def __init__(self, clock: Clock, seed: int) -> None:
        self.clock = clock
        self.seed = seed
        self.idle = False
        self.deadline = NEVER  # the next one, in seconds
        self.come_so_far = -inf
        self.hurry = False  # the run ends: whatever still sleeps, shielded from cancellation, wakes at once

    def start_clock(self) -> None:
        pass

    def current_time(self) -> float:
        reading = _READING.get()
        if reading is not None:
            return reading()
        return inf if self.hurry else self.come_so_far  # no task asks, but trio itself

    def deadline_to_sleep_time(self, deadline: float) -> float:
        # One that was set back, to before what has come so far, comes in the next round.
        self.idle = not deadline <= self.come_so_far
        self.deadline = deadline
        return 0.0  # never sleep: the pump stops instead

    def next_deadline(self) -> float:
        """The whole virtual ms of the next deadline, not before now; `NEVER` where there is none."""
        deadline, now = self.deadline, self.clock.now
        if deadline == NEVER:
            return NEVER
        return now if deadline <= now / 1000 else max(now, ceil((deadline - EPSILON) * 1000))

    def come(self) -> None:
        """The next deadline comes: trio lets it pass as soon as it goes on."""
        if self.deadline < NEVER:
            self.come_so_far = self.deadline

    def read_as_it_is(self) -> None:
        """What runs in this context, and all that it starts, reads virtual time: it is no async node's."""
        _READING.set(lambda: self.clock.now / 1000)

    def read_by(self, node: str) -> None:
        """The task that runs, and all that it starts, are this node's, and have one clock."""
        _READING.set(_Reading(self, node))


class _Reading:
    """What one node reads of the clock: never twice the same, and never less than the deadlines that have come."""

    __slots__ = ("_last", "_node", "_now", "_virtual")

    def __init__(self, virtual: VirtualClock, node: str) -> None:
        self._virtual = virtual
        self._node = crc32(node.encode()) + (virtual.seed << 32)
        self._now = -1
        self._last = 0.0

    def __call__(self) -> float:
        virtual = self._virtual
        now = virtual.clock.now
        if now != self._now:
            self._now = now
            self._last = max(self._last, now / 1000 + _SPREAD * _scattered(self._node, now))
        self._last = max(self._last + _STEP, virtual.come_so_far)
        return self._last


def _scattered(one: int, other: int) -> float:
    """A number from 0 to 1 that depends on both, and looks as if it did not (splitmix64)."""
    mixed = (one * 0xBF58476D1CE4E5B9 + other * 0x9E3779B97F4A7C15) & _64_BITS
    mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9 & _64_BITS
    mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB & _64_BITS
    return ((mixed ^ (mixed >> 31)) >> 11) / (1 << 53)


_64_BITS = (1 << 64) - 1
_READING: ContextVar[Callable[[], float] | None] = ContextVar("splitbrain's virtual clock", default=None)
