#!/usr/bin/env python3
"""The long campaigns: each protocol hunted over ten million steps, and every exhibit over five seeds.

    python ci/nightly.py [--steps N] [--seeds N] [--seconds S] [--seed N] [--out DIR]

Seeds are fresh every night, and printed. Exits with 1 when a protocol is broken (its schedule is in DIR), when an exhibit
was missed, or when a control was taken for a bug.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harness.catalogue import bugs
from harness.dice import fresh_seed

PROTOCOLS = ("raft", "paxos")
CONTROL = 20  # seconds of looking for a bug that is not there


def hunt(scenario: str, *options: str, out: Path) -> tuple[int, dict[str, Any]]:
    """One `splitbrain hunt --json`: its exit code and its object."""
    command = [sys.executable, "-m", "harness.cli", "hunt", scenario, *options, "--json", "--out", str(out)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 1, 2, 3):
        sys.exit(f"{' '.join(command)}: exit code {done.returncode}: {done.stdout!r:.300}")
    found = json.loads(done.stdout)
    # A node that breaks the contract (some bugs of the museum end so, too) is an error with an invariant.
    if done.returncode == 2 and found["invariant"] is None:
        sys.exit(f"{' '.join(command)}: {found['message']}")
    return min(done.returncode, 1) if found["invariant"] else done.returncode, found


def sound(protocol: str, steps: int, seed: int, out: Path) -> Iterator[str]:
    """Hunt the unbroken protocol for so many steps; yields what went wrong."""
    code, found = hunt(protocol, "--steps", str(steps), "--seed", str(seed), out=out)
    print(f"{protocol}: {found['outcome']}, {found['steps']:,} steps, {found['runs']:,} runs, {found['seconds']:.0f} s", flush=True)
    print(f"  {json.dumps(found['coverage'])}", flush=True)
    if code != 0:
        yield f"{protocol}: {found['outcome']} with seed {seed}: {found['invariant']}, {found['schedule']}"


def museum(seeds: int, seconds: float, seed: int, out: Path) -> Iterator[str]:
    """Hunt every exhibit under several seeds; yields what went wrong."""
    for name, exhibit in bugs().items():
        times: list[float] = []
        for each in range(seed, seed + seeds):
            budget = CONTROL if exhibit.control else seconds
            code, found = hunt(exhibit.protocol, "--bug", name, "--seconds", str(budget), "--seed", str(each), out=out / "museum")
            if code != (0 if exhibit.control else 1):
                yield f"{name}: {found['outcome']} with seed {each}: {found['invariant']}, {found['schedule']}"
            elif not exhibit.control:
                times.append(found["seconds_to_violation"])
        what = "control" if exhibit.control else f"median {statistics.median(times):.2f} s" if times else "never found"
        print(f"{name}: {what} ({len(times)} of {seeds} seeds from {seed})", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000_000, help="steps of each protocol (default: ten million)")
    parser.add_argument("--seeds", type=int, default=5, help="seeds of each exhibit")
    parser.add_argument("--seconds", type=float, default=60, help="budget of one hunt for an exhibit")
    parser.add_argument("--seed", type=int, default=None, help="the first seed; fresh when left out")
    parser.add_argument("--out", type=Path, default=Path("splitbrain-out"), help="where schedules go")
    options = parser.parse_args()
    seed = fresh_seed() if options.seed is None else options.seed
    print(f"seed {seed}", flush=True)
    wrong = [each for protocol in PROTOCOLS for each in sound(protocol, options.steps, seed, options.out)]
    wrong += museum(options.seeds, options.seconds, seed, options.out)
    print("\n".join(wrong) or "clean")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
