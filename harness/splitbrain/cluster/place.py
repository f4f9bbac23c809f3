"""Places in a node's code, as a trace may hold them: the file's name, the line and the function, equal on every machine.

A whole path would differ from one checkout to the next, and a trace must not.
"""

from __future__ import annotations

import sysconfig
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from os import path, sep
from types import CodeType, FrameType, GeneratorType, TracebackType
from typing import Any

_COMPREHENSIONS = ("<listcomp>", "<dictcomp>", "<setcomp>")  # a function of its own up to Python 3.11, a part of another since


def _folder(file: str) -> str:
    return path.dirname(path.abspath(file)) + sep


HARNESS = path.dirname(_folder(__file__).rstrip(sep)) + sep  # not what is written on it: that is somebody's node
# The scheduler of async nodes, and what hands it its results.
SCHEDULER = tuple(_folder(spec.origin) for name in ("trio", "outcome") if (spec := find_spec(name)) and spec.origin)
_LIBRARY = tuple({sysconfig.get_path(name) + sep for name in ("stdlib", "platstdlib")})
_MADE_UP = ("<frozen ", "<string>", "<attrs generated ")  # Python's own, frozen; what dataclasses and the like write
_PACKAGES = ("site-packages" + sep, "dist-packages" + sep)  # within the library, but no part of it


def is_harness(code: CodeType) -> bool:
    """Whether it is the harness' own code, or the scheduler's."""
    return code.co_filename.startswith((HARNESS, *SCHEDULER))


def is_somebody_s(code: CodeType) -> bool:
    """Whether it is code that somebody may want to be led to: neither the harness' nor Python's own."""
    file = code.co_filename
    return not (
        file.startswith(_MADE_UP)
        or is_harness(code)
        or any(file.startswith(library) and not file[len(library) :].startswith(_PACKAGES) for library in _LIBRARY)
    )


def told(code: CodeType, line: int, function: str | None = None) -> str:
    """A place in words: ``node.py:17, in receive``."""
    return f"{path.basename(code.co_filename)}:{line}, in {function or code.co_name}"


def qualified(code: CodeType) -> str:
    """What a function is called, with the class or the function that it stands in: ``Node.receive``."""
    return code.co_qualname.replace("<locals>.", "")


def raised_at(error: BaseException) -> str | None:
    """Where ``error`` was raised: the innermost place in somebody's code; None where it came through none.

    How deep a recursion, and a memory, goes is Python's business: of that the outermost place is told.
    """
    places = [(frame.f_code, line) for frame, line in _frames(error.__traceback__) if is_somebody_s(frame.f_code)]
    if not places:
        return None
    if isinstance(error, (RecursionError, MemoryError)):
        return told(*places[0])
    line, names = places[-1][1], [code.co_name for code, _ in places]
    while len(names) > 1 and names[-1] in _COMPREHENSIONS:
        names.pop()
    return told(places[-1][0], line, names[-1])


def stopped_at(frame: FrameType | None, outermost: CodeType | None = None) -> str | None:
    """The innermost place in somebody's code from ``frame`` outwards, within what ``outermost`` has called."""
    while frame is not None and not is_somebody_s(frame.f_code):
        frame = None if frame.f_code is outermost else frame.f_back
    return None if frame is None else told(frame.f_code, frame.f_lineno)


def called_at(frame: FrameType | None) -> str | None:
    """The same within one task: whoever runs the scheduler has not called what its tasks call."""
    while frame is not None and not is_somebody_s(frame.f_code):
        frame = None if frame.f_code.co_filename.startswith(SCHEDULER) else frame.f_back
    return None if frame is None else told(frame.f_code, frame.f_lineno)


def defined_at(handler: object) -> str | None:
    """Where a function or method is defined; None for what has no code."""
    handler = getattr(handler, "func", handler)  # of a partial
    code = getattr(getattr(handler, "__wrapped__", handler), "__code__", None)
    return defined(code) if isinstance(code, CodeType) else None


def defined(code: CodeType) -> str | None:
    """Where code is defined; None where it is nobody's."""
    return told(code, code.co_firstlineno) if is_somebody_s(code) else None


def yielded_at(effects: object, handler: Callable[..., Any]) -> str | None:
    """Where a handler has got to that waits at a `yield`; of one that returned its effects, where it is defined."""
    frame = None
    while isinstance(effects, GeneratorType) and effects.gi_frame is not None:
        frame = effects.gi_frame
        effects = effects.gi_yieldfrom
    if frame is None or not is_somebody_s(frame.f_code):
        return defined_at(handler)
    return told(frame.f_code, frame.f_lineno)


def performing(error: BaseException) -> bool:
    """Whether ``error``, which came of pulling a handler, was raised by what performs an effect, and not by the handler."""
    (_, *inner) = _frames(error.__traceback__)
    return bool(inner) and inner[0][0].f_code.co_filename.startswith(HARNESS)


def at(place: str | None) -> str:
    """The place in brackets, for the end of a phrase."""
    return "" if place is None else f" ({place})"


def _frames(traceback: TracebackType | None) -> Iterator[tuple[FrameType, int]]:
    while traceback is not None:
        yield traceback.tb_frame, traceback.tb_lineno
        traceback = traceback.tb_next
