"""What is wrong with a scenario's nodes: each kind of problem once, with how often it came up."""

from __future__ import annotations

import re
from collections.abc import Iterator

_PLACE = r"\.py:\d+"  # two lines of a file are two problems
_VARYING = re.compile(rf"({_PLACE})|'[^']*'|\b[a-z]\d+(?:, [a-z]\d+)*\b|\d+")


class Complaints:
    """Problems in the order in which they were found. Those that differ in names, numbers and texts alone are of one kind."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[str, int]] = {}

    def add(self, text: str) -> None:
        """One problem more, or one more of its kind."""
        kind = _VARYING.sub(lambda match: match[1] or "#", text)
        first, times = self._found.get(kind, (text, 0))
        self._found[kind] = first, times + 1

    def __iter__(self) -> Iterator[str]:
        """The first of each kind."""
        return (first for first, _ in self._found.values())

    def __bool__(self) -> bool:
        return bool(self._found)

    def told(self) -> tuple[str, ...]:
        """The first of each kind, and how many more of it there were."""
        return tuple(f"{first} (and {times - 1:,} more of these)" if times > 1 else first for first, times in self._found.values())
