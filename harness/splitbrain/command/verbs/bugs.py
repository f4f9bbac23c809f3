"""The command `bugs`: the museum as a table, or one exhibit's story."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from splitbrain.command.console import show_story
from splitbrain.command.exits import OK
from splitbrain.report.objects.exhibit import described, on_file
from splitbrain.report.terminal.size import screen_width

if TYPE_CHECKING:
    from splitbrain.exhibit import Exhibit


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `bugs`."""
    parser = commands.add_parser("bugs", help="list the museum, or tell the story of one exhibit")
    parser.add_argument("id", nargs="?", metavar="ID", help="an exhibit: its story, with the lanes of its shortest schedule")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=bugs_command)


def bugs_command(options: argparse.Namespace) -> int:
    """List the museum, or tell one exhibit's story."""
    from splitbrain.catalogue.museum import bugs, find_bug  # noqa: PLC0415 - as everywhere here: a --help is quick

    if options.id is None:
        _list([*bugs().values()], options)
    else:
        _tell(find_bug(options.id), options)
    return OK


def _list(exhibits: list[Exhibit], options: argparse.Namespace) -> None:
    if options.json:
        options.interrupt.final(json.dumps([described(each) for each in exhibits]))
        return
    from rich.console import Console  # noqa: PLC0415

    from splitbrain.report.terminal.bugs_table import bugs_table  # noqa: PLC0415

    width = screen_width()
    Console(width=width, highlight=False).print(bugs_table(exhibits, width))


def _tell(exhibit: Exhibit, options: argparse.Namespace) -> None:
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.replay import rerun  # noqa: PLC0415
    from splitbrain.schedule.shelf import schedule_of  # noqa: PLC0415

    path = schedule_of(exhibit)
    saved = None if path is None else load(path)
    if options.json:
        options.interrupt.final(json.dumps(described(exhibit) | on_file(saved)))
    elif saved is None:
        show_story(exhibit, None, None)
    else:
        show_story(exhibit, saved, rerun(saved))
