"""The watchdog: stops a node's code that computes for ever, and is then an outcome like any other: the node ``hung``.

While a world is at work in the main thread, a timer of CPU time ticks. A tick only looks: it asks the open worlds how far they
are, and where the program is; that costs a run nothing, and changes none. Only when the same call of a node's code has gone on
for `PATIENCE` seconds of CPU time, without an effect, `Overdue` is raised in it, again and again until it is out. A tick that
meets nothing of the harness is the last one until a world goes on: a timer kills the program that replaces this one.

Where it is stopped differs from run to run, and so stands in no trace: `Watchdog.stops` tells it to people.

It needs `signal.setitimer` and SIGPROF, and so is off on Windows, in other threads than the main one, and where somebody else
uses that signal. Nothing can stop a call into C that never returns to Python.
"""

from __future__ import annotations

import atexit
import os
import signal
import threading
import weakref
from _thread import interrupt_main
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import get_ident
from types import CodeType, FrameType
from typing import Any, Protocol

from splitbrain.cluster.breach import Overdue
from splitbrain.cluster.place import HARNESS, SCHEDULER, defined, is_harness, stopped_at
from splitbrain.stopwatch import cpu_seconds

PATIENCE = 5.0  # CPU seconds for one call, without an effect
HASTE = 0.3  # the same for a function that did not end a moment ago, in a try of which the outcome is not believed: see `hasty`
TICK = 0.1

# Who calls a node's code: there it may be stopped. An invariant, say, is called by others, and it is not the node that it is.
_CALLERS = {
    ("process.py", "handle"),
    ("process.py", "pull"),
    ("process.py", "_pull_watchfully"),
    ("async_node.py", "live"),
    ("library.py", "__call__"),
    ("library_node.py", "_run"),
    ("seat.py", "_poll"),
    ("library_node.py", "_close"),
    ("scenario.py", "node"),
    ("node.py", "release"),
    ("breach.py", "end"),
}
_DOCTOR = f"{HARNESS}doctor"  # stands in between, and looks on


class Condemned(Protocol):
    """A process: from now on its node gets nothing done, whatever it does about the `Overdue` that was raised in it."""

    id: str

    def condemn(self, error: Overdue) -> None:
        """Let it be so."""


class Watched(Protocol):
    """A world."""

    def progress(self) -> tuple[int, ...]:
        """Differs from before if anything has happened meanwhile."""

    def whose(self, frame: FrameType) -> Condemned | None:
        """The process whose code runs in ``frame``, or was called by it."""


class Watchdog:
    """One for the process. Worlds `enter` and `leave`; it ticks while there are any, and one of them is at work."""

    def __init__(self) -> None:
        self.asleep = False  # there are worlds, and none is at work: who sets one to work is to `wake` it
        self.stops: dict[str, str] = {}  # by node: what was stopped last, and where
        self._worlds: dict[int, weakref.ref[Watched]] = {}
        self._entered = 0  # worlds so far
        self._ticks = False
        self._progress: list[tuple[int, ...]] = []
        self._since = 0.0  # the CPU time at which `_progress` was first seen
        self._endless: set[CodeType] | None = None  # what did not end, while it is hasty
        # To trip the signal once more without a call, behind which Python would handle it too early: see `_stop`.
        self._trip = iter(partial(interrupt_main, _SIGNAL), 0)

    def enter(self, world: Watched) -> None:
        """Watch a world, until it leaves or is gone."""
        if get_ident() != _MAIN:
            return
        self._entered += 1
        self._worlds[id(world)] = weakref.ref(world)
        if not self._ticks:
            self._begin()

    def leave(self, world: Watched) -> None:
        """Watch it no longer."""
        if self._worlds.pop(id(world), None) is not None and not self._worlds:
            self._end()

    def wake(self) -> None:
        """A world goes on."""
        if self.asleep and get_ident() == _MAIN:
            self._begin()

    @contextmanager
    def hasty(self) -> Iterator[set[CodeType]]:
        """Meanwhile a function that was stopped once is stopped sooner the next time: for tries of which none counts by itself.

        Yields the functions that were stopped; afterwards they are forgotten. One within another knows what that one does.
        """
        before = self._endless
        self._endless = endless = set() if before is None else before
        try:
            yield endless
        finally:
            self._endless = before

    @contextmanager
    def patient(self) -> Iterator[None]:
        """Meanwhile nothing is stopped sooner, within `hasty` either."""
        before, self._endless = self._endless, None
        try:
            yield
        finally:
            self._endless = before

    def retire(self) -> None:
        """The process ends: no tick may come while Python lets go of its signals, for it would kill the process."""
        self._end()
        if _SIGNAL is not None and signal.getsignal(_SIGNAL) == self._tick and get_ident() == _MAIN:
            signal.signal(_SIGNAL, signal.SIG_IGN)

    def begin_anew(self) -> None:
        """In a fork, which has no timer: the worlds of its parent are not watched."""
        self._worlds.clear()
        self._ticks = self.asleep = False

    def _begin(self) -> None:
        self.asleep = False
        handler = None if _SIGNAL is None else signal.getsignal(_SIGNAL)
        if handler is signal.SIG_DFL:
            signal.signal(_SIGNAL, self._tick)  # for good: it costs as much as all else, and without the timer it does nothing
        elif handler != self._tick:
            return
        self._progress = []
        before = signal.setitimer(_TIMER, TICK, TICK)
        self._ticks = before == (0.0, 0.0)
        if not self._ticks:
            signal.setitimer(_TIMER, *before)

    def _end(self) -> None:
        self.asleep = False
        if self._ticks:
            signal.setitimer(_TIMER, 0)
            self._ticks = False

    def _tick(self, _: int, frame: FrameType | None) -> None:
        worlds = [world for ref in tuple(self._worlds.values()) if (world := ref()) is not None]
        if not worlds:
            self._worlds.clear()
            self._end()
            return
        if not _at_work(frame):
            self._end()
            self.asleep = True
            return
        progress, now = [(self._entered,), *(world.progress() for world in worlds)], cpu_seconds()
        if progress != self._progress:
            self._progress, self._since = progress, now
        elif now - self._since >= (PATIENCE if self._endless is None else HASTE):
            root = _endless(frame)
            if root is not None and (now - self._since >= PATIENCE or (self._endless and root.f_code in self._endless)):
                self._stop(root, frame, worlds)

    def _stop(self, root: FrameType, frame: FrameType | None, worlds: list[Watched]) -> None:
        if self._endless is not None:
            self._endless.add(root.f_code)
        error = Overdue(root.f_code.co_name, defined(root.f_code), stopped_at(frame))
        process = next((each for world in worlds if (each := world.whose(root)) is not None), None)
        if process is not None:
            process.condemn(error)
            self.stops[process.id] = f"{process.id}'s {error.name} was stopped at {error.stopped}"
        # Python looks for signals behind calls and at the end of loops: a node that catches this in a loop meets the next one
        # where the loop begins again, which is outside its `try`.
        for _ in self._trip:
            raise error


def _at_work(frame: FrameType | None) -> bool:
    """Whether code of the harness' runs, or waits for what does."""
    while frame is not None and not is_harness(frame.f_code):
        frame = frame.f_back
    return frame is not None


def _endless(frame: FrameType | None) -> FrameType | None:
    """Of a node's code that runs in ``frame``, the outermost frame; None where something else runs."""
    if frame is None or is_harness(frame.f_code):
        return None
    caller = frame.f_back
    while caller is not None and not is_harness(caller.f_code):
        frame, caller = caller, caller.f_back
    while caller is not None and caller.f_code.co_filename.startswith(_DOCTOR):
        caller = caller.f_back
    if caller is None:
        return None
    file, name = caller.f_code.co_filename, caller.f_code.co_name
    return frame if file.startswith(SCHEDULER) or (file.replace("\\", "/").rpartition("/")[2], name) in _CALLERS else None


_MAIN = threading.main_thread().ident
_SIGNAL: Any = getattr(signal, "SIGPROF", None)
_TIMER: Any = getattr(signal, "ITIMER_PROF", None)
WATCHDOG = Watchdog()
atexit.register(WATCHDOG.retire)
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=WATCHDOG.begin_anew)
