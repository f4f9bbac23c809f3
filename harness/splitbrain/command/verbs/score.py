"""The command `score`: which exhibits, the score of them, and how it is shown."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from splitbrain.command.commands import BAD_INPUT, INTERRUPTED, OK, VIOLATION
from splitbrain.command.progress import Progress, screen_width
from splitbrain.errors import ScenarioError

WIDE = 200  # columns of a file, or a pipe

if TYPE_CHECKING:
    from collections.abc import Sequence

    from splitbrain.exhibit import Exhibit


def score_command(options: argparse.Namespace) -> int:
    """Score the museum, or exhibits that live elsewhere."""
    from splitbrain.catalogue.museum import unbroken  # noqa: PLC0415 - each command imports what it needs
    from splitbrain.report.terminal.scoreboard import as_object, board, markdown  # noqa: PLC0415
    from splitbrain.search.score import score  # noqa: PLC0415

    exhibits = chosen(options.ids, options.protocol, options.bugs)
    say = Progress(silent=options.json)
    protocols: dict[str, str | None] = {}
    if not options.ids:  # whoever names exhibits wants to know of those alone
        protocols = {each.protocol: unbroken(each, options.bugs) for each in exhibits}
    for protocol in (name for name, scenario in protocols.items() if scenario is None):
        say.line(f"no Scenario of the name {protocol!r} is shipped or beside {options.bugs}: that unbroken protocol is not hunted")
    result = score(
        exhibits,
        seconds=options.seconds,
        seeds=options.seeds,
        uniform_seeds=options.uniform_seeds,
        workers=options.workers,
        museum=options.bugs,
        unbroken=[each for each in protocols.values() if each is not None],
        progress=say.score,
    )
    say.done()
    if options.json:
        print(json.dumps(as_object(result)))
    elif options.markdown:
        print(markdown(result))
    else:
        print(board(result, screen_width() if sys.stdout.isatty() else WIDE))
    if result.alarm:
        return VIOLATION
    return BAD_INPUT if result.errors else INTERRUPTED if result.interrupted else OK


def chosen(ids: Sequence[str], protocol: str | None, museum: str | None) -> list[Exhibit]:
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
