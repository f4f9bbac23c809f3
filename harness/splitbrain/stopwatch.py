"""The real clock, for budgets and figures alone; no run's outcome depends on it."""

from __future__ import annotations

import time
from typing import Any

_SLOW = 0.01  # seconds between two looks at the clock, from which on each step is worth one
_MOST = 32  # steps between two looks
_WAITS = 5  # wall-clock seconds for each of CPU: for nodes that wait, for a child process, say, and use none


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._began_cpu = time.process_time()

    def seconds(self) -> float:
        """Elapsed wall-clock seconds."""
        return time.perf_counter() - self._began

    def cpu(self) -> float:
        """Seconds of CPU that this process has used meanwhile."""
        return time.process_time() - self._began_cpu


class Deadline:
    """The end of a budget of seconds, looked at every few steps; at each, where steps are slow.

    cpu: the seconds are this process' own, so that a busy machine does not matter; the wall clock then ends it at five times as
    many.
    """

    def __init__(self, seconds: float, *, cpu: bool = False) -> None:
        self._looked = time.perf_counter()
        self._end = self._looked + seconds * (_WAITS if cpu else 1)
        self._cpu_end = time.process_time() + seconds if cpu else None
        self._gap = 1

    def passed(self) -> bool:
        """Whether it has come."""
        return self.steps() == 0

    def steps(self) -> int:
        """How many steps may be taken until the next look; 0: none, it has come."""
        now = time.perf_counter()
        if now >= self._end or (self._cpu_end is not None and time.process_time() >= self._cpu_end):
            return 0
        self._gap = 1 if now - self._looked > _SLOW else min(2 * self._gap, _MOST)
        self._looked = now
        return self._gap


class OutOfTime(Exception):  # noqa: N818 - it names what ended
    """A deadline came in the midst of an action, which is then no action of any schedule."""


def stand_still() -> None:
    """Let the functions of the module `time` stand still, for whoever imports them from now on.

    For a process that tries whether nodes look at a clock, and does nothing else.
    """
    for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time"):
        setattr(time, name, lambda: 0.0)
        setattr(time, f"{name}_ns", lambda: 0)


def cpu_seconds() -> float:
    """The CPU time that this thread has taken so far."""
    return time.thread_time()


def clocks() -> dict[Any, str]:
    """The functions in C that look at a real clock, or wait for it, as what calls them knows them, with their names."""
    import datetime  # noqa: PLC0415 - for whoever asks this, and nobody else

    names = [
        f"{name}{unit}"
        for name in ("time", "monotonic", "perf_counter", "process_time", "thread_time", "clock_gettime")
        for unit in ("", "_ns")
    ]
    names.append("sleep")
    found: dict[Any, str] = {getattr(time, name): f"time.{name}" for name in names if hasattr(time, name)}
    found |= {getattr(datetime.datetime, name): f"datetime.{name}" for name in ("now", "utcnow", "today")}
    return found | {datetime.date.today: "date.today"}
