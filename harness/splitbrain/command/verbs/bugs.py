"""The command `bugs`: the museum as a table, or one exhibit's story."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from splitbrain.command.commands import OK, printable
from splitbrain.command.progress import screen_width

if TYPE_CHECKING:
    from splitbrain.exhibit import Exhibit
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.world.run import Run


def bugs_command(options: argparse.Namespace) -> int:
    """List the museum, or tell one exhibit's story."""
    from splitbrain.catalogue.museum import bugs, find_bug  # noqa: PLC0415 - each command imports what it needs

    if options.id is not None:
        exhibit = find_bug(options.id)
        if options.json:
            print(json.dumps(_record(exhibit) | _file(exhibit)))
        else:
            from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
            from splitbrain.report.terminal.story import story_text  # noqa: PLC0415

            saved, run = _saved_run(exhibit)
            explanation = None if run is None else explain(run)
            print(printable(story_text(exhibit, saved, run, screen_width(), sys.stdout.isatty(), explanation)))
        return OK
    exhibits = bugs().values()
    if options.json:
        print(json.dumps([_record(each) for each in exhibits]))
    else:
        from rich.console import Console  # noqa: PLC0415

        from splitbrain.report.terminal.account import bugs_table  # noqa: PLC0415

        width = screen_width()
        Console(width=width, highlight=False).print(bugs_table(exhibits, width))
    return OK


def _record(exhibit: Exhibit) -> dict[str, Any]:
    return {
        "id": exhibit.id,
        "title": exhibit.title,
        "protocol": exhibit.protocol,
        "source": exhibit.source,
        "mechanism": exhibit.mechanism,
        "story": exhibit.story,
        "invariant": list(exhibit.invariant),
        "faults": exhibit.faults,
        "shortest": dict(exhibit.shortest),
        "control": exhibit.control,
    }


def _file(exhibit: Exhibit) -> dict[str, Any]:
    """The saved schedule: its file, its length, and what it breaks."""
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.shelf import schedule_of  # noqa: PLC0415

    path = schedule_of(exhibit)
    if path is None:
        return {"schedule": None, "actions": None, "breaks": None}
    saved = load(path)
    return {"schedule": str(path), "actions": len(saved.actions), "breaks": saved.header.invariant}


def _saved_run(exhibit: Exhibit) -> tuple[SavedSchedule | None, Run | None]:
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.shelf import schedule_of  # noqa: PLC0415
    from splitbrain.world.run import host_for, run  # noqa: PLC0415

    path = schedule_of(exhibit)
    if path is None:
        return None, None
    saved = load(path)
    setup = saved.setup()
    return saved, run(setup, saved.schedule(setup.scenario), host=host_for(setup.scenario), keep=True)
