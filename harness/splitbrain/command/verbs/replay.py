"""The command `replay`: run a saved schedule again."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import HOSTS
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import DIVERGED, OK, VIOLATION
from splitbrain.report.objects.replay import replayed

if TYPE_CHECKING:
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay

_EXITS = {"REPRODUCED": VIOLATION, "CHANGED": VIOLATION, "FIXED": OK}


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `replay`."""
    parser = commands.add_parser("replay", help="run a saved schedule again (this imports the module that it names)")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--lenient", action="store_true", help="skip what is no longer enabled, and say how much")
    parser.add_argument("--unbroken", action="store_true", help="an exhibit's schedule against the protocol without the bug")
    parser.add_argument("--host", choices=HOSTS, help="what runs the nodes")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=replay_command)


def replay_command(options: argparse.Namespace) -> int:
    """Run a saved schedule again."""
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415

    saved = load(options.file)
    result = replay(saved, lenient=options.lenient, host=options.host, unbroken=options.unbroken)
    options.interrupt.check()  # a node that swallows Ctrl-C has made something else of the run
    if options.json:
        options.interrupt.final(json.dumps(replayed(result, saved, explain(result.run))))
    else:
        print(_verdict(result, saved, options.lenient))
        if result.violation is not None:
            print()
            show_counterexample(saved, result.run, options.file)
    return _EXITS.get(result.outcome, DIVERGED)


def _verdict(result: Replay, saved: SavedSchedule, lenient: bool) -> str:
    diverged = f" AT {result.at}" if result.at is not None and result.outcome == "DIVERGED" else ""
    skipped = f" ({result.skipped} of {len(saved.actions)} actions skipped)" if lenient else " (strict)"
    return f"{result.outcome}{diverged}{skipped}: {result.message}"
