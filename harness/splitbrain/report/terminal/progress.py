"""A search so far, on one line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from splitbrain.report.terminal.coverage import NODES_DID
from splitbrain.report.values import counted


class Search(Protocol):
    """What a search (`splitbrain.search.tally.Tally`) tells of itself."""

    @property
    def runs(self) -> int: ...
    @property
    def steps(self) -> int: ...
    @property
    def seconds(self) -> float: ...
    @property
    def coverage(self) -> Mapping[str, int]: ...
    @property
    def shares(self) -> Mapping[str, int]: ...


def search_line(search: Search) -> str:
    """A search so far, on one line of about 80 columns."""
    return f"{effort(search)}{_headline(search.coverage)}"


def effort(search: Search) -> str:
    """What a search took."""
    rate = f", {search.steps / search.seconds:,.0f} steps/s" if search.seconds >= 0.1 else ""
    return f"{counted(search.runs, 'run')}, {counted(search.steps, 'step')}, {search.seconds:.1f} s{rate}"


def _headline(coverage: Mapping[str, int]) -> str:
    """The two or three counts that tell most: whether anything was reached, and under which faults."""
    reached = [f"{_short(coverage[kind])} {NODES_DID[kind]}" for kind in ("Led", "Decided", "Committed") if coverage.get(kind)]
    if coverage.get("crash"):
        reached.append(f"{_short(coverage['crash'])} crashes")
    return f"; {', '.join(reached)}" if reached else ""


def _short(number: int) -> str:
    """1234567 as ``1.2M``."""
    for unit, size in (("M", 1_000_000), ("k", 1_000)):
        if number >= 10 * size:
            return f"{number // size}{unit}"
        if number >= size:
            return f"{number / size:.1f}{unit}"
    return str(number)
