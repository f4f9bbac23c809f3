"""Which lines of a node's own code ran; which never did, in ranges, with the text of each one's first line."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from types import CodeType, FrameType
from typing import Any, Self

import msgspec

from splitbrain.doctor.examination.source import Function, Source, is_function, lines_of, same_file

_NOT_MEANT_TO = ("assert_never(", "raise NotImplementedError", "raise AssertionError", "pragma: no cover")
_LEADS_THERE = ("case _:", "else:")


class Gap(msgspec.Struct, frozen=True):
    """Lines from first to last that never ran, in a function; whole: all of it. text: of the first of them."""

    file: str
    first: int
    last: int
    function: str
    whole: bool
    text: str


class Lines:
    """A context that notes which lines of some files are run in this thread meanwhile; it can be entered again and again."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._functions = source.functions()
        self._files = {each.file for each in self._functions}
        self._ran: dict[str, set[int]] = {file: set() for file in self._files}
        # By the address of a code object, which is kept: its lines that have not run, or None where nobody asks.
        self._left: dict[int, tuple[CodeType, set[int] | None]] = {}
        self._before: Any = None

    def __enter__(self) -> Self:
        self._before = sys.gettrace()
        sys.settrace(self._called)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(self._before)

    def _called(self, frame: FrameType, _: str, __: Any) -> Any:
        """A function begins, or a generator goes on."""
        code = frame.f_code
        known = self._left.get(id(code)) or self._learn(code)
        left = known[1]
        if not left:
            return None
        left.discard(code.co_firstlineno)

        def ran(frame: FrameType, event: str, _: Any) -> Any:
            if event == "line":
                left.discard(frame.f_lineno)
            return ran

        return ran

    def _learn(self, code: CodeType) -> tuple[CodeType, set[int] | None]:
        wanted = is_function(code) and same_file(code.co_filename) in self._files
        known = self._left[id(code)] = code, lines_of(code) if wanted else None
        return known

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What never ran, function by function."""
        ran = self._all_ran()
        return tuple(gap for each in self._functions for gap in self._gaps(each, ran[each.file]))

    @property
    def share(self) -> float | None:
        """How much of the node's lines ran, from 0 to 1; None where it has none that are known."""
        ran = self._all_ran()
        asked = [each for each in self._functions if not self._unheeded(each, ran[each.file])]
        lines = {(each.file, line) for each in asked for line in each.lines}
        return sum(line in ran[file] for file, line in lines) / len(lines) if lines else None

    def called(self, functions: Iterable[str]) -> set[str]:
        """Of the functions of these names ("Node.receive"), those that were called."""
        ran, wanted = self._all_ran(), set(functions)
        return {each.name for each in self._functions if each.name in wanted and each.first in ran[each.file]}

    def _all_ran(self) -> dict[str, set[int]]:
        for code, left in self._left.values():
            if left is not None:
                self._ran[same_file(code.co_filename)] |= lines_of(code) - left
        return self._ran

    def _unheeded(self, function: Function, ran: set[int]) -> bool:
        return function.overridden and not function.lines & ran

    def _gaps(self, function: Function, ran: set[int]) -> Iterator[Gap]:
        if self._unheeded(function, ran):
            return
        if function.first not in ran:
            lines = sorted(function.lines)
            if not all(map(self._not_meant_to(function), lines[1:])) or len(lines) == 1:
                text = self._source.line(function.file, function.first)
                yield Gap(function.file, lines[0], lines[-1], function.name, True, text)
            return
        for gap in self._ranges(function, ran):
            while gap and self._source.line(function.file, gap[0]) in _LEADS_THERE:
                del gap[0]
            if not all(map(self._not_meant_to(function), gap)):
                yield Gap(function.file, gap[0], gap[-1], function.name, False, self._source.line(function.file, gap[0]))

    def _ranges(self, function: Function, ran: set[int]) -> Iterator[list[int]]:
        """The lines that did not run: those of one range follow each other, and none stands further to the left than its first."""
        gap: list[int] = []
        for line in sorted(function.lines - {function.first}):
            if line in ran or (gap and self._left_of(function.file, line, gap[0])):
                yield gap
                gap = []
            if line not in ran:
                gap.append(line)
        yield gap

    def _left_of(self, file: str, line: int, other: int) -> bool:
        return self._source.indent(file, line) < self._source.indent(file, other)

    def _not_meant_to(self, function: Function) -> Any:
        def is_so(line: int) -> bool:
            text = self._source.line(function.file, line)
            return any(each in text for each in _NOT_MEANT_TO) or text in _LEADS_THERE

        return is_so
