"""The terminal at hand: a report for its width, its colours, and what it can encode."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from splitbrain.report.terminal.size import screen_width, wants_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splitbrain.doctor.examination.examination import Examination
    from splitbrain.exhibit import Exhibit
    from splitbrain.report.judged import Judged
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.world.run import Run


def show_counterexample(saved: SavedSchedule, run: Run, path: Path | None) -> None:
    """Print a schedule, saved at ``path`` if anywhere, and what came of it, with the reasons."""
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.report.terminal.screen import counterexample_text  # noqa: PLC0415

    print(_printable(counterexample_text(saved, run, path, screen_width(), wants_color(sys.stdout), explain(run))))


def show_story(exhibit: Exhibit, saved: SavedSchedule | None, run: Run | None) -> None:
    """Print an exhibit's story; with its saved schedule and the run of that, where it has one."""
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.report.terminal.story import story_text  # noqa: PLC0415

    explanation = None if run is None else explain(run)
    print(_printable(story_text(exhibit, saved, run, screen_width(), wants_color(sys.stdout), explanation)))


def show_judged(judged: Sequence[Judged]) -> None:
    """Print the verdict on a history, or on each of several."""
    from splitbrain.report.terminal.judged import table_text, verdict_text  # noqa: PLC0415

    width, color = screen_width(), wants_color(sys.stdout)
    print(_printable(table_text(judged, width, color) if len(judged) > 1 else verdict_text(judged[0], width, color)))


def show_history(saved: SavedSchedule, run: Run, path: Path) -> None:
    """Print what the clients of a run saw: their lanes, and their operations as a table."""
    from splitbrain.report.terminal.history import history_text  # noqa: PLC0415

    print(_printable(history_text(saved, run, path, screen_width(), wants_color(sys.stdout))))


def show_examination(found: Examination, name: str) -> None:
    """Print what an examination found; name: what the user calls the scenario."""
    from splitbrain.report.terminal.examination.page import examination_text  # noqa: PLC0415

    print(_printable(examination_text(found, name, screen_width())))


def _printable(text: str) -> str:
    """The text, or the nearest to it that standard output can encode."""
    from splitbrain.report.terminal.screen import ascii_only  # noqa: PLC0415

    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return ascii_only(text)
    return text
