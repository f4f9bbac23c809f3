"""The command `score`: which exhibits, the score of them, and how it is shown."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import SECONDS, count, natural, positive
from splitbrain.command.exits import BAD_INPUT, OK, VIOLATION
from splitbrain.command.progress import LiveLine
from splitbrain.errors import ScenarioError
from splitbrain.report.terminal.size import screen_width

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splitbrain.exhibit import Exhibit
    from splitbrain.search.score import Score

_WIDE = 200  # columns of a file, or a pipe


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `score`."""
    parser = commands.add_parser("score", help="hunt every exhibit blind, and say how soon and how short it was found")
    parser.add_argument("ids", nargs="*", metavar="ID", help="exhibits (default: all, with controls and unbroken protocols)")
    parser.add_argument("--protocol", metavar="P", help="the exhibits of one protocol alone")
    parser.add_argument("--bugs", metavar="module:NAME", help="a sequence of Exhibits that lives elsewhere, instead of the museum")
    parser.add_argument("--seconds", type=positive, default=SECONDS, metavar="S", help=f"budget of a hunt (default {SECONDS:g})")
    parser.add_argument("--seeds", type=count, default=5, metavar="K", help="hunt each with the seeds 1 to K (default 5)")
    parser.add_argument(
        "--uniform-seeds",
        type=natural,
        default=1,
        metavar="K",
        help="and by uniform walks with so many of these (default 1: one that finds nothing takes all its time)",
    )
    parser.add_argument("--workers", type=count, metavar="N", help="processes (default: one for each core)")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    form.add_argument("--markdown", action="store_true", help="print the table in Markdown")
    parser.set_defaults(command=score_command)


def score_command(options: argparse.Namespace) -> int:
    """Score the museum, or exhibits that live elsewhere."""
    from splitbrain.search.score import score  # noqa: PLC0415 - as everywhere here: a --help is quick

    options.interrupt.end_others = _end_workers
    exhibits = _chosen(options.ids, options.protocol, options.bugs)
    live = LiveLine(silent=options.json)
    # Whoever names exhibits wants to know of those alone.
    unbroken = [] if options.ids else _unbroken(exhibits, options.bugs, live)
    result = score(
        exhibits,
        seconds=options.seconds,
        seeds=options.seeds,
        uniform_seeds=options.uniform_seeds,
        workers=options.workers,
        museum=options.bugs,
        unbroken=unbroken,
        progress=live.score,
    )
    live.done()
    options.interrupt.final(_shown(result, options))
    if result.interrupted:
        raise KeyboardInterrupt
    if result.alarm:
        return VIOLATION
    return BAD_INPUT if result.errors else OK


def _end_workers() -> None:
    from multiprocessing import active_children  # noqa: PLC0415

    for each in active_children():
        each.kill()


def _unbroken(exhibits: Sequence[Exhibit], museum: str | None, live: LiveLine) -> list[str]:
    """The names of the unbroken protocols that the exhibits break; says which cannot be found."""
    from splitbrain.catalogue.museum import unbroken  # noqa: PLC0415

    protocols = {each.protocol: unbroken(each, museum) for each in exhibits}
    for protocol, scenario in protocols.items():
        if scenario is None:
            live.say(f"no Scenario of the name {protocol!r} is shipped or beside {museum}: that unbroken protocol is not hunted")
    return [scenario for scenario in protocols.values() if scenario is not None]


def _shown(result: Score, options: argparse.Namespace) -> str:
    from splitbrain.report.objects.score import scored  # noqa: PLC0415
    from splitbrain.report.terminal.scoreboard import board, markdown  # noqa: PLC0415

    if options.json:
        return json.dumps(scored(result))
    if options.markdown:
        return markdown(result)
    return board(result, screen_width() if sys.stdout.isatty() else _WIDE)


def _chosen(ids: Sequence[str], protocol: str | None, museum: str | None) -> list[Exhibit]:
    """The exhibits to score. Raises `ScenarioError` when an id or the protocol is none, or when nothing is left."""
    from splitbrain.catalogue.museum import bugs, find_bug  # noqa: PLC0415

    exhibits = [find_bug(each, museum) for each in dict.fromkeys(ids)] or list(bugs(museum).values())
    known = sorted({each.protocol for each in bugs(museum).values()})
    if not known:
        raise ScenarioError(f"{museum or 'the museum'} has no exhibits, so there is nothing to score; put some in")
    if protocol is None:
        return exhibits
    if protocol not in known:
        raise ScenarioError(f"there are no exhibits of --protocol {protocol!r}; use {' or '.join(known)}")
    others = [each.id for each in exhibits if each.protocol != protocol]
    if ids and others:
        raise ScenarioError(f"{', '.join(others)} is not of --protocol {protocol!r}; leave one of the two out")
    return [each for each in exhibits if each.protocol == protocol]
