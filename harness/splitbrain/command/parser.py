"""The parser: which commands there are, and what the shell is told where one is misspelt."""

from __future__ import annotations

import argparse
import sys
from typing import NoReturn

from splitbrain.command.exits import BAD_INPUT
from splitbrain.command.verbs import bugs, check, doctor, hunt, new, replay, score, show, shrink

VERBS = (new, doctor, hunt, replay, shrink, show, check, bugs, score)  # as --help lists them


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


def parser() -> argparse.ArgumentParser:
    """All commands; each sets ``command``, a function of the options that returns an exit code."""
    made = _Parser(
        prog="splitbrain",
        description="Hunt for schedules that break consensus protocols, shrink them, and replay them.",
        epilog="exit codes: 0 clean, fixed or linearizable, 1 violation (a node that raises is one), 2 bad usage or input, "
        "3 diverged, vacuous, nondeterministic or inconclusive, 130 interrupted",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="show program's version number and exit")
    commands = made.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    for verb in VERBS:
        verb.add_to(commands)
    return made
