#!/usr/bin/env python3
"""Hunts an implementation by others, in a version that is known to be wrong: what is found, how soon, and in how many actions.

    python ci/hosted.py                                 # every version of which schedules are kept
    python ci/hosted.py --version 0.3.11 --seeds 1 2 3 --out found/

Each version goes into a folder of its own, so that the environment stays as it is. For each mistake a hunt that knows nothing but
the invariant must find it in its share of seconds; its minimal schedule must replay, and so must those in
tests/schedules/hosted/, which are kept for it. Needs pip, and a package index. Exits with 1 when anything of that is not so.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
SCENARIO = "pysyncobj"
SCHEDULES = PROJECT / "tests" / "schedules" / "hosted"
COMPACTING = "splitbrain_protocols.hosted.compacting:COMPACTING"
# What is wrong with each version: the scenario in which it is, the invariant that says so, and what it is.
MISTAKES = {
    "0.3.11": [
        (SCENARIO, "CommitIndexNeverGoesBack", "the commit index goes back"),
        (SCENARIO, "TermsNeverGoBack", "a term is lost"),
        (SCENARIO, "ElectionSafety", "two leaders"),
    ],
    "0.3.17": [(COMPACTING, "StateMachineSafety", "state machines diverge")],
}
KEPT = sorted(path.name.removeprefix(f"{SCENARIO}-") for path in SCHEDULES.glob(f"{SCENARIO}-*"))
SECONDS = 30  # that each may take until it is found
COMMAND = [str(Path(sys.executable).with_name("splitbrain"))]


def spent() -> float:
    """CPU seconds of the child processes that are over."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def environment(version: str, folder: Path) -> dict[str, str]:
    """One in which this version can be imported, and stands before any other."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), f"{SCENARIO}=={version}"]
    subprocess.run(pip, check=True)
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])}


def hunts(version: str, options: argparse.Namespace, out: Path, environ: dict[str, str]) -> Iterator[tuple[str, ...] | str]:
    """A row for each hunt; a text for what is not as it must be."""
    for scenario, invariant, what in MISTAKES.get(version, ()):
        for seed in () if options.quick and scenario == COMPACTING else options.seeds:
            given = ["--only", invariant, "--seed", str(seed), "--seconds", str(2 * SECONDS), "--out", str(out), "--json"]
            before = spent()
            done = subprocess.run([*COMMAND, "hunt", scenario, *given], env=environ, capture_output=True, text=True, check=False)
            cpu = spent() - before
            told = json.loads(done.stdout or "{}")
            if done.returncode != 1:
                yield f"{version}, {invariant}, seed {seed}: {told.get('message') or told.get('outcome') or done.stderr}"
                continue
            found, actions = told["seconds_to_violation"], told["actions"]
            yield version, what, str(seed), f"{found:.1f}", str(told["runs"]), str(told["steps"]), str(actions), f"{cpu:.1f}"
            if found > SECONDS:
                yield f"{version}, {invariant}, seed {seed}: found after {found:.1f} s, not within {SECONDS}"
            again = subprocess.run([*COMMAND, "replay", told["schedule"]], env=environ, capture_output=True, text=True, check=False)
            if again.returncode != 1:
                yield f"{told['schedule']} does not replay: {again.stdout}{again.stderr}"


def replays(version: str, environ: dict[str, str]) -> str | None:
    """Replays what is kept for this version; what went wrong, None: nothing."""
    kept = SCHEDULES / f"{SCENARIO}-{version}"
    pytest = [sys.executable, "-m", "pytest", "-q", "-n", "0", str(kept)]
    done = subprocess.run(pytest, env=environ, cwd=PROJECT, capture_output=True, text=True, check=False)
    print(f"{kept.relative_to(PROJECT)}: {done.stdout.strip().splitlines()[-1]}", flush=True)
    return None if done.returncode == 0 and "skipped" not in done.stdout else done.stdout


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--version", nargs="*", default=KEPT, metavar="V", help="one that a package index has")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1], metavar="N")
    parser.add_argument("--out", type=Path, metavar="DIR", help="where the schedules go (default: nowhere)")
    parser.add_argument("--quick", action="store_true", help="without what takes a minute to be made minimal")
    options = parser.parse_args()
    wrong: list[str] = []
    widths = (9, 28, 6, 8, 7, 9, 9, 7)
    print(_line(("version", "what is found", "seed", "found s", "runs", "steps", "actions", "CPU s"), widths), flush=True)
    with tempfile.TemporaryDirectory() as name:
        for version in options.version:
            environ = environment(version, Path(name) / version)
            for told in hunts(version, options, (options.out or Path(name) / "out").resolve(), environ):
                if isinstance(told, str):
                    wrong.append(told)
                else:
                    print(_line(told, widths), flush=True)
            if version in KEPT:
                wrong += filter(None, [replays(version, environ)])
    print(*wrong, sep="\n", end="\n" if wrong else "")
    return 1 if wrong else 0


def _line(cells: tuple[str, ...], widths: tuple[int, ...]) -> str:
    return " ".join(f"{cell:<{width}}" if width > 20 else f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=True))


if __name__ == "__main__":
    sys.exit(main())
