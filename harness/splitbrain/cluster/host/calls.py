"""Calls that are to be awaited: which of them an async node let go without."""

from __future__ import annotations

import warnings
import weakref
from collections.abc import Coroutine
from types import CodeType, FrameType
from typing import Any, TypeAlias

from splitbrain.cluster.place import is_somebody_s, told

Call: TypeAlias = tuple[Any, CodeType, int]  # a coroutine, and the code and the instruction that asked for it


class Calls:
    """The coroutines that a node was handed since the world last settled.

    One that has not begun by then, and that nobody has any more, never will. Python says so as well, but to nobody in particular,
    and where its filters of warnings stand so; and what one that somebody keeps is for, is not known before the end.
    """

    __slots__ = ("_made",)

    def __init__(self) -> None:
        self._made: list[Call] = []

    def made(self, call: Coroutine[Any, Any, Any], caller: FrameType) -> None:
        """A call was handed to ``caller``."""
        self._made.append((call, caller.f_code, caller.f_lasti))

    def dropped(self) -> tuple[str, str | None] | None:
        """The first one that was not awaited, and where it was made, if that is in somebody's code; asked when all is quiet."""
        made, self._made = self._made, []
        waiting = [each for each in made if each[0].cr_frame is not None and not each[0].cr_suspended]
        made.clear()
        if not waiting:
            return None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            while waiting:
                name, code, instruction = waiting[0][0].__name__, *waiting[0][1:]
                left = weakref.ref(waiting.pop(0)[0])
                if left() is None:
                    return name.strip("_"), _place(code, instruction)
        return None


def _place(code: CodeType, instruction: int) -> str | None:
    if not is_somebody_s(code):
        return None
    lines = (line for start, end, line in code.co_lines() if start <= instruction < end and line is not None)
    return told(code, next(lines, code.co_firstlineno))
