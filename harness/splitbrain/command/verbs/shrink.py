"""The command `shrink`: minimise a saved schedule."""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import positive
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import DIVERGED, OK, VIOLATION
from splitbrain.command.progress import LiveLine
from splitbrain.report.objects.shrink import minimised, not_minimised

if TYPE_CHECKING:
    from splitbrain.counterexample.keeper import Keeper
    from splitbrain.counterexample.minimiser.minimised import Minimised
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay
    from splitbrain.world.run import Found


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `shrink`."""
    parser = commands.add_parser("shrink", help="minimise a saved schedule (in place, unless --out names another file)")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, metavar="FILE")
    parser.add_argument("--seconds", type=positive, metavar="S", help="stop after so many of CPU (default: as a hunt does)")
    parser.add_argument("--json", action="store_true")
    parser.set_defaults(command=shrink_command)


def shrink_command(options: argparse.Namespace) -> int:
    """Minimise a saved schedule."""
    from splitbrain.counterexample.keeper import Keeper  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.counterexample.minimiser.minimiser import SECONDS, minimise  # noqa: PLC0415
    from splitbrain.elsewhere.determinism import check  # noqa: PLC0415
    from splitbrain.report.terminal.minimisation import effort, removed  # noqa: PLC0415
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415
    from splitbrain.world.run import run  # noqa: PLC0415

    saved = load(options.file)
    unread = f"interrupted: nothing is written, and {options.file} is as it was"
    options.interrupt.last_words(lambda: (unread, not_minimised("interrupted", unread, len(saved.actions)) | {"interrupted": True}))
    first = replay(saved, lenient=True)
    found = first.run.found()
    options.interrupt.check()
    check(first.run.setup, first.run.actions, first.violation)
    if found is None or first.outcome != "REPRODUCED":
        return _tell_nothing_to_shrink(options, first, len(saved.actions))
    path = options.out or options.file
    keeper = Keeper(path, lambda best: _shortened(saved, best, path))
    options.interrupt.last_words(lambda: _unfinished(options, keeper, first, len(saved.actions)))
    live = LiveLine(silent=options.json)

    def better(so_far: Minimised) -> None:
        keeper.keep(so_far)
        live.minimised(so_far)

    try:
        best = minimise(found, seconds=options.seconds or SECONDS, progress=better)
    finally:
        keeper.settle()
        live.done()
    options.interrupt.check()
    if best.interrupted:
        raise KeyboardInterrupt
    keeper.save(best.smallest)
    smaller = _shortened(saved, best.smallest, path)
    if options.json:
        options.interrupt.final(json.dumps(minimised(first, best, len(saved.actions), path)))
    else:
        print(f"{effort(best, len(saved.actions))}; saved as {path}")
        print(removed(best))
        print()
        show_counterexample(smaller, run(best.smallest.setup, best.smallest.actions, keep=True), path)
    return VIOLATION


def _unfinished(options: argparse.Namespace, keeper: Keeper, first: Replay, length: int) -> tuple[str, dict[str, Any]]:
    """The last words, once there is something to shrink."""
    held, so_far = keeper.held, keeper.so_far
    if held is None or so_far is None:
        message = f"interrupted: nothing is written, and {options.file} is as it was"
        return message, not_minimised(first.outcome, message, length) | {"interrupted": True}
    text = f"interrupted: the smallest so far has {len(held.actions):,} actions, from {length:,}; saved as {keeper.path}"
    return text, minimised(first, replace(so_far, smallest=held, interrupted=True), length, keeper.path)


def _shortened(saved: SavedSchedule, smallest: Found, path: Path) -> SavedSchedule:
    """What goes into the file at ``path``."""
    from splitbrain.schedule.file import SavedSchedule  # noqa: PLC0415
    from splitbrain.schedule.header import about  # noqa: PLC0415

    return SavedSchedule(about(saved.header, smallest), smallest.actions, path)


def _tell_nothing_to_shrink(options: argparse.Namespace, first: Replay, length: int) -> int:
    """There is nothing to shrink, or it is not what the file is about; the file stays as it is."""
    if first.outcome == "CHANGED":
        message = f"{first.message}; nothing is written: shrink what `splitbrain hunt` finds now, or mend the file's first line"
    elif first.outcome == "NONDETERMINISTIC" or first.run.undecided:
        message = first.message
    else:
        message = f"{options.file} breaks no invariant any more, so there is nothing to shrink"
    if options.json:
        options.interrupt.final(json.dumps(not_minimised(first.outcome, message, length)))
    else:
        print(f"{first.outcome}: {message}")
    return {"FIXED": OK, "STALE": DIVERGED, "NONDETERMINISTIC": DIVERGED}.get(first.outcome, VIOLATION)
