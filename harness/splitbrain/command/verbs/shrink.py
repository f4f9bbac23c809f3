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
    from splitbrain.counterexample.minimiser.minimised import Minimised
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay

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
    from splitbrain.counterexample.counterexample import shrink  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.report.terminal.minimisation import effort, removed  # noqa: PLC0415
    from splitbrain.schedule.file import load, save  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415
    from splitbrain.search.hunt import Found  # noqa: PLC0415
    from splitbrain.world.determinism import check  # noqa: PLC0415
    from splitbrain.world.run import host_for, run  # noqa: PLC0415

    saved = load(options.file)
    setup = saved.setup()
    host = host_for(setup.scenario)
    first = replay(saved, lenient=True, host=host)
    actions = first.run.actions
    check(setup, actions, host, first.violation)
    if first.violation is None or first.outcome != "REPRODUCED":
        return _tell_nothing_to_shrink(options, first, len(saved.actions))
    live = LiveLine(silent=options.json)
    best = shrink([Found(setup, actions, first.violation)], host=host, seconds=options.seconds, progress=live.minimised)
    live.done()
    path = options.out or options.file
    smaller = _shortened(saved, best, path)
    save(path, smaller)
    if options.json:
        print(json.dumps(minimised(first, best, len(saved.actions), path)))
    else:
        print(f"{effort(best, len(saved.actions))}; saved as {path}")
        print(removed(best))
        print()
        show_counterexample(smaller, run(best.setup, best.actions, host=host, keep=True), path)
    return VIOLATION


def _shortened(saved: SavedSchedule, best: Minimised, path: Path) -> SavedSchedule:
    """What goes into the file at ``path``: the header tells what the smallest schedule breaks."""
    import msgspec  # noqa: PLC0415

    from splitbrain.schedule.file import SavedSchedule  # noqa: PLC0415

    header = msgspec.structs.replace(
        saved.header,
        size=best.setup.size,
        invariant=best.violation.invariant,
        fingerprint=best.violation.fingerprint,
    )
    return SavedSchedule(header, best.actions, path)


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
