"""Trio's clock: virtual time, and the place where it shows that every task is blocked."""

from __future__ import annotations

import trio

from splitbrain.cluster.clock import NEVER, Clock

# Trio's time is a float of seconds, ours whole milliseconds: a sum of floats that misses by a nanosecond is not late.
EPSILON = 1e-9


class VirtualClock(trio.abc.Clock):
    """Virtual time that never moves by itself, and notes when every task is blocked."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.idle = False
        self.deadline = NEVER
        self.hurry = False  # the run ends: whatever still sleeps, shielded from cancellation, wakes at once

    def start_clock(self) -> None:
        pass

    def current_time(self) -> float:
        now = self._clock.now / 1000
        if self.hurry and self.deadline < NEVER:
            return max(now, self.deadline)
        return self.deadline if now < self.deadline < now + EPSILON else now

    def deadline_to_sleep_time(self, deadline: float) -> float:
        self.idle = True
        self.deadline = deadline
        return 0.0  # never sleep: the pump stops instead
