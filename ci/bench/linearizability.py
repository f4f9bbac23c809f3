#!/usr/bin/env python3
"""Verdicts on histories: how fast, in how much memory, and whether they are right.

    python ci/bench/linearizability.py [FOLDER] [--quick] [--only NAME]

FOLDER: where `histories.jsonl.gz` is, public histories with known verdicts, one JSON object a line; without it they are skipped.
--quick: histories of at most 1,000 operations, once each, and no targets but the verdicts. --only: rows whose name has NAME in it.

Each history is judged in a process of its own: CPU seconds of `check` after it was built, the least of three; "folded" is the same
fed to a `Checker`, moment by moment; memory is all that the process ever held, the history included. A row shows the worst of its
histories. Exits with 1 where a verdict is wrong, or a target missed.
"""

# ruff: noqa: PLC0415 - what is measured is imported only in the processes that measure it

from __future__ import annotations

import argparse
import dataclasses
import gzip
import json
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from interpreter import PROJECT

SEED = "linearizability"
TIMES = 3
UNIQUE = {10_000: 0.08, 100_000: 0.8}  # CPU seconds, by operations
BREAKS = ("none", "stale-read", "first-read", "lost-write", "future-read", "never-read")
SOME = ("none", "never-read")
WRONG = {
    "cas": SOME,
    "kv-append": SOME,
    "queue": SOME,
    "long queue": SOME,
    "counter": SOME,
    "mixed": SOME,
    "set": ("none",),
    "lock": ("none",),
}
GENERAL = ("cas", "kv-append", "queue", "set", "counter", "lock")
# Hard ones: one key, many clients at a time, and many unknown outcomes; wrong at their end, so that all orders have to be tried.
HARD = {"mixed": 40, "cas": 40, "long queue": 30, "set": 40, "counter": 30, "kv-append": 30}
FOLDED = 0.15  # of a run
ROUNDS, RUNS, STEPS, NODES = 9, 40, 600, 5
LEFT = 52  # columns of a name

Asked = dict[str, Any]
Measured = dict[str, Any]


@dataclasses.dataclass
class Row:
    """What is measured, and what it is to be: at most so many seconds and MiB; sure of its verdict."""

    name: str
    seconds: float | None
    mib: int | None
    asked: list[Asked]
    sure: bool = True
    times: int = TIMES


def rows(folder: Path | None, quick: bool) -> Iterator[Row]:
    """What is measured."""
    if folder is not None:
        yield Row("public", 6.0, 300, [{"kind": "public", "folder": str(folder), "worst": 1.5}])
    for operations, seconds in {1_000: 0.008}.items() if quick else UNIQUE.items():
        for keys in (1, 10):
            for unknown in (0.0, 0.01, 0.05):
                name = f"unique values, {operations:,} on {keys}, {unknown:.0%} unknown"
                yield Row(name, seconds, 200, drawings("unique", operations, 10, keys, unknown, BREAKS))
    for service in GENERAL:
        for unknown in (0.0, 0.01):
            operations = 1_000 if quick else 10_000
            name = f"{service}, {operations:,} on 10, {unknown:.0%} unknown"
            yield Row(name, 0.25, None, drawings(service, operations, 10, 10, unknown, WRONG[service]))
    if quick:
        return
    for service, clients in HARD.items():
        name = f"hard: {service}, 2,000 on 1, {clients} clients, 20% unknown"
        yield Row(name, 10.0, 500, drawings(service, 2_000, clients, 1, 0.2, WRONG[service]), sure=False, times=1)
    yield Row("folded as a run goes", None, None, [{"kind": "run"}])


def drawings(service: str, operations: int, clients: int, keys: int, unknown: float, breaks: tuple[str, ...]) -> list[Asked]:
    """Histories that differ in what is wrong with them."""
    asked = {"service": service, "operations": operations, "clients": clients, "keys": keys, "unknown": unknown}
    return [{"kind": "drawn", **asked, "how": how} for how in breaks]


# In the process that measures


def measure(asked: Asked) -> Measured:
    """What was measured."""
    measured = {"public": public, "drawn": drawn, "run": run}[asked["kind"]](asked)
    return {**measured, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


def least(work: Callable[[], Any], times: int) -> tuple[float, Any]:
    """The least CPU seconds that it took, and what it returned."""
    took = []
    for _ in range(times):
        began = time.process_time()
        found = work()
        took.append(time.process_time() - began)
    return min(took), found


def drawn(asked: Asked) -> Measured:
    """A history of our own."""
    from histories import SERVICES, simulate, spoil

    from splitbrain.linearizability.checker import Checker, check

    service = SERVICES[asked["service"]]
    size = {name: asked[name] for name in ("operations", "clients", "keys", "unknown")}
    simulated = simulate(json.dumps(asked), service, **size)
    if asked["how"] != "none":
        spoil(simulated, asked["how"], service)
    history = simulated.operations
    model = service.model()
    seconds, verdict = least(lambda: check(history, model), asked["times"])
    moments = [(each.called, 0, place) for place, each in enumerate(history)]
    moments += [(each.returned, 1, place) for place, each in enumerate(history) if each.returned is not None]
    moments.sort()

    def fold() -> bool | None:
        checker = Checker(model)
        for _, returns, place in moments:
            if not returns:
                checker.invoke(history[place])
            elif checker.complete(history[place]) is not None:
                return False
        return True if checker.inconclusive is None else None

    folded, also = least(fold, asked["times"])
    verdicts = {verdict.linearizable, also}
    right = asked["how"] == "none"
    return {
        "seconds": seconds,
        "folded": folded,
        "right": verdicts <= {right, None},
        "sure": None not in verdicts,
        "why": verdict.why,
    }


def public(asked: Asked) -> Measured:
    """All histories of a folder."""
    from splitbrain.linearizability.checker import check
    from splitbrain.linearizability.models import MODELS
    from splitbrain.trace.history import Attempt, Operation

    wrong, took = [], []
    with gzip.open(Path(asked["folder"]) / "histories.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            told = json.loads(line)
            model = MODELS[told["model"]](told["initial"])
            history = []
            for number, each in enumerate(told["ops"]):
                command, result = model.read(each)
                attempts = [Attempt("", number)]
                history.append(Operation(str(number), str(each["client"]), command, each["call"], attempts, each["return"], result))
            seconds, verdict = least(lambda: check(history, model), asked["times"])  # noqa: B023 - it is called at once
            took.append((seconds, told["name"]))
            if verdict.linearizable is not told["linearizable"]:
                wrong.append(told["name"])
    slowest, name = max(took)
    said = f"{len(took) - len(wrong)} of {len(took)} right; slowest {slowest:.3f} ({name})" + f"; not {', '.join(wrong)}" * bool(
        wrong
    )
    return {"seconds": sum(each for each, _ in took), "slowest": slowest, "right": not wrong, "sure": True, "told": said}


def run(_: Asked) -> Measured:
    """Runs of the shipped key-value store, with `Linearizable` and without it, the same ones in turns."""
    from splitbrain.catalogue.scenarios import find_scenario
    from splitbrain.dice import Dice
    from splitbrain.errors import SplitbrainError
    from splitbrain.nemesis.moves import Moves
    from splitbrain.nemesis.profile import draw_profile
    from splitbrain.nemesis.strategies.walk import Walk
    from splitbrain.world.world import World

    try:
        scenario = find_scenario("raft-kv")[1]
    except SplitbrainError as error:
        return {"skipped": str(error)}
    others = dataclasses.replace(scenario, without=(*scenario.without, "Linearizable"))
    scenarios = {"with": scenario, "without": others}

    def walk(scenario: Any, seed: int) -> tuple[int, int]:
        dice = Dice(f"{SEED}/{seed}")
        with World(scenario, NODES) as world:
            moves = Moves(world, dice)
            moves.go(Walk(moves, draw_profile(dice, scenario, NODES)).choose, STEPS)
            assert world.violation is None, world.violation
            return world.step, sum(each.returned is not None for each in world.history)

    walk(scenario, RUNS)  # imports, and what is made once
    best: dict[tuple[str, int], float] = {}
    counted = {}
    for number in range(ROUNDS):
        for seed in range(RUNS):
            for name in ("with", "without") if (seed + number) % 2 else ("without", "with"):
                seconds, counts = least(lambda: walk(scenarios[name], seed), 1)  # noqa: B023 - it is called at once
                best[name, seed] = min(seconds, best.get((name, seed), seconds))
                assert counted.setdefault(seed, counts) == counts, "an invariant changes nothing"
    took = {name: sum(best[name, seed] for seed in range(RUNS)) for name in scenarios}
    cost = took["with"] / took["without"] - 1
    steps, answered = (sum(each) for each in zip(*counted.values(), strict=True))
    told = f"{cost:+.1%} CPU time of {RUNS} runs, {steps:,} steps, {answered:,} operations answered"
    return {"cost": cost, "right": True, "sure": True, "told": told}


# In the one that asks


def ask(asked: Asked) -> Measured:
    """Measure in a process of its own."""
    done = subprocess.run([sys.executable, __file__, "--asked", json.dumps(asked)], capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1] if done.stderr else f"exit {done.returncode}"}
    measured: Measured = json.loads(done.stdout)
    return measured


def missed(row: Row, asked: Asked, measured: Measured, quick: bool) -> list[str]:
    """What is not as it is to be."""
    if "skipped" in measured:
        return []
    if "failed" in measured:
        return [measured["failed"]]
    said = []
    if not measured["right"]:
        said.append("WRONG")
    if row.sure and not measured["sure"]:
        said.append("no verdict")
    if quick:
        return said
    if row.seconds is not None and max(measured["seconds"], measured.get("folded", 0.0)) > row.seconds:
        said.append(f"more than {row.seconds:g} s")
    if "worst" in asked and measured["slowest"] > asked["worst"]:
        said.append(f"one more than {asked['worst']:g} s")
    if row.mib is not None and measured["mib"] > row.mib:
        said.append(f"more than {row.mib} MiB")
    if measured.get("cost", 0.0) > FOLDED:
        said.append(f"more than {FOLDED:.0%}")
    return said


def line(row: Row, answers: list[Measured]) -> str:
    """A row of the table: the worst of its histories."""
    if "skipped" in answers[0]:
        return f"{row.name:{LEFT}} skipped: {answers[0]['skipped']}"
    answers = [each for each in answers if "failed" not in each]
    if not answers:
        return f"{row.name:{LEFT}} failed"
    columns = []
    for name, form in (("seconds", "8.3f"), ("folded", "8.3f"), ("mib", "6.0f")):
        values = [each[name] for each in answers if name in each]
        columns.append(f"{max(values):{form}}" if values else " " * int(form[0]))
    sure = sum(each["right"] and each["sure"] for each in answers)
    unsure = sum(not each["sure"] for each in answers)
    told = answers[0].get("told") or f"{sure} of {len(answers)} right" + (f", {unsure} inconclusive" if unsure else "")
    return f"{row.name:{LEFT}} {' '.join(columns)}  {told}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--only", default="", metavar="NAME")
    parser.add_argument("--asked", type=json.loads, help=argparse.SUPPRESS)
    options = parser.parse_args()
    sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]
    if options.asked is not None:
        print(json.dumps(measure(options.asked)))
        return 0
    folder = options.folder
    if folder is not None and not (folder / "histories.jsonl.gz").is_file():
        print(f"{folder} has no histories.jsonl.gz; give the folder of the public histories, or none", file=sys.stderr)
        return 2
    print(f"CPython {platform.python_version()}, CPU seconds")
    print(f"{'':{LEFT}} {'at once':>8} {'folded':>8} {'MiB':>6}  verdicts")
    if folder is None and options.only in "public":
        print(f"{'public':{LEFT}} skipped: no folder of public histories was given")
    bad = 0
    for row in rows(folder, options.quick):
        if options.only not in row.name:
            continue
        answers = [ask({**asked, "times": 1 if options.quick else row.times}) for asked in row.asked]
        print(line(row, answers), flush=True)
        for asked, measured in zip(row.asked, answers, strict=True):
            for what in missed(row, asked, measured, options.quick):
                bad += 1
                print(f"    {asked.get('how', row.name)}: {what}", flush=True)
    print("all as they are to be" if not bad else f"{bad} not as they are to be")
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(main())
