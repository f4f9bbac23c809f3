#!/usr/bin/env python3
"""Whether two versions of splitbrain hunt alike: for a change that is to change nothing.

    python ci/unchanged.py BEFORE AFTER [--seeds 10] [--runs 200] [--subject "raft --bug ID" ...]

BEFORE, AFTER: the `splitbrain` commands of two environments. Each hunts every subject with the seeds 1, 2, ...; what it prints with
--json, but for seconds and names of files and of the scenario and what only one of them tells, and the schedules that it saves, but
for their headers, must be equal. Exits with 1, and says where, when they are not.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SUBJECTS = (
    "raft",
    "paxos",
    "raft --bug figure-8",
    "raft --bug vote-dup",
    "raft --bug stable-aba",
    "paxos --bug pax-value-not-highest",
    "paxos --bug pax-duelling-proposers",
)
APART = {"scenario", "seconds", "seconds_to_violation", "minimise_seconds", "schedule"}


def hunted(command: str, subject: str, seed: int, runs: int) -> tuple[dict[str, Any], list[str]]:
    """What one hunt reports, and the actions of what it saved."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["hunt", *subject.split(), "--runs", str(runs), "--seed", str(seed), "--json", "--out", folder]
        done = subprocess.run([command, *arguments], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
        try:
            report: dict[str, Any] = json.loads(done.stdout)
        except ValueError:
            raise SystemExit(f"{command} {' '.join(arguments)} printed no report: {done.stderr or done.stdout}") from None
        saved = [line for file in sorted(Path(folder).iterdir()) for line in file.read_text(encoding="utf-8").splitlines()[1:]]
        return {name: value for name, value in report.items() if name not in APART}, saved


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("before")
    parser.add_argument("after")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=200)
    parser.add_argument("--subject", action="append", metavar="WORDS", help=f"default: {', '.join(SUBJECTS)}")
    options = parser.parse_args()
    hunts = [(subject, seed) for subject in options.subject or SUBJECTS for seed in range(1, options.seeds + 1)]
    found = differ = 0

    def both(hunt: tuple[str, int]) -> list[tuple[dict[str, Any], list[str]]]:
        return [hunted(command, *hunt, options.runs) for command in (options.before, options.after)]

    with ThreadPoolExecutor(2) as pool:
        for (subject, seed), ((old, old_saved), (new, new_saved)) in zip(hunts, pool.map(both, hunts), strict=True):
            names = [name for name in old if name in new and old[name] != new[name]]
            if old_saved != new_saved:
                names.append("the saved schedule")
            found += old["outcome"] == "violation"
            if names:
                differ += 1
                told = "; ".join(f"{name}: {old[name]!r:.60}, and then {new[name]!r:.60}" for name in names)
                print(f"{subject}, seed {seed}: {told}", flush=True)
    print(f"{len(hunts) - differ} of {len(hunts)} hunts are equal, {found} of which found a violation and saved it")
    return int(differ > 0)


if __name__ == "__main__":
    sys.exit(main())
