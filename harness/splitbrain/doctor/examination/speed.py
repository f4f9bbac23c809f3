"""How fast a scenario runs, and where its time goes: by samples of what the thread is at, every two milliseconds."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from threading import Event, Thread, get_ident
from types import CodeType, FrameType
from typing import Literal, Self, TypeAlias

import msgspec

from splitbrain.cluster.place import HARNESS, is_harness, is_somebody_s, qualified

Part: TypeAlias = Literal["nodes", "invariants", "harness"]

_GAP = 0.002  # seconds between two samples
_SWITCH = 0.0005  # seconds for which Python lets the other thread wait meanwhile
_HOTTEST = 3
_ASLEEP = 0.05  # of the wall clock at most is CPU time then; on a busy machine it is more
_FEW = 50  # samples that say nothing
_INVARIANTS = f"{HARNESS}invariant.py"  # what calls them


class Hot(msgspec.Struct, frozen=True):
    """A function of the nodes' code, and which share of all the time it took by itself, from 0 to 1."""

    file: str
    line: int
    function: str
    share: float


class Speed(msgspec.Struct, frozen=True):
    """seconds: of CPU, and asleep: further ones in which nothing was done. shares: of the time, by whose code ran; none where
    there are too few samples to tell.
    """

    runs: int
    steps: int
    seconds: float
    asleep: float = 0.0
    shares: Mapping[Part, float] = {}
    hottest: tuple[Hot, ...] = ()


class Samples:
    """A context that samples this thread from another one."""

    def __init__(self) -> None:
        self._parts: Counter[Part] = Counter()
        self._functions: Counter[CodeType] = Counter()
        self._over = Event()
        self._thread: Thread | None = None
        self._interval = 0.0

    def __enter__(self) -> Self:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        self._over.clear()
        self._thread = Thread(target=self._sample, args=(get_ident(),), name="splitbrain: samples", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        if self._thread is not None:
            self._thread.join()
        sys.setswitchinterval(self._interval)

    def _sample(self, thread: int) -> None:
        while not self._over.wait(_GAP):
            frame = sys._current_frames().get(thread)
            if frame is not None:
                self._note(frame)

    def _note(self, inner: FrameType | None) -> None:
        while inner is not None and not is_harness(inner.f_code) and not is_somebody_s(inner.f_code):
            inner = inner.f_back
        if inner is None:
            return
        if is_harness(inner.f_code):
            self._parts["harness"] += 1
            return
        caller = inner.f_back
        while caller is not None and not is_harness(caller.f_code):
            caller = caller.f_back
        if caller is None:
            return  # outside of all that is measured
        if caller.f_code.co_filename == _INVARIANTS:
            self._parts["invariants"] += 1
        else:
            self._parts["nodes"] += 1
            self._functions[inner.f_code] += 1

    @property
    def shares(self) -> dict[Part, float]:
        """Of the time, by whose code ran."""
        total = self._parts.total()
        return {part: self._parts[part] / total for part in ("nodes", "invariants", "harness")} if total >= _FEW else {}

    @property
    def hottest(self) -> tuple[Hot, ...]:
        """The functions of the nodes that took most, those first that took more."""
        total = self._parts.total()
        if total < _FEW:
            return ()
        return tuple(
            Hot(code.co_filename, code.co_firstlineno, qualified(code), count / total)
            for code, count in self._functions.most_common(_HOTTEST)
        )


def speed(samples: Samples, runs: int, steps: int, cpu: float, seconds: float) -> Speed:
    """What came of so many runs, which took so many seconds of CPU, and of wall clock."""
    return Speed(runs, steps, cpu, seconds - cpu if cpu < _ASLEEP * seconds else 0.0, samples.shares, samples.hottest)
