"""The command `replay`: run a saved schedule again."""

from __future__ import annotations

import argparse
import json
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import HOSTS
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import DIVERGED, OK, VIOLATION

if TYPE_CHECKING:
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay

_MOST = 12  # skipped actions that are listed
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
        from splitbrain.report.objects.replay import replayed  # noqa: PLC0415

        options.interrupt.final(json.dumps(replayed(result, saved, explain(result.run))))
    else:
        print(_verdict(result, saved, options.lenient))
        for line in _further(result, saved, options):
            print(line)
        if result.violation is not None:
            print()
            show_counterexample(saved, result.run, options.file)
    return _EXITS.get(result.outcome, DIVERGED)


def _verdict(result: Replay, saved: SavedSchedule, lenient: bool) -> str:
    diverged = f" AT {result.at}" if result.at is not None and result.outcome == "DIVERGED" else ""
    skipped = f" ({result.skipped} of {len(saved.actions)} actions skipped)" if lenient else " (strict)"
    return f"{result.outcome}{diverged}{skipped}: {result.message}"


def _further(result: Replay, saved: SavedSchedule, options: argparse.Namespace) -> list[str]:
    """How to go on where a strict replay could not; and what a lenient one skipped, with what that means."""
    from splitbrain.actions import Request, Resend  # noqa: PLC0415
    from splitbrain.report.actions import action_words  # noqa: PLC0415
    from splitbrain.schedule.replay import decisive  # noqa: PLC0415

    if result.at is not None and not options.lenient:
        host = f" --host {options.host}" if options.host else ""
        again = f"splitbrain replay {shlex.quote(str(options.file))} --lenient{' --unbroken' * options.unbroken}{host}"
        what = "What a client asks for" if isinstance(saved.actions[result.at - 1].input, (Request, Resend)) else "What happens"
        return [f"{what} may well differ once nodes are mended. To skip what is not enabled, and run the rest:  {again}"]
    idle = result.run.idle
    lines = [f"    skipped {place + 1}: {action_words(saved.actions[place])}" for place in idle[:_MOST]]
    lines += [f"    and {len(idle) - _MOST} more"] if len(idle) > _MOST else []
    lost = decisive(saved, result.run)
    if lost and result.violation is None:
        many, was = ", ".join(str(place + 1) for place in lost[:_MOST]), saved.header.invariant
        lines.append(
            f"Among these is evidence of how {was} was broken (action {many}): without it this says little. "
            "Hunt again, with the seed in the file and with others."
        )
    return lines
