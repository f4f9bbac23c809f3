#!/usr/bin/env python3
"""How fast the museum's exhibits are found, how short their schedules become, and what controls and unbroken protocols say.

    python ci/bench/museum.py [--seeds K] [--seconds S] [--workers N] [--json] [ID ...]

Each exhibit is hunted with the seeds 1 to K, for up to S seconds of wall clock each, exactly as `splitbrain hunt` does: the
search is told nothing but the name. runs, steps and seconds to the violation, minimising seconds and replays are medians.
known is the exact shortest of the invariant that broke, where an exhaustive search gave one, and ratio the longest of the
minimised schedules for which there is one, divided by it; a crash with its restart counts as one action.
Controls and unbroken protocols have the budget of one such hunt, and must end clean.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import statistics
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(PROJECT))  # this very checkout, installed or not

from harness.actions import Action, Restart  # noqa: E402
from harness.catalogue import find_bug, find_scenario  # noqa: E402
from harness.counterexample import shrink  # noqa: E402
from harness.errors import SplitbrainError  # noqa: E402
from harness.hunt import Found, failures, hunt  # noqa: E402
from protocols.museum import EXHIBITS  # noqa: E402

UNBROKEN = ("raft", "paxos")
HUNT, MINIMISE, RATIO = 10.0, 10.0, 2.0  # what an exhibit must reach: median seconds, seconds, times the exact shortest
FIGURE_8 = 20.0  # median seconds


def length(actions: Sequence[Action]) -> int:
    """As exhaustive searches count: a crash with its restart is one action."""
    return len(actions) - sum(isinstance(action, Restart) for action in actions)


def one_hunt(task: tuple[str, int, float]) -> dict[str, Any]:
    """Hunt an exhibit, or a protocol, with one seed; minimise what is found."""
    name, seed, seconds = task
    exhibit = None if name in UNBROKEN else find_bug(name)
    scenario = find_scenario(name)[1] if exhibit is None else exhibit.scenario
    hunted = hunt(scenario, seed=seed, seconds=seconds)
    row: dict[str, Any] = {
        "name": name,
        "seed": seed,
        "outcome": hunted.outcome,
        "runs": hunted.runs,
        "steps": hunted.steps,
        "seconds": hunted.seconds,
    }
    if hunted.setup is None or hunted.violation is None:
        return row
    best = shrink(failures(hunted, Found(hunted.setup, hunted.actions, hunted.violation)))
    known = None if exhibit is None else exhibit.shortest.get(best.violation.invariant)
    return row | {
        "invariant": best.violation.invariant,
        "found": len(hunted.actions),
        "actions": length(best.actions),
        "nodes": best.setup.size,
        "known": known,
        "ratio": None if known is None else length(best.actions) / known,
        "minimise_seconds": best.seconds,
        "replays": best.replays,
    }


def summary(name: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """All seeds of one exhibit."""
    hits = [row for row in rows if row["outcome"] == "violation"]
    ratios = [row["ratio"] for row in hits if row["ratio"] is not None]
    result: dict[str, Any] = {
        "name": name,
        "hits": len(hits),
        "seeds": len(rows),
        "outcomes": dict(sorted(Counter(row["outcome"] for row in rows).items())),
        "steps": sum(row["steps"] for row in rows),
    }
    if not hits:
        return result
    return result | {
        "invariants": dict(Counter(row["invariant"] for row in hits).most_common()),
        "runs_median": statistics.median(row["runs"] for row in hits),
        "steps_median": statistics.median(row["steps"] for row in hits),
        # A hunt that found nothing took at least its budget.
        "seconds_median": statistics.median(row["seconds"] for row in rows),
        "found_median": statistics.median(row["found"] for row in hits),
        "actions_median": statistics.median(row["actions"] for row in hits),
        "actions_max": max(row["actions"] for row in hits),
        "known": sorted({row["known"] for row in hits if row["known"] is not None}),
        "ratio_max": max(ratios, default=None),
        "minimise_seconds_median": statistics.median(row["minimise_seconds"] for row in hits),
        "minimise_seconds_max": max(row["minimise_seconds"] for row in hits),
        "replays_median": statistics.median(row["replays"] for row in hits),
    }


def complaints(row: dict[str, Any], sound: bool) -> list[str]:
    """What does not reach what it must."""
    if sound:
        return [] if set(row["outcomes"]) == {"clean"} else [f"not clean: {row['outcomes']}"]
    if not row["hits"]:
        return ["never found"]
    allowed = FIGURE_8 if row["name"] == "figure-8" else HUNT
    wrong = [] if row["seconds_median"] <= allowed else [f"found in more than {allowed:g} s"]
    if row["ratio_max"] is not None and row["ratio_max"] > RATIO:
        wrong.append(f"longer than {RATIO:g} times the shortest")
    if row["minimise_seconds_max"] > MINIMISE:
        wrong.append(f"minimised in more than {MINIMISE:g} s")
    return wrong


HEAD = (
    f"{'exhibit':34} {'found':>6} {'runs':>6} {'steps':>9} {'sec':>6}   {'length':>6} {'min':>5} {'max':>5}"
    f" {'known':>7} {'ratio':>5} {'sec':>5} {'max':>5} {'replays':>7}  first broken"
)


def line(row: dict[str, Any], wrong: list[str]) -> str:
    told = f"  ! {'; '.join(wrong)}" if wrong else ""
    found = f"{row['name']:34} {row['hits']:>3}/{row['seeds']:<2}"
    if not row["hits"]:
        return f"{found} {', '.join(row['outcomes'])} in {row['steps']:,} steps{told}"
    known, ratio = "/".join(map(str, row["known"])) or "-", row["ratio_max"]
    return (
        f"{found} {row['runs_median']:6,.0f} {row['steps_median']:9,.0f} {row['seconds_median']:6.2f}   {row['found_median']:6,.0f}"
        f" {row['actions_median']:5g} {row['actions_max']:5} {known:>7} {'-' if ratio is None else f'{ratio:.2f}':>5}"
        f" {row['minimise_seconds_median']:5.1f} {row['minimise_seconds_max']:5.1f} {row['replays_median']:7,.0f}"
        f"  {', '.join(f'{invariant} {count}' for invariant, count in row['invariants'].items())}{told}"
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", metavar="ID", help="exhibits, raft or paxos (default: all of them)")
    parser.add_argument("--seeds", type=int, default=5, help="hunts of each (default 5)")
    parser.add_argument("--seconds", type=float, default=60.0, help="budget of one hunt (default 60)")
    parser.add_argument("--workers", type=int, default=1, help="hunts at a time, each in a process of its own (default 1)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    try:
        sound = {each.id for each in EXHIBITS if each.control} | set(UNBROKEN)
        bugs = [each.id for each in EXHIBITS if not each.control]
        names = [each if each in UNBROKEN else find_bug(each).id for each in options.ids] or [*bugs, *sorted(sound)]
    except SplitbrainError as error:
        parser.error(str(error))
    tasks = {
        name: [(name, seed, options.seconds) for seed in range(1, 2 if name in sound else options.seeds + 1)] for name in names
    }
    if not options.json:
        print(HEAD, flush=True)
    results: list[dict[str, Any]] = []
    failed = False
    with multiprocessing.Pool(options.workers) as pool:
        done = pool.imap(one_hunt, [task for name in names for task in tasks[name]])
        for name in names:
            row = summary(name, [next(done) for _ in tasks[name]])
            wrong = complaints(row, name in sound)
            failed = failed or bool(wrong)
            results.append(row | {"complaints": wrong})
            if not options.json:
                print(line(row, wrong), flush=True)
    if options.json:
        print(json.dumps({"seconds": options.seconds, "results": results}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
