"""The command line: hunt, replay, shrink, show, bugs, score.

Exit codes: 0 clean or fixed, 1 a violation, 2 bad usage, input or node (one that raises, say, in a hunt), 3 diverged or vacuous,
130 interrupted (a hunt or a shrink that has something to tell ends with that, and its code).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from splitbrain.command.commands import (
    BAD_INPUT,
    INTERRUPTED,
    OK,
    OUT,
    SECONDS,
    hunt_command,
    replay_command,
    show_command,
    shrink_command,
)
from splitbrain.command.verbs.bugs import bugs_command
from splitbrain.command.verbs.score import score_command
from splitbrain.errors import SplitbrainError
from splitbrain.report.objects import failed

# Those of splitbrain.nemesis.portfolio, which takes too long to import for a --help.
STRATEGIES = ("swarm", "rounds", "partitions", "power-cuts", "pct", "delays", "uniform", "guided")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    if arguments is None:
        # As with `python -m`: a scenario's nodes may import their neighbours at any time.
        sys.path.insert(0, str(Path.cwd()))
    try:
        return int(options.command(options))
    except SplitbrainError as error:
        if getattr(options, "json", False):
            print(json.dumps(failed(options, str(error))))
        print(f"splitbrain: {error}", file=sys.stderr)
        return BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone: say nothing more
        return OK
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"splitbrain: {message}", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def _positive(text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = 0.0
    if not number > 0:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def _count(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive whole number")
    return number


def _natural(text: str) -> int:
    number = _whole(text)
    if number < 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number of at least 0")
    return number


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return -1


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="splitbrain",
        description="Hunt for schedules that break consensus protocols, shrink them, and replay them.",
        epilog="exit codes: 0 clean or fixed, 1 violation, 2 bad usage, input or node, 3 diverged or vacuous, 130 interrupted",
    )
    parser.add_argument("--version", action="version", version=f"splitbrain {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    hunt = commands.add_parser("hunt", help="search for a violation; shrink, save and show it")
    hunt.add_argument("scenario", metavar="SCENARIO", help="raft, paxos, or module:NAME")
    hunt.add_argument("--bug", metavar="ID", help="hunt an exhibit of the museum (`splitbrain bugs` lists them)")
    hunt.add_argument("--seconds", type=_positive, metavar="S", help=f"stop after so long (default {SECONDS:g})")
    hunt.add_argument("--runs", type=_count, metavar="N", help="stop after so many runs")
    hunt.add_argument("--steps", type=_count, metavar="N", help="stop after so many actions")
    hunt.add_argument("--seed", type=int, metavar="N", help="a fresh one is drawn, and printed, when left out")
    hunt.add_argument("--strategy", metavar="NAME", help=f"one alone, not the portfolio of all: {', '.join(STRATEGIES)}")
    hunt.add_argument("--host", choices=("direct", "trio"), help="what runs the nodes (async nodes need trio)")
    hunt.add_argument("--out", type=Path, default=Path(OUT), metavar="DIR", help=f"where schedules go (default {OUT})")
    hunt.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    hunt.set_defaults(command=hunt_command)

    replay = commands.add_parser("replay", help="run a saved schedule again (this imports the module that it names)")
    replay.add_argument("file", type=Path, metavar="FILE")
    replay.add_argument("--lenient", action="store_true", help="skip what is no longer enabled, and say how much")
    replay.add_argument("--unbroken", action="store_true", help="an exhibit's schedule against the protocol without the bug")
    replay.add_argument("--host", choices=("direct", "trio"), help="what runs the nodes")
    replay.add_argument("--json", action="store_true")
    replay.set_defaults(command=replay_command)

    shrink = commands.add_parser("shrink", help="minimise a saved schedule (in place, unless --out names another file)")
    shrink.add_argument("file", type=Path, metavar="FILE")
    shrink.add_argument("--out", type=Path, metavar="FILE")
    shrink.add_argument("--seconds", type=_positive, default=30.0, metavar="S", help="stop after so long (default 30)")
    shrink.add_argument("--json", action="store_true")
    shrink.set_defaults(command=shrink_command)

    show = commands.add_parser("show", help="a saved schedule on one screen, with lanes for the nodes")
    show.add_argument("file", type=Path, metavar="FILE")
    show.set_defaults(command=show_command)

    bugs = commands.add_parser("bugs", help="list the museum, or tell the story of one exhibit")
    bugs.add_argument("id", nargs="?", metavar="ID", help="an exhibit: its story, with the lanes of its shortest schedule")
    bugs.add_argument("--json", action="store_true")
    bugs.set_defaults(command=bugs_command)

    score = commands.add_parser("score", help="hunt every exhibit blind, and say how soon and how short it was found")
    score.add_argument("ids", nargs="*", metavar="ID", help="exhibits (default: all, with controls and unbroken protocols)")
    score.add_argument("--protocol", metavar="P", help="the exhibits of one protocol alone")
    score.add_argument("--bugs", metavar="module:NAME", help="a sequence of Exhibits that lives elsewhere, instead of the museum")
    score.add_argument("--seconds", type=_positive, default=SECONDS, metavar="S", help=f"budget of a hunt (default {SECONDS:g})")
    score.add_argument("--seeds", type=_count, default=5, metavar="K", help="hunt each with the seeds 1 to K (default 5)")
    score.add_argument(
        "--uniform-seeds",
        type=_natural,
        default=1,
        metavar="K",
        help="and by uniform walks with so many of these (default 1: one that finds nothing takes all its time)",
    )
    score.add_argument("--workers", type=_count, metavar="N", help="processes (default: one for each core)")
    form = score.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    form.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    score.set_defaults(command=score_command)
    return parser


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415

    try:
        return version("splitbrain")
    except PackageNotFoundError:
        return "unknown"


if __name__ == "__main__":
    raise SystemExit(main())
