"""What a test's own code raised besides: of a test that broke an invariant it is a side note, on one line."""

from __future__ import annotations

from pathlib import Path
from traceback import walk_tb
from types import FrameType

from splitbrain.report.terminal.size import as_typed
from splitbrain.trace.readable import clip

_TOOLS = ("splitbrain", "hypothesis", "pytest", "_pytest", "pluggy", "unittest", "contextlib")
_LONGEST = 160  # characters of its message


def besides(raised: BaseException | None) -> str | None:
    """An exception in a line: type, message, and the last place in the user's own code. None for what is nobody's own."""
    own = None if raised is None else _own(raised)
    if own is None:
        return None
    message = clip(" ".join(str(own).split()), _LONGEST)
    said = f"{type(own).__name__}{': ' if message else ''}{message}"
    return f"Besides, the test's own code raised {said}{_place(own)}"


def _own(raised: BaseException) -> BaseException | None:
    """The exception that is the test's own: of a group the first that is one; not what the harness and Hypothesis end runs with."""
    if isinstance(raised, BaseExceptionGroup):
        return next((own for each in raised.exceptions if (own := _own(each)) is not None), None)
    return None if type(raised).__module__.partition(".")[0] in ("splitbrain", "hypothesis") else raised


def _place(error: BaseException) -> str:
    frames = [(frame, line) for frame, line in walk_tb(error.__traceback__) if not _is_a_tool(frame)]
    if not frames:
        return ""
    frame, line = frames[-1]
    return f" ({as_typed(Path(frame.f_code.co_filename))}:{line}, in {frame.f_code.co_name})"


def _is_a_tool(frame: FrameType) -> bool:
    return str(frame.f_globals.get("__name__", "")).partition(".")[0] in _TOOLS
