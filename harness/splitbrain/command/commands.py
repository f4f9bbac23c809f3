"""The commands about one scenario or one schedule file, one function each. They return the exit code.

`bugs` and `score` have modules of their own.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from splitbrain.command.progress import ControlC, Progress, screen_width
from splitbrain.errors import NondeterminismError, SplitbrainError
from splitbrain.report.objects import explained, replayed, searched, shrunk

if TYPE_CHECKING:
    from splitbrain.counterexample.counterexample import Counterexample
    from splitbrain.counterexample.minimiser.minimiser import Minimised
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay
    from splitbrain.search.hunt import Hunt
    from splitbrain.world.run import Run

OK, VIOLATION, BAD_INPUT, DIVERGED = 0, 1, 2, 3
INTERRUPTED = 130  # as shells have it
SECONDS = 60.0  # of a hunt that is given no limit
OUT = "splitbrain-out"


# hunt


def hunt_command(options: argparse.Namespace) -> int:
    """Search for a violation; save, shrink and show it."""
    from splitbrain.catalogue.museum import find_bug  # noqa: PLC0415 - each command imports what it needs
    from splitbrain.catalogue.scenarios import find_scenario  # noqa: PLC0415 - each command imports what it needs
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.dice import fresh_seed  # noqa: PLC0415
    from splitbrain.invariant import KeepsContract  # noqa: PLC0415
    from splitbrain.search.hunt import hunt  # noqa: PLC0415
    from splitbrain.world.run import host_for  # noqa: PLC0415

    name, scenario = find_scenario(options.scenario)
    if options.bug is not None:
        exhibit = find_bug(options.bug)
        if exhibit.protocol != scenario.name:
            raise SplitbrainError(
                f"--bug {exhibit.id} is a bug of {exhibit.protocol!r}, not of {scenario.name!r}; "
                f"run `splitbrain hunt {exhibit.protocol} --bug {exhibit.id}`"
            )
        scenario = exhibit.scenario
    _writable(options.out)
    seed = fresh_seed() if options.seed is None else options.seed
    seconds = SECONDS if options.seconds is None and options.runs is None and options.steps is None else options.seconds
    host = options.host or host_for(scenario)
    say = Progress(silent=options.json)
    say.line(f"hunting {scenario.name}{f' with the bug {options.bug}' if options.bug else ''}, seed {seed}, {host} host")
    with ControlC() as interrupt:
        result = hunt(
            scenario,
            seed=seed,
            seconds=seconds,
            runs=options.runs,
            steps=options.steps,
            host=host,
            strategy=options.strategy,
            progress=lambda so_far: say.hunt(so_far, interrupt),
        )
    if result.violation is None:
        return _nothing_found(options, name, result, say)
    say.line(
        f"found {result.violation.invariant} broken after {result.runs:,} runs, {result.steps:,} steps, "
        f"{result.seconds:.2f} s, by {result.strategy}, in a run of {len(result.actions):,} actions; minimising"
    )
    report = searched(options, name, result)
    try:
        counterexample = _pursue(options, name, result, host, say)
    except NondeterminismError as error:
        say.done()
        return _failed(options, report, str(error), error.schedule)
    report |= shrunk(counterexample) | {"interrupted": result.interrupted or counterexample.minimised.interrupted}
    if options.json:
        report["explanation"] = explained(explain(counterexample.run, host))
    else:
        _show_counterexample(counterexample, say)
    violation = counterexample.minimised.violation
    if violation.invariant == KeepsContract.__name__:
        return _failed(options, report, violation.summary, counterexample.path)
    if options.json:
        print(json.dumps(report))
    return VIOLATION


def _failed(options: argparse.Namespace, report: dict[str, Any], message: str, schedule: Path | None) -> int:
    """A hunt that ended with what is wrong with the nodes themselves, and the schedule that shows it."""
    if schedule is not None:
        message = f"{message}; the schedule is saved as {schedule}"
    if options.json:
        path = None if schedule is None else str(schedule)
        print(json.dumps(report | {"outcome": "error", "message": message, "schedule": path}))
    print(f"splitbrain: {message}", file=sys.stderr)
    return BAD_INPUT


def _pursue(options: argparse.Namespace, name: str, result: Hunt, host: str, say: Progress) -> Counterexample:
    from splitbrain.counterexample.counterexample import pursue  # noqa: PLC0415
    from splitbrain.search.hunt import Found, failures  # noqa: PLC0415

    assert result.setup is not None
    assert result.violation is not None
    bug = f" --bug {options.bug}" if options.bug else ""
    command = f"splitbrain hunt {options.scenario}{bug}{f' --strategy {options.strategy}' if options.strategy else ''}"
    return pursue(
        failures(result, Found(result.setup, result.actions, result.violation), host=host),
        scenario=name,
        bug=options.bug,
        folder=options.out,
        how=f"{command} --seed {result.seed} ({host} host, run {result.runs}, {result.strategy})",
        host=host,
        progress=say.minimised,
    )


def _nothing_found(options: argparse.Namespace, name: str, result: Hunt, say: Progress) -> int:
    from splitbrain.report.terminal.account import account  # noqa: PLC0415

    say.done()
    if options.json:
        print(json.dumps(searched(options, name, result)))
    else:
        if result.interrupted:
            print(f"interrupted after {result.seconds:.1f} s, before its budget was used up")
        print(account(result, result.scenario, result.outcome))
    return DIVERGED if result.outcome == "vacuous" else OK


# replay, shrink, show


def replay_command(options: argparse.Namespace) -> int:
    """Run a saved schedule again."""
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415

    saved = load(options.file)
    result = replay(saved, lenient=options.lenient, host=options.host, unbroken=options.unbroken)
    if options.json:
        print(json.dumps(replayed(result, saved, explain(result.run, options.host))))
    else:
        diverged = f" AT {result.at}" if result.at is not None and result.outcome == "DIVERGED" else ""
        skipped = f" ({result.skipped} of {len(saved.actions)} actions skipped)" if options.lenient else " (strict)"
        print(f"{result.outcome}{diverged}{skipped}: {result.message}")
        if result.violation is not None:
            print()
            print(_text(saved, result.run, options.file))
    return {"REPRODUCED": VIOLATION, "CHANGED": VIOLATION, "FIXED": OK}.get(result.outcome, DIVERGED)


def shrink_command(options: argparse.Namespace) -> int:
    """Minimise a saved schedule."""
    import msgspec  # noqa: PLC0415

    from splitbrain.counterexample.counterexample import shrink  # noqa: PLC0415
    from splitbrain.schedule.file import SavedSchedule, load, save  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415
    from splitbrain.search.hunt import Found  # noqa: PLC0415
    from splitbrain.world.determinism import check  # noqa: PLC0415
    from splitbrain.world.run import host_for, run  # noqa: PLC0415

    saved = load(options.file)
    setup = saved.setup()
    host = host_for(setup.scenario)
    first = replay(saved, lenient=True, host=host)
    actions = first.run.actions
    check(setup, actions, host, first.violation)
    if first.violation is None or first.outcome != "REPRODUCED":
        return _not_shrunk(options, first, len(saved.actions))
    say = Progress(silent=options.json)
    best = shrink([Found(setup, actions, first.violation)], host=host, seconds=options.seconds, progress=say.minimised)
    say.done()
    target = options.out or options.file
    header = msgspec.structs.replace(
        saved.header,
        size=best.setup.size,
        invariant=best.violation.invariant,
        fingerprint=best.violation.fingerprint,
    )
    smaller = SavedSchedule(header, best.actions, Path(target))
    save(target, smaller)
    if options.json:
        report = {
            "outcome": first.outcome,
            "message": first.message,
            "interrupted": best.interrupted,
            "actions_found": len(saved.actions),
            "actions": len(best.actions),
            "minimal": best.complete,
            "replays": best.replays,
            "minimise_seconds": round(best.seconds, 4),
            "removed": dict(best.removed),
            "schedule": str(target),
        }
        print(json.dumps(report))
    else:
        print(f"{_size(best)}, from {len(saved.actions):,}, in {best.replays:,} runs and {best.seconds:.1f} s; saved as {target}")
        print(_removed(best))
        print()
        print(_text(smaller, run(best.setup, best.actions, host=host, keep=True), target))
    return VIOLATION


def _not_shrunk(options: argparse.Namespace, first: Replay, length: int) -> int:
    """There is nothing to shrink, or it is not what the file is about; the file stays as it is."""
    if first.outcome == "CHANGED":
        message = f"{first.message}; nothing is written: shrink what `splitbrain hunt` finds now, or mend the file's first line"
    else:
        message = f"{options.file} breaks no invariant any more, so there is nothing to shrink"
    if options.json:
        nothing = dict.fromkeys(("actions", "minimal", "replays", "minimise_seconds", "removed", "schedule"))
        print(json.dumps({"outcome": first.outcome, "message": message, "interrupted": False, "actions_found": length} | nothing))
    else:
        print(f"{first.outcome}: {message}")
    return OK if first.outcome == "FIXED" else VIOLATION


def show_command(options: argparse.Namespace) -> int:
    """Show a saved schedule with lanes for the nodes."""
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.world.run import host_for, run  # noqa: PLC0415

    saved = load(options.file)
    setup = saved.setup()
    done = run(setup, saved.schedule(setup.scenario), host=host_for(setup.scenario), keep=True)
    if done.stopped is not None:
        print(f"DIVERGED AT {len(done.actions) + 1}: {done.stopped}; shown up to there", file=sys.stderr)
    print(_text(saved, done, options.file))
    return DIVERGED if done.stopped is not None else OK


# Shared


def _writable(folder: Path) -> None:
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


def _text(saved: SavedSchedule, run: Run, path: Path) -> str:
    from splitbrain.counterexample.explanation import explain  # noqa: PLC0415
    from splitbrain.report.terminal.screen import counterexample_text  # noqa: PLC0415

    return printable(counterexample_text(saved, run, path, screen_width(), sys.stdout.isatty(), explain(run)))


def printable(text: str) -> str:
    """The text, or the nearest to it that standard output can encode."""
    from splitbrain.report.terminal.screen import ascii_only  # noqa: PLC0415

    encoding = sys.stdout.encoding or "ascii"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return ascii_only(text)
    return text


def _size(best: Minimised) -> str:
    if best.complete:
        return f"minimal: {len(best.actions)} actions"
    return f"smallest found so far: {len(best.actions)} actions ({'interrupted' if best.interrupted else 'out of time'})"


def _removed(best: Minimised) -> str:
    """What minimising took away, by what took it; a plainer way to say it may have put an action in."""
    out = [f"{count:,} {what}" for what, count in best.removed.most_common() if count > 0]
    put_in = [f"{-count:,} {what}" for what, count in best.removed.items() if count < 0]
    text = f"left out {best.found - len(best.actions):,} actions{': ' if out else ''}{', '.join(out)}"
    return f"{text}; put in: {', '.join(put_in)}" if put_in else text


def _show_counterexample(counterexample: Counterexample, say: Progress) -> None:
    say.done()
    best = counterexample.minimised
    print(
        f"{_size(best)}, from {counterexample.found:,}, in {best.replays:,} runs and {best.seconds:.1f} s; "
        f"the trio host {'agrees' if counterexample.confirmed else 'does NOT break it in the same way'}; "
        f"saved as {counterexample.path}"
    )
    print(_removed(best))
    print()
    print(_text(counterexample.saved, counterexample.run, counterexample.path))
