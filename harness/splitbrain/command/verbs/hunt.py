"""The command `hunt`: search for a violation; save, shrink and show it."""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from splitbrain.command.arguments import HOSTS, SECONDS, count, names, positive
from splitbrain.command.console import show_counterexample
from splitbrain.command.exits import DIVERGED, OK, VIOLATION
from splitbrain.command.interrupt import Interrupt, came_of_it
from splitbrain.command.progress import LiveLine
from splitbrain.errors import NondeterminismError, ScheduleError, SplitbrainError
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.report.objects.explanation import explained
from splitbrain.report.objects.hunt import HUNTED, interrupted, searched, shrunk, unfinished
from splitbrain.schedule.format import OUT

if TYPE_CHECKING:
    from splitbrain.counterexample.draft import Counterexample, Draft
    from splitbrain.scenario import Scenario
    from splitbrain.search.hunt import Hunted
    from splitbrain.world.run import Found


def add_to(commands: argparse._SubParsersAction[Any]) -> None:
    """Let the shell have `hunt`."""
    parser = commands.add_parser("hunt", help="search for a violation; shrink, save and show it", add_help=False)
    scenario = parser.add_argument("scenario", metavar="SCENARIO")
    parser.add_argument("-h", "--help", action=_Help, nargs=0, const=scenario, help="show this help message and exit")
    parser.add_argument("--bug", metavar="ID", help="hunt an exhibit of the museum (`splitbrain bugs` lists them)")
    parser.add_argument("--seconds", type=positive, metavar="S", help=f"stop after so long (default {SECONDS:g})")
    parser.add_argument("--runs", type=count, metavar="N", help="stop after so many runs")
    parser.add_argument("--steps", type=count, metavar="N", help="stop after so many actions")
    parser.add_argument("--seed", type=int, metavar="N", help="a fresh one is drawn, and printed, when left out")
    parser.add_argument("--only", **names("check these invariants alone"))
    parser.add_argument("--without", **names("do not check these"))
    parser.add_argument("--strategy", metavar="NAME", help=f"one alone, not the portfolio of all: {', '.join(STRATEGIES)}")
    parser.add_argument("--host", choices=HOSTS, help="what runs the nodes (async nodes need trio)")
    parser.add_argument("--out", type=Path, default=Path(OUT), metavar="DIR", help=f"where schedules go (default {OUT})")
    parser.add_argument("--json", action="store_true", help="print one JSON object, and nothing else")
    parser.set_defaults(command=hunt_command, keys=HUNTED)


class _Help(argparse.Action):
    """Looks up which scenarios there are once somebody asks: that takes longer than all the rest of a --help."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from splitbrain.catalogue.importing import declared  # noqa: PLC0415
        from splitbrain.catalogue.scenarios import SCENARIOS  # noqa: PLC0415

        scenario: argparse.Action = self.const
        scenario.help = ", ".join([*(each.name for each in declared(SCENARIOS)), "or module:NAME"])
        parser.print_help()
        parser.exit()


def hunt_command(options: argparse.Namespace) -> int:
    """Search for a violation; save, shrink and show it."""
    ending: Interrupt = options.interrupt
    ending.last_words(lambda: ("interrupted", interrupted(options)))
    name, scenario = _wanted(options)
    _check_writable(options.out)
    live = LiveLine(silent=options.json)
    try:
        hunted = _search(options, name, scenario, live)
        ending.check()  # a node that swallows Ctrl-C may have raised something in its place
        if hunted.found is None:
            live.done()
            return _tell_nothing_found(options, name, hunted)
        return _pursue(options, name, hunted, hunted.found, live)
    finally:
        live.done()


# Before the search


def _wanted(options: argparse.Namespace) -> tuple[str, Scenario]:
    """The full name of the scenario, and the scenario itself, or that of ``--bug``, judged as is wanted."""
    from splitbrain.catalogue.museum import find_bug  # noqa: PLC0415 - as everywhere here: a --help is quick
    from splitbrain.catalogue.scenarios import find_scenario  # noqa: PLC0415

    name, scenario = find_scenario(options.scenario)
    if options.bug is None:
        return name, scenario.judged(options.only, options.without)
    exhibit = find_bug(options.bug)
    if exhibit.protocol != scenario.name:
        raise SplitbrainError(
            f"--bug {exhibit.id} is a bug of {exhibit.protocol!r}, not of {scenario.name!r}; "
            f"run `splitbrain hunt {exhibit.protocol} --bug {exhibit.id}`"
        )
    return name, exhibit.scenario.judged(options.only, options.without)


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


def _title(options: argparse.Namespace, scenario: Scenario) -> str:
    """What the user calls it: a mutant made from a shipped scenario has the name of that one, but an attribute of its own."""
    return str(options.scenario).rpartition(":")[2] if ":" in options.scenario else scenario.name


# The search


def _search(options: argparse.Namespace, name: str, scenario: Scenario, live: LiveLine) -> Hunted:
    from splitbrain.counterexample.draft import Draft  # noqa: F401, PLC0415 - what saves a find is at hand when there is one
    from splitbrain.dice import fresh_seed  # noqa: PLC0415
    from splitbrain.search.hunt import hunt  # noqa: PLC0415

    host = options.host or scenario.host
    seed = fresh_seed() if options.seed is None else options.seed
    unlimited = options.seconds is None and options.runs is None and options.steps is None
    live.say(
        f"hunting {_title(options, scenario)}{f' with the bug {options.bug}' if options.bug else ''}, seed {seed}, {host} host"
    )

    def look(so_far: Hunted) -> bool:
        options.interrupt.last_words(lambda: _unfinished_search(options, name, so_far))
        live.hunt(so_far)
        return False

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


def _unfinished_search(options: argparse.Namespace, name: str, so_far: Hunted) -> tuple[str, dict[str, Any]]:
    """The last words of a hunt that has found nothing yet."""
    from splitbrain.report.terminal.coverage import side_by_side  # noqa: PLC0415
    from splitbrain.report.terminal.progress import effort  # noqa: PLC0415

    lines = [
        f"interrupted after {effort(so_far)}, before its budget was used up; no invariant was broken by then",
        "",
        *side_by_side(so_far.coverage),
    ]
    return "\n".join(lines), searched(options, name, so_far) | {"outcome": "interrupted", "interrupted": True}


# What came of it


def _tell_nothing_found(options: argparse.Namespace, name: str, hunted: Hunted) -> int:
    from splitbrain.report.terminal.account import account  # noqa: PLC0415

    if options.json:
        options.interrupt.final(json.dumps(searched(options, name, hunted)))
    else:
        print(account(hunted, replace(hunted.scenario, name=_title(options, hunted.scenario)), hunted.outcome))
    return DIVERGED if hunted.outcome == "vacuous" else OK


def _pursue(options: argparse.Namespace, name: str, hunted: Hunted, found: Found, live: LiveLine) -> int:
    """Save, then speak, then make it smaller."""
    ending: Interrupt = options.interrupt
    with ending.held():
        draft = _draft(options, name, hunted, found)
        report = searched(options, name, hunted)
        ending.last_words(lambda: _unfinished_pursuit(report, draft))
        where = f"saved as {draft.path}" if draft.path else f"not saved, for {draft.unsaved}"
        live.say(f"{_first_find(hunted, found)}, {where}; minimising")
    from splitbrain.search.pursuit import pursue  # noqa: PLC0415

    try:
        counterexample = pursue(draft, hunted, progress=live.minimised)
    except NondeterminismError as error:
        ending.check()
        live.done()
        return _tell_unconfirmed(options, report | {"outcome": "nondeterministic"}, str(error), draft, DIVERGED)
    except SplitbrainError as error:  # whatever comes behind a find, it is not lost
        if came_of_it(error):
            raise
        ending.check()
        live.done()
        return _tell_unconfirmed(options, report, str(error), draft, VIOLATION)
    ending.check()
    live.done()
    return _tell_found(options, report, counterexample)


def _draft(options: argparse.Namespace, name: str, hunted: Hunted, found: Found) -> Draft:
    """The failing run on disk; or, where the disk does not take it, the hope that something smaller fits."""
    from splitbrain.counterexample.draft import Draft  # noqa: PLC0415

    how = _how(options, hunted, found)
    try:
        return Draft(found, scenario=name, bug=options.bug, folder=options.out, how=how)
    except ScheduleError as error:
        return Draft(found, scenario=name, bug=options.bug, folder=options.out, how=how, unsaved=str(error))


def _unfinished_pursuit(report: dict[str, Any], draft: Draft) -> tuple[str, dict[str, Any]]:
    """The last words of a hunt that has found something, and makes it smaller."""
    best = draft.best
    where = f"saved as {draft.path}" if draft.path else f"not saved, for {draft.unsaved}"
    text = (
        f"interrupted: {best.violation.invariant} is broken: {best.violation.summary}\n"
        f"the smallest failing run so far has {len(best.actions):,} actions, and is {where}"
    )
    if draft.path:
        text += f"\n  splitbrain show {draft.path}\n  splitbrain shrink {draft.path}"
    return text, report | unfinished(draft)


def _how(options: argparse.Namespace, hunted: Hunted, found: Found) -> str:
    """A line for the schedule's file."""
    named = {"--bug": options.bug, "--only": ",".join(options.only), "--without": ",".join(options.without)}
    given = "".join(f" {word} {value}" for word, value in (named | {"--strategy": options.strategy}).items() if value)
    command = f"splitbrain hunt {options.scenario}{given}"
    return f"{command} --seed {hunted.seed} ({found.setup.host} host, run {hunted.runs}, {found.strategy})"


def _first_find(hunted: Hunted, found: Found) -> str:
    return (
        f"found {found.violation.invariant} broken after {hunted.runs:,} runs, {hunted.steps:,} steps, "
        f"{hunted.seconds:.2f} s, by {found.strategy}, in a run of {len(found.actions):,} actions"
    )


def _tell_found(options: argparse.Namespace, report: dict[str, Any], counterexample: Counterexample) -> int:
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.invariant import KeepsContract  # noqa: PLC0415

    report |= shrunk(counterexample)
    if report["invariant"] == KeepsContract.__name__:
        report["message"] = report["summary"]
    if counterexample.unsaved:
        what = (
            "the file is not the minimal schedule, but one that fails in the same way" if counterexample.path else "it is not saved"
        )
        report["message"] = f"{what}: {counterexample.unsaved}"
        print(f"splitbrain: {report['message']}", file=sys.stderr)
    if options.json:
        report["explanation"] = explained(explain(counterexample.run), counterexample.run.setup.scenario.show)
        options.interrupt.final(json.dumps(report))
    else:
        _show(counterexample)
    return VIOLATION


def _show(counterexample: Counterexample) -> None:
    from splitbrain.report.terminal.minimisation import effort, removed  # noqa: PLC0415

    best = counterexample.minimised
    where = "not saved" if counterexample.path is None else f"saved as {counterexample.path}"
    if counterexample.unsteady:
        print(f"as it was found: {best.length:,} actions; {counterexample.confirmation}; {where}")
    else:
        print(f"{effort(best, best.length)}; {counterexample.confirmation}; {where}")
        print(removed(best))
    print()
    show_counterexample(counterexample.saved, counterexample.run, counterexample.path)


def _tell_unconfirmed(options: argparse.Namespace, report: dict[str, Any], message: str, draft: Draft, code: int) -> int:
    """A find that could not be run again, with the schedule that is there."""
    if draft.path is not None:
        message = f"{message}; the schedule is saved as {draft.path}"
    if options.json:
        path = None if draft.path is None else str(draft.path)
        options.interrupt.final(json.dumps(report | {"message": message, "schedule": path}))
    print(f"splitbrain: {message}", file=sys.stderr)
    return code
