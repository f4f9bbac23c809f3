"""The command `hunt`: search for a violation; save, shrink and show it."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.arguments import HOSTS, SECONDS, count, positive
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import BAD_INPUT, DIVERGED, OK, VIOLATION
from splitbrain.command.interrupt import ControlC
from splitbrain.command.progress import LiveLine
from splitbrain.errors import NondeterminismError, SplitbrainError
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.report.objects.explanation import explained
from splitbrain.report.objects.hunt import searched, shrunk
from splitbrain.schedule.format import OUT

if TYPE_CHECKING:
    from splitbrain.counterexample.draft import Counterexample
    from splitbrain.scenario import Scenario
    from splitbrain.search.hunt import Hunted
    from splitbrain.world.run import Found


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `hunt`."""
    parser = commands.add_parser("hunt", help="search for a violation; shrink, save and show it")
    parser.add_argument("scenario", metavar="SCENARIO", help="raft, paxos, or module:NAME")
    parser.add_argument("--bug", metavar="ID", help="hunt an exhibit of the museum (`splitbrain bugs` lists them)")
    parser.add_argument("--seconds", type=positive, metavar="S", help=f"stop after so long (default {SECONDS:g})")
    parser.add_argument("--runs", type=count, metavar="N", help="stop after so many runs")
    parser.add_argument("--steps", type=count, metavar="N", help="stop after so many actions")
    parser.add_argument("--seed", type=int, metavar="N", help="a fresh one is drawn, and printed, when left out")
    parser.add_argument("--strategy", metavar="NAME", help=f"one alone, not the portfolio of all: {', '.join(STRATEGIES)}")
    parser.add_argument("--host", choices=HOSTS, help="what runs the nodes (async nodes need trio)")
    parser.add_argument("--out", type=Path, default=Path(OUT), metavar="DIR", help=f"where schedules go (default {OUT})")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.set_defaults(command=hunt_command)


def hunt_command(options: argparse.Namespace) -> int:
    """Search for a violation; save, shrink and show it."""
    from splitbrain.counterexample.draft import Draft  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.search.pursuit import pursue  # noqa: PLC0415

    name, scenario = _wanted(options)
    _check_writable(options.out)
    live = LiveLine(silent=options.json)
    hunted = _search(options, scenario, live)
    if hunted.found is None:
        live.done()
        return _tell_nothing_found(options, name, hunted)
    how = _how(options, hunted, hunted.found)
    draft = Draft(hunted.found, scenario=name, bug=options.bug, folder=options.out, how=how)  # on disk before anybody hears of it
    live.say(f"{_first_find(hunted, hunted.found)}; minimising")
    report = searched(options, name, hunted)
    try:
        counterexample = pursue(draft, hunted, progress=live.minimised)
    except NondeterminismError as error:
        live.done()
        return _tell_bad_nodes(options, report, str(error), error.schedule)
    live.done()
    return _tell_found(options, report, counterexample)


# Before the search


def _wanted(options: argparse.Namespace) -> tuple[str, Scenario]:
    """The full name of the scenario, and the scenario itself, or that of ``--bug``."""
    from splitbrain.catalogue.museum import find_bug  # noqa: PLC0415
    from splitbrain.catalogue.scenarios import find_scenario  # noqa: PLC0415

    name, scenario = find_scenario(options.scenario)
    if options.bug is None:
        return name, scenario
    exhibit = find_bug(options.bug)
    if exhibit.protocol != scenario.name:
        raise SplitbrainError(
            f"--bug {exhibit.id} is a bug of {exhibit.protocol!r}, not of {scenario.name!r}; "
            f"run `splitbrain hunt {exhibit.protocol} --bug {exhibit.id}`"
        )
    return name, exhibit.scenario


def _check_writable(folder: Path) -> None:
    """Fail before the hunt, not after it, where nothing can be saved."""
    import tempfile  # noqa: PLC0415

    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise SplitbrainError(
            f"--out {folder}: {error.strerror or error}, so a failing schedule could not be saved; name another folder"
        ) from error


# The search


def _search(options: argparse.Namespace, scenario: Scenario, live: LiveLine) -> Hunted:
    from splitbrain.dice import fresh_seed  # noqa: PLC0415
    from splitbrain.search.hunt import hunt  # noqa: PLC0415

    host = options.host or scenario.host
    seed = fresh_seed() if options.seed is None else options.seed
    unlimited = options.seconds is None and options.runs is None and options.steps is None
    live.say(f"hunting {scenario.name}{f' with the bug {options.bug}' if options.bug else ''}, seed {seed}, {host} host")
    with ControlC() as interrupt:

        def look(so_far: Hunted) -> bool:
            live.hunt(so_far)
            return interrupt.asked

        return hunt(
            scenario,
            seed=seed,
            seconds=SECONDS if unlimited else options.seconds,
            runs=options.runs,
            steps=options.steps,
            host=host,
            strategy=options.strategy,
            progress=look,
        )


# What came of it


def _tell_nothing_found(options: argparse.Namespace, name: str, hunted: Hunted) -> int:
    from splitbrain.report.terminal.account import account  # noqa: PLC0415

    if options.json:
        print(json.dumps(searched(options, name, hunted)))
    else:
        if hunted.interrupted:
            print(f"interrupted after {hunted.seconds:.1f} s, before its budget was used up")
        print(account(hunted, hunted.scenario, hunted.outcome))
    return DIVERGED if hunted.outcome == "vacuous" else OK


def _how(options: argparse.Namespace, hunted: Hunted, found: Found) -> str:
    """A line for the schedule's file."""
    bug = f" --bug {options.bug}" if options.bug else ""
    command = f"splitbrain hunt {options.scenario}{bug}{f' --strategy {options.strategy}' if options.strategy else ''}"
    return f"{command} --seed {hunted.seed} ({found.setup.host} host, run {hunted.runs}, {found.strategy})"


def _first_find(hunted: Hunted, found: Found) -> str:
    return (
        f"found {found.violation.invariant} broken after {hunted.runs:,} runs, {hunted.steps:,} steps, "
        f"{hunted.seconds:.2f} s, by {found.strategy}, in a run of {len(found.actions):,} actions"
    )


def _tell_found(options: argparse.Namespace, report: dict[str, Any], counterexample: Counterexample) -> int:
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.invariant import KeepsContract  # noqa: PLC0415

    minimised = counterexample.minimised
    report |= shrunk(counterexample) | {"interrupted": report["interrupted"] or minimised.interrupted}
    if options.json:
        report["explanation"] = explained(explain(counterexample.run))
    else:
        _show(counterexample)
    violation = minimised.smallest.violation
    if violation.invariant == KeepsContract.__name__:
        return _tell_bad_nodes(options, report, violation.summary, counterexample.path)
    if counterexample.unsaved:
        report["message"] = f"the file is not the minimal schedule, but one that fails in the same way: {counterexample.unsaved}"
        print(f"splitbrain: {report['message']}", file=sys.stderr)
    if options.json:
        print(json.dumps(report))
    return VIOLATION


def _show(counterexample: Counterexample) -> None:
    from splitbrain.report.terminal.minimisation import effort, removed  # noqa: PLC0415

    best = counterexample.minimised
    agrees = "agrees" if counterexample.confirmed else "does NOT break it in the same way"
    print(f"{effort(best, best.length)}; the trio host {agrees}; saved as {counterexample.path}")
    print(removed(best))
    print()
    assert counterexample.path is not None
    show_counterexample(counterexample.saved, counterexample.run, counterexample.path)


def _tell_bad_nodes(options: argparse.Namespace, report: dict[str, Any], message: str, schedule: Path | None) -> int:
    """A hunt that ended with what is wrong with the nodes themselves, and the schedule that shows it."""
    if schedule is not None:
        message = f"{message}; the schedule is saved as {schedule}"
    if options.json:
        path = None if schedule is None else str(schedule)
        print(json.dumps(report | {"outcome": "error", "message": message, "schedule": path}))
    print(f"splitbrain: {message}", file=sys.stderr)
    return BAD_INPUT
