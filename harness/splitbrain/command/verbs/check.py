"""The command `check`: judge a history that was recorded of real clients."""

from __future__ import annotations

import argparse
import json
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import count
from splitbrain.command.console import show_judged
from splitbrain.command.exits import INCONCLUSIVE, OK, VIOLATION
from splitbrain.report.objects.check import CHECKED, interrupted

if TYPE_CHECKING:
    from splitbrain.linearizability.files.told import Told
    from splitbrain.linearizability.model import Model
    from splitbrain.report.judged import Judged

_EXITS = {"linearizable": OK, "not linearizable": VIOLATION, "inconclusive": INCONCLUSIVE}
_FORMATS = ("jsonl", "jepsen-edn", "porcupine")


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `check`."""
    parser = commands.add_parser("check", help="judge a recorded history: is it linearizable?")
    parser.add_argument("file", type=Path, metavar="FILE", help="a history: who asked what, and when; may be compressed (.gz)")
    parser.add_argument(
        "--model",
        metavar="NAME",
        help="what the service is to look like: register, kv-append, queue, set, counter, lock, or module:NAME; "
        "it goes before what a file says",
    )
    parser.add_argument("--initial", metavar="JSON", help="the value that it begins with, where it is not the model's own")
    parser.add_argument("--only", metavar="NAME", help="of a file of several histories: the one of that name, or number, in full")
    parser.add_argument("--format", choices=_FORMATS, help="of the file; guessed from it when left out")
    parser.add_argument("--steps", type=count, metavar="N", help="how much a search may try before it gives up")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.set_defaults(command=check_command, keys=CHECKED)


def check_command(options: argparse.Namespace) -> int:
    """Judge each history in a file. One that is not linearizable is a violation, whatever the file says of itself."""
    from splitbrain.linearizability.files.reading import histories  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.report.judged import worst  # noqa: PLC0415

    options.interrupt.last_words(lambda: ("interrupted", interrupted()))
    form, told = histories(options.file, options.format)
    if options.only is not None:
        told = _only(told, options)
    several = len(told) > 1 or any(each.name is not None for each in told)
    judged = [_judged(options, each) for each in told]
    options.interrupt.check()
    if options.json:
        from splitbrain.report.objects.check import checked  # noqa: PLC0415

        options.interrupt.final(json.dumps(checked(options.file, form, judged, several=several)))
    else:
        show_judged(judged)
    return _EXITS[worst(judged)]


def _only(told: list[Told], options: argparse.Namespace) -> list[Told]:
    """Those of the name; where none has it, the one at that place, by which the table calls it."""
    from splitbrain.errors import HistoryError  # noqa: PLC0415

    wanted = options.only
    named = [each for each in told if each.name == wanted]
    if not named and wanted.isdecimal() and 0 < int(wanted) <= len(told):
        named = [told[int(wanted) - 1]]
    if not named:
        near = get_close_matches(wanted, [each.name for each in told if each.name is not None], n=1)
        advice = f"did you mean {near[0]!r}?" if near else f"say a name of the table, or a number up to {len(told)}"
        raise HistoryError(f"{options.file} has no history {wanted!r}; {advice}")
    return named


def _judged(options: argparse.Namespace, told: Told) -> Judged:
    from splitbrain.errors import ScenarioError, SplitbrainError  # noqa: PLC0415
    from splitbrain.errors import told as described  # noqa: PLC0415
    from splitbrain.linearizability.bound import Bound  # noqa: PLC0415
    from splitbrain.linearizability.checker import check  # noqa: PLC0415
    from splitbrain.linearizability.files.told import operations  # noqa: PLC0415
    from splitbrain.report.judged import Judged  # noqa: PLC0415
    from splitbrain.stopwatch import Stopwatch  # noqa: PLC0415

    name, model = _model(options, told)
    asked = operations(told, model)
    bound = Bound() if options.steps is None else Bound(steps=options.steps)
    watch = Stopwatch()
    try:
        verdict = check(asked, model, bound)
    except SplitbrainError:
        raise
    except (Exception, SystemExit) as error:
        raise ScenarioError(
            f"the model {name} raised {described(error)} while {told.source} was judged by it; its step(state, command, result) "
            "returns the next state, one with a hash, or None where that cannot be the result, and takes UNKNOWN for a result"
        ) from error
    instead = told.model if told.model not in (None, name) else None
    return Judged(
        asked, name, verdict, watch.cpu(), told.name, told.linearizable, told.unit, told.timed, instead, told.skipped
    )  # fmt: skip


def _model(options: argparse.Namespace, told: Told) -> tuple[str, Model]:
    """The model that is asked for; else the one that the file names."""
    from splitbrain.catalogue.models import find_model  # noqa: PLC0415
    from splitbrain.errors import HistoryError  # noqa: PLC0415

    name = options.model or told.model
    if name is None:
        raise HistoryError(
            f"{told.source} does not say what it is a history of, and without a model nothing is right or wrong; "
            "say --model register, kv-append, queue, set, counter, lock, or module:NAME"
        )
    if options.initial is None:
        return name, find_model(name, told.initial, origin=f"{told.source}: `initial`")
    return name, find_model(name, _initial(options.initial))


def _initial(text: str) -> Any:
    from splitbrain.errors import HistoryError  # noqa: PLC0415
    from splitbrain.linearizability.files.jsonl import value  # noqa: PLC0415

    try:
        return value(text)
    except ValueError as error:
        raise HistoryError(
            f"--initial {text} is no JSON ({error}), which it has to be; write null, 0, '\"\"', or a list"
        ) from error
