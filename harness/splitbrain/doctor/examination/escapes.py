"""Escapes: where a node's code asks the real world, a clock say, or the operating system, which no schedule knows of.

Functions in C are seen as a profiler sees them, all else as an auditor does. What matters is who asked: from the call outwards,
Python's own library is passed through, and so is trio, to the first place in somebody's code; the harness' own calls are nobody's.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections import Counter
from collections.abc import Callable
from types import FrameType
from typing import Any, Literal, Self, TypeAlias

import msgspec

from splitbrain.catalogue.importing import attribute_of
from splitbrain.cluster.place import HARNESS, is_somebody_s, qualified
from splitbrain.dice import seeding, unseeded
from splitbrain.stopwatch import clocks

Kind: TypeAlias = Literal["clock", "chance", "thread", "process", "socket", "file", "environment", "identity"]

# By the beginning of an audit event's name; the first that fits counts.
_EVENTS: tuple[tuple[str, Kind], ...] = (
    ("open", "file"),
    ("socket.", "socket"),
    ("subprocess.", "process"),
    ("os.system", "process"),
    ("os.exec", "process"),
    ("os.posix_spawn", "process"),
    ("os.spawn", "process"),
    ("os.fork", "process"),
    ("os.kill", "process"),
    ("os.putenv", "environment"),
    ("os.unsetenv", "environment"),
    ("os.", "file"),  # listdir, mkdir, remove, rename, ...
    ("shutil.", "file"),
    ("tempfile.", "file"),
    ("sqlite3.connect", "file"),
)
_NOT_SO = ("os.add_dll_directory", "os.walk", "os.fwalk")  # these end in others
# Calls on behalf of these are nobody's concern: what is imported, the time stamp of a log record, the source in a traceback.
_UNHEEDED = ("importlib", "logging", "traceback", "linecache", "tokenize", "warnings", "inspect", "tracemalloc", "faulthandler")
_BETWEEN = ("threading", "os", "collections", "contextlib", "functools", "trio", "outcome")  # these say nothing of what is called


class Escape(msgspec.Struct, frozen=True):
    """A call: of what ("uuid.uuid4"), of which kind, in which file, line and function of somebody's, and how often it was seen."""

    kind: Kind
    what: str
    file: str
    line: int
    function: str
    times: int


class Escapes:
    """A context that notes every escape of what runs in this thread meanwhile, and none of what is imported meanwhile."""

    def __init__(self) -> None:
        self._seen: Counter[tuple[str, int, str, str, Kind]] = Counter()
        self._before: Any = None
        self._calls: dict[Any, tuple[str, Kind]] = {
            **{call: (name, "clock") for call, name in clocks().items()},
            **{call: (name, "chance") for call, name in unseeded().items()},
            **{getattr(os, name): (f"os.{name}", "environment") for name in ("getpid", "getppid", "uname", "cpu_count")
               if hasattr(os, name)},
            **{getattr(_thread, name): ("threading.Thread", "thread") for name in ("start_new_thread", "start_joinable_thread")
               if hasattr(_thread, name)},
            os.stat: ("os.stat", "file"),
            id: ("id", "identity"),
            # What uuid1() asks, where the system has that, and somebody has imported it.
            attribute_of("_uuid", "generate_time_safe"): ("uuid.uuid1", "chance"),
        }  # fmt: skip
        self._codes: dict[int, Callable[[FrameType], None]] = {
            id(seeding()): self._seeded,
            id(type(os.environ).__getitem__.__code__): self._environment,
        }

    def __enter__(self) -> Self:
        self._before = sys.getprofile()
        _AUDITOR.listen(self._audited)
        sys.setprofile(self._profiler())
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self._before)
        _AUDITOR.listen(None)

    @property
    def found(self) -> tuple[Escape, ...]:
        """What was seen, by file and line."""
        return tuple(
            Escape(kind, what, file, line, function, times)
            for (file, line, function, what, kind), times in sorted(self._seen.items())
        )

    # What calls are seen

    def _profiler(self) -> Callable[[FrameType, str, Any], None]:
        """A closure, for it is called some hundred times a step."""
        calls, codes, note = self._calls, self._codes, self._note

        def profiled(frame: FrameType, event: str, argument: Any) -> None:
            if event == "c_call":
                if argument in calls:
                    note(frame, *calls[argument])
            elif event == "call" and id(frame.f_code) in codes:
                codes[id(frame.f_code)](frame)

        return profiled

    def _audited(self, event: str, arguments: tuple[Any, ...]) -> None:
        kind = next((kind for begin, kind in _EVENTS if event.startswith(begin)), None)
        if kind is None or event in _NOT_SO or (event == "open" and arguments[0] == os.devnull):
            return
        # 0 is this function, 1 the auditor; between is what was called, in C.
        self._note(sys._getframe(2), event, kind)

    def _seeded(self, frame: FrameType) -> None:
        if frame.f_locals.get("x") is None:
            self._note(frame.f_back, "random.Random", "chance")

    def _environment(self, frame: FrameType) -> None:
        self._note(frame, "os.environ", "environment")

    # Whose they are

    def _note(self, frame: FrameType | None, what: str, kind: Kind) -> None:
        first = frame
        while frame is not None and not is_somebody_s(frame.f_code):
            if _passes_not(frame):
                return
            what = _said(frame, what)
            frame = frame.f_back
        if frame is None or (kind == "identity" and frame is not first) or _imported(frame):
            return  # a library may take an address for what it likes
        code = frame.f_code
        self._seen[code.co_filename, frame.f_lineno, qualified(code), what, kind] += 1


class _Auditor:
    """Python lets nobody go who once listens to what it does: so there is one, for the process, who mostly does not."""

    def __init__(self) -> None:
        self._listener: Callable[[str, tuple[Any, ...]], None] | None = None
        self._hired = False

    def listen(self, listener: Callable[[str, tuple[Any, ...]], None] | None) -> None:
        """Tell ``listener`` from now on, or nobody."""
        self._listener = listener
        if not self._hired:
            self._hired = True
            sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        listener = self._listener
        if listener is not None:
            self._listener = None  # what is done about it is not to be heard
            try:
                listener(event, arguments)
            finally:
                self._listener = listener


_AUDITOR = _Auditor()


def _passes_not(frame: FrameType) -> bool:
    """Whether what is called from here is nobody's escape."""
    file = frame.f_code.co_filename
    return file.startswith((HARNESS, "<frozen importlib")) or _module(frame).partition(".")[0] in _UNHEEDED


def _imported(frame: FrameType | None) -> bool:
    """Whether a module's code runs, or what finds modules."""
    while frame is not None and not frame.f_code.co_filename.startswith(HARNESS):
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _said(frame: FrameType, what: str) -> str:
    """A function of Python's library in whose midst something was called goes by its own name: its caller knows that one."""
    name, function = _module(frame), qualified(frame.f_code)
    inner = name.startswith("_") or name.partition(".")[0] in _BETWEEN or frame.f_code.co_filename.startswith("<")
    if inner or "<" in function or function.startswith("_") or "._" in function.replace(".__init__", ""):
        return what
    return f"{name}.{function.removeprefix('Random.') if name == 'random' else function}".removesuffix(".__init__")


def _module(frame: FrameType) -> str:
    return str(frame.f_globals.get("__name__", ""))
