"""The command `show`: a saved schedule on one screen; or what its clients saw."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from splitbrain.command.console import show_counterexample, show_history
from splitbrain.command.exits import DIVERGED, OK
from splitbrain.errors import SplitbrainError


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `show`."""
    parser = commands.add_parser("show", help="a saved schedule on one screen, with lanes for the nodes")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--history", action="store_true", help="what its clients saw: a lane for each, and all operations")
    parser.add_argument("--json", action="store_true", help="with --history: print one JSON object, and nothing else")
    parser.set_defaults(command=show_command)


def show_command(options: argparse.Namespace) -> int:
    """Show a saved schedule with lanes for the nodes, or for the clients."""
    from splitbrain.schedule.file import load  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.schedule.replay import rerun  # noqa: PLC0415

    if options.json and not options.history:
        raise SplitbrainError(
            "show prints a screen, for which there is no JSON; say --history for its operations, or use `splitbrain replay --json`"
        )
    saved = load(options.file)
    done = rerun(saved)
    options.interrupt.check()
    if done.stopped is not None and not options.json:
        print(f"DIVERGED AT {len(done.actions) + 1}: {done.stopped}; shown up to there", file=sys.stderr)
    if options.json:
        from splitbrain.report.objects.clients import history  # noqa: PLC0415

        options.interrupt.final(json.dumps(history(done)))
    elif options.history:
        show_history(saved, done, options.file)
    else:
        show_counterexample(saved, done, options.file)
    return DIVERGED if done.stopped is not None else OK
