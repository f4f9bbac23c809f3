"""Virtual time: whole milliseconds since the start of a run, and the timers that nodes have armed."""

from __future__ import annotations

from math import inf

import msgspec

from splitbrain.node import NodeId

NEVER = inf  # the deadline of whoever waits for none


class Clock:
    """Virtual time; only an action moves it, and never back."""

    __slots__ = ("now",)

    def __init__(self) -> None:
        self.now = 0

    def reach(self, time: int) -> None:
        """Let it be at least ``time``."""
        self.now = max(self.now, time)


class Timer(msgspec.Struct, eq=False):
    """An armed timer: due between ``earliest`` and ``latest`` ms after ``armed``, the virtual time when it was set."""

    owner: NodeId
    name: str
    earliest: int
    latest: int
    armed: int
