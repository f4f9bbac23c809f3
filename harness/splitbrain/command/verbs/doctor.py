"""The command `doctor`: whether a scenario is fit to be hunted, and what a hunt of it would leave out."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import count, positive
from splitbrain.command.console import show_examination
from splitbrain.command.exits import OK, VIOLATION
from splitbrain.command.progress import LiveLine
from splitbrain.report.objects.doctor import DOCTORED, ended, examined

if TYPE_CHECKING:
    from splitbrain.scenario import Scenario

_SECONDS = 20.0  # of CPU, about


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `doctor`."""
    parser = commands.add_parser("doctor", help="examine a scenario of your own: whether it is fit to be hunted")
    parser.add_argument("scenario", metavar="SCENARIO", help="a shipped one's name, or module:NAME")
    parser.add_argument("--bug", metavar="ID", help="examine an exhibit of the museum")
    budget = parser.add_mutually_exclusive_group()
    budget.add_argument("--seconds", type=positive, metavar="S", default=_SECONDS, help=f"of CPU, about (default {_SECONDS:g})")
    budget.add_argument("--runs", type=count, metavar="N", help="attack it so often, and let no clock decide what is tried")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="of what is tried (default 0)")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.set_defaults(command=doctor_command, keys=DOCTORED)


def doctor_command(options: argparse.Namespace) -> int:
    """Examine it, and say what was found; problems make an exit code of 1."""
    from splitbrain.doctor.examination.examination import examine  # noqa: PLC0415 - as everywhere here: a --help is quick

    options.interrupt.last_words(lambda: ("interrupted", ended(options, "interrupted")))
    name, scenario = _wanted(options)
    live = LiveLine(silent=options.json)
    live.say(f"examining {options.scenario}, seed {options.seed}")
    try:
        found = examine(scenario, seed=options.seed, seconds=options.seconds, runs=options.runs, progress=live.part)
    finally:
        live.done()
    options.interrupt.check()
    if options.json:
        options.interrupt.final(json.dumps(examined(options, name, found)))
    else:
        show_examination(found, options.scenario)
    return OK if found.fit else VIOLATION


def _wanted(options: argparse.Namespace) -> tuple[str, Scenario]:
    """The full name of the scenario, and the scenario itself, or that of ``--bug``."""
    from splitbrain.catalogue.museum import find_bug  # noqa: PLC0415
    from splitbrain.catalogue.scenarios import find_scenario  # noqa: PLC0415
    from splitbrain.errors import SplitbrainError  # noqa: PLC0415

    name, scenario = find_scenario(options.scenario)
    if options.bug is None:
        return name, scenario
    exhibit = find_bug(options.bug)
    if exhibit.protocol != scenario.name:
        raise SplitbrainError(
            f"--bug {exhibit.id} is a bug of {exhibit.protocol!r}, not of {scenario.name!r}; "
            f"run `splitbrain doctor {exhibit.protocol} --bug {exhibit.id}`"
        )
    return name, exhibit.scenario
