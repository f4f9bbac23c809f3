"""The command `shrink`: minimise a saved schedule."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import positive
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import OK, VIOLATION
from splitbrain.command.progress import LiveLine
from splitbrain.report.objects.shrink import minimised, not_minimised

if TYPE_CHECKING:
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay
    from splitbrain.world.run import Found

_SECONDS = 30.0


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `shrink`."""
    parser = commands.add_parser("shrink", help="minimise a saved schedule (in place, unless --out names another file)")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE")
    limit = f"stop after so long (default {_SECONDS:g})"
    parser.add_argument("--seconds", type=positive, default=_SECONDS, metavar="S", help=limit)
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=shrink_command)


def shrink_command(options: argparse.Namespace) -> int:
    """Minimise a saved schedule."""
    from splitbrain.counterexample.minimiser.minimiser import minimise  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.report.terminal.minimisation import effort, removed  # noqa: PLC0415
    from splitbrain.schedule.file import load, save  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415
    from splitbrain.world.determinism import check  # noqa: PLC0415
    from splitbrain.world.run import run  # noqa: PLC0415

    saved = load(options.file)
    first = replay(saved, lenient=True)
    found = first.run.found()
    check(first.run.setup, first.run.actions, first.violation)
    if found is None or first.outcome != "REPRODUCED":
        return _tell_nothing_to_shrink(options, first, len(saved.actions))
    live = LiveLine(silent=options.json)
    best = minimise(found, seconds=options.seconds, progress=live.minimised)
    live.done()
    path = options.out or options.file
    smaller = _shortened(saved, best.smallest, path)
    save(path, smaller)
    if options.json:
        print(json.dumps(minimised(first, best, len(saved.actions), path)))
    else:
        print(f"{effort(best, len(saved.actions))}; saved as {path}")
        print(removed(best))
        print()
        show_counterexample(smaller, run(best.smallest.setup, best.smallest.actions, keep=True), path)
    return VIOLATION


def _shortened(saved: SavedSchedule, smallest: Found, path: Path) -> SavedSchedule:
    """What goes into the file at ``path``."""
    from splitbrain.schedule.file import SavedSchedule  # noqa: PLC0415
    from splitbrain.schedule.header import about  # noqa: PLC0415

    return SavedSchedule(about(saved.header, smallest), smallest.actions, path)


def _tell_nothing_to_shrink(options: argparse.Namespace, first: Replay, length: int) -> int:
    """There is nothing to shrink, or it is not what the file is about; the file stays as it is."""
    if first.outcome == "CHANGED":
        message = f"{first.message}; nothing is written: shrink what `splitbrain hunt` finds now, or mend the file's first line"
    else:
        message = f"{options.file} breaks no invariant any more, so there is nothing to shrink"
    if options.json:
        print(json.dumps(not_minimised(first.outcome, message, length)))
    else:
        print(f"{first.outcome}: {message}")
    return OK if first.outcome == "FIXED" else VIOLATION
