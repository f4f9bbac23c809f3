"""What the clients of one run saw: their lanes, and a line an operation."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text

from splitbrain.report.clients import account
from splitbrain.report.terminal.clients import draw_lanes, draw_table
from splitbrain.report.terminal.drawing import fold
from splitbrain.report.terminal.screen import to_string
from splitbrain.report.terminal.size import NARROWEST
from splitbrain.trace.history import History
from splitbrain.trace.readable import showing

if TYPE_CHECKING:
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.world.run import Run


def history_text(saved: SavedSchedule, run: Run, path: Path, width: int = 100, color: bool = False) -> str:
    """The history of a run whose trace is kept, for a terminal of ``width`` columns (at least 60)."""
    width = max(width, NARROWEST)
    history = History.of(run.events)
    broken = "" if run.violation is None else f"; {run.violation.invariant} is broken"
    name = f"{run.setup.scenario.name}{f' with the bug {saved.header.bug}' if saved.header.bug else ''}"
    lines = [Text(line, "bold") for line in fold(f"{name}: {account(history)}{broken}", width)]
    marked = set() if run.violation is None else {str(getattr(event, "request", "")) for event in run.violation.evidence}
    marked &= {operation.id for operation in history}
    if history:
        with showing(run.setup.scenario.show):
            drawn = draw_lanes(history, width, replaced=history.replaced, marked=marked)
            lines += [Text(), *drawn, Text(), *draw_table(history, width)]
    lines += [Text(), Text(f"See the nodes:  splitbrain show {shlex.quote(str(path))}", "dim")]
    return to_string(lines, width, color)
