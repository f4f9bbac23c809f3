"""What the last accepted score measured (ci/score.json), and what in a new one is worse than chance explains.

Equal code finds equal things, so any difference comes from a change; but a harmless one also deals new dice. How many steps a
search needs is about geometric, and the medians of five such draws differ by a factor of eight once in a thousand; so only more
than that counts, and never less than STEPS steps. A minimised length hardly varies. Seconds are never compared: machines differ.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from splitbrain.search.row import Finding, Length, Row
from splitbrain.search.score import Score

FILE = Path(__file__).parent / "score.json"
FACTOR, STEPS = 8.0, 20_000  # median steps to find: times the baseline's, and so many more
LONGER, ACTIONS = 1.25, 1.0  # median minimised length: times the baseline's, and so many more
MISSED = 0.25  # of the seeds: one in five may miss that did not


@dataclass(frozen=True)
class Mark:
    """One exhibit's line: which part of the seeds found it; medians of runs, steps and minimised length."""

    found: float
    runs: float
    steps: float
    actions: float | None


def marks(rows: Iterable[Row]) -> dict[str, Mark]:
    return {row.id: _mark(row.finding, row.length) for row in rows if not row.control}


def _mark(finding: Finding, length: Length) -> Mark:
    return Mark(finding.found / finding.seeds, finding.runs, finding.steps, length.actions)


def read(file: Path = FILE) -> dict[str, Mark]:
    exhibits: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))["exhibits"]
    return {name: Mark(**mark) for name, mark in exhibits.items()}


def write(score: Score, file: Path = FILE) -> None:
    """One line an exhibit, so that a change of it can be read."""
    head = json.dumps({"seconds": score.seconds, "seeds": score.seeds, "python": score.python})
    lines = [f"{json.dumps(name)}: {json.dumps(vars(mark))}" for name, mark in sorted(marks(score.exhibits).items())]
    text = f'{head[:-1]}, "exhibits": {{\n  ' + ",\n  ".join(lines) + "\n}}\n"
    file.write_text(text, encoding="utf-8")


def quick(known: dict[str, Mark]) -> list[str]:
    """The half of the exhibits that takes the fewest steps, all seeds of which found it."""
    sure = sorted((mark.steps, name) for name, mark in known.items() if mark.found == 1)
    return sorted(name for _, name in sure[: (len(known) + 1) // 2])


def regressions(rows: Iterable[Row], known: dict[str, Mark]) -> Iterator[str]:
    """What got worse, a line each; an exhibit that the baseline does not know must be found in most seeds."""
    for name, mark in marks(rows).items():
        before = known.get(name, Mark(1.0, 0, float("inf"), None))
        if mark.found < before.found - MISSED:
            yield f"{name}: found in {mark.found:.0%} of the seeds, where it was {before.found:.0%}"
        elif mark.steps > FACTOR * before.steps + STEPS:
            yield f"{name}: found in {mark.steps:,.0f} steps, where it was {before.steps:,.0f}"
        if mark.actions is not None and before.actions is not None and mark.actions > LONGER * before.actions + ACTIONS:
            yield f"{name}: minimised to {mark.actions:g} actions, where it was {before.actions:g}"
