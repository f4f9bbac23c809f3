"""The command line: hunt, replay, shrink, show, bugs, score; and how an error becomes an exit code.

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

from splitbrain.command.exits import BAD_INPUT, INTERRUPTED, OK
from splitbrain.command.verbs import bugs, hunt, replay, score, show, shrink
from splitbrain.errors import SplitbrainError
from splitbrain.report.objects.hunt import failed

VERBS = (hunt, replay, shrink, show, bugs, score)  # as --help lists them


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


class _Version(argparse.Action):
    """Looks the version up when it is asked for: that takes longer than all the rest of a --help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from splitbrain.schedule.provenance import splitbrain_version  # noqa: PLC0415

        print(f"splitbrain {splitbrain_version()}")
        parser.exit()


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="splitbrain",
        description="Hunt for schedules that break consensus protocols, shrink them, and replay them.",
        epilog="exit codes: 0 clean or fixed, 1 violation, 2 bad usage, input or node, 3 diverged or vacuous, 130 interrupted",
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for verb in VERBS:
        verb.add_to(commands)
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
