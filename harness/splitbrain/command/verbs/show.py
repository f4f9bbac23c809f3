"""The command `show`: a saved schedule on one screen."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import DIVERGED, OK


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `show`."""
    parser = commands.add_parser("show", help="a saved schedule on one screen, with lanes for the nodes")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.set_defaults(command=show_command)


def show_command(options: argparse.Namespace) -> int:
    """Show a saved schedule with lanes for the nodes."""
    from splitbrain.schedule.file import load  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.schedule.replay import rerun  # noqa: PLC0415

    saved = load(options.file)
    done = rerun(saved)
    options.interrupt.check()
    if done.stopped is not None:
        print(f"DIVERGED AT {len(done.actions) + 1}: {done.stopped}; shown up to there", file=sys.stderr)
    show_counterexample(saved, done, options.file)
    return DIVERGED if done.stopped is not None else OK
