#!/usr/bin/env python3
"""Whether everything comes out the same everywhere: five bugs are hunted, found, minimised and saved, on two hosts, under five
hash seeds, in every Python that is here, while a busy loop runs on each core.

    python ci/matrix.py [--quick] [--idle]

What must be equal, byte for byte: the saved minimal schedule, but for the fields of its header that say where it was made; the
digest of its trace; and what the hunt counted. SPLITBRAIN_PYTHONS names further interpreters that have splitbrain installed
(separated as in PATH). --quick: each Python under one hash seed, and three hash seeds at least. --idle: without the busy loops.
Exits with 1, and says where, when something differs.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import io
import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import perf_counter

HUNTS = (
    "raft --bug ack-before-durable --seed 1",
    "raft --bug heartbeat-ack-undurable --seed 1",
    "raft --bug term-nonmonotonic --seed 1",
)
HUNTS += ("paxos --bug pax-ignore-reported --seed 1", "paxos --bug pax-accepted-not-durable --seed 1")
HOSTS = ("direct", "trio")
HASH_SEEDS = (0, 1, 2, 42, 4242)
RUNS = 400  # a budget in work: by the clock, a busy machine would end elsewhere
MADE_BY = ("splitbrain", "python", "git", "found")  # fields of a header that may differ
COUNTED = (
    "outcome",
    "fingerprint",
    "summary",
    "runs",
    "steps",
    "strategy",
    "actions_found",
    "actions",
    "minimal",
    "nodes",
    "removed",
)
BUSY = "import os\nparent = os.getppid()\nwhile os.getppid() == parent:\n    for _ in range(10**6):\n        pass\n"


def outcomes() -> Iterator[tuple[str, str]]:
    """In this process: each hunt, and what came of it."""
    from splitbrain.command.cli import main as splitbrain  # noqa: PLC0415 - only the processes in the matrix need it
    from splitbrain.schedule.file import load  # noqa: PLC0415
    from splitbrain.schedule.replay import replay  # noqa: PLC0415

    for hunt in HUNTS:
        for host in HOSTS:
            with tempfile.TemporaryDirectory() as folder:
                arguments = ["hunt", *hunt.split(), "--runs", str(RUNS), "--host", host, "--out", folder, "--json"]
                with contextlib.redirect_stdout(io.StringIO()) as out:
                    splitbrain(arguments)
                report = json.loads(out.getvalue())
                path = Path(report["schedule"])
                first, _, actions = path.read_text(encoding="utf-8").partition("\n")
                header = {name: value for name, value in json.loads(first).items() if name not in MADE_BY}
                content = {
                    "header": header,
                    "lines": hashlib.sha256(actions.encode()).hexdigest(),
                    "trace": replay(load(path), host=host).digest,
                    **{name: report[name] for name in COUNTED},
                }
                yield f"{hunt} --host {host}", json.dumps(content)


def cell(python: str, hash_seed: int) -> dict[str, str]:
    """What one Python under one hash seed makes of all hunts."""
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [python, __file__, "--here"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        return {
            hunt: f"nothing: {done.stderr.strip()[-500:]}" for hunt in (f"{hunt} --host {host}" for hunt in HUNTS for host in HOSTS)
        }
    return dict(line.split("\t", 1) for line in done.stdout.splitlines())


def cells(pythons: Sequence[str], quick: bool) -> list[tuple[str, int]]:
    """Every Python under every hash seed; or, where it must be quick, every Python once, and three hash seeds."""
    if not quick:
        return [(python, seed) for python in pythons for seed in HASH_SEEDS]
    return [(pythons[place % len(pythons)], HASH_SEEDS[place]) for place in range(max(len(pythons), 3))]


def pythons() -> list[str]:
    """This one, and those that are named and can run it; the others are told."""
    found = {}
    for candidate in [sys.executable, *os.environ.get("SPLITBRAIN_PYTHONS", "").split(os.pathsep)]:
        if not candidate:
            continue
        code = "import splitbrain.command.cli, networkx, trio, sys; print('%d.%d' % sys.version_info[:2])"
        asked = subprocess.run([candidate, "-c", code], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            found.setdefault(asked.stdout.strip(), candidate)
        else:
            print(f"{candidate} cannot run splitbrain: {(asked.stderr.strip().splitlines() or ['it says nothing'])[-1]}")
    return list(found.values())


def gathered(every: Sequence[tuple[str, int]], made: Sequence[dict[str, str]]) -> dict[str, dict[str, list[str]]]:
    """For each hunt, whatever its host, the outcomes, and where each came out."""
    seen: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (python, seed), found in zip(every, made, strict=True):
        for hunt, outcome in found.items():
            name, _, host = hunt.partition(" --host ")
            seen[name][outcome].append(f"{python}, hash seed {seed}, {host} host")
    return seen


def is_one(kinds: dict[str, list[str]]) -> bool:
    """Whether there is one outcome, and that is a violation: hunts that all find nothing prove nothing."""
    return len(kinds) == 1 and all('"outcome": "violation"' in outcome for outcome in kinds)


@contextlib.contextmanager
def busy(cores: int) -> Iterator[None]:
    """So many busy loops; they end with this process."""
    loops = [subprocess.Popen([sys.executable, "-S", "-c", BUSY]) for _ in range(cores)]
    try:
        yield
    finally:
        for loop in loops:
            loop.kill()
            loop.wait()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--idle", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.here:
        for hunt, outcome in outcomes():
            print(f"{hunt}\t{outcome}")
        return 0
    began, cores, named = perf_counter(), os.cpu_count() or 1, pythons()
    every = cells(named, options.quick)
    with busy(0 if options.idle else cores), ThreadPoolExecutor(cores) as pool:
        made = list(pool.map(lambda each: cell(*each), every))
    seen = gathered(every, made)
    wrong = 0
    for hunt, kinds in seen.items():
        fine = is_one(kinds)
        wrong += not fine
        print(f"{'equal  ' if fine else 'DIFFERS'} {hunt}: {sum(map(len, kinds.values()))} times")
        if not fine:
            for outcome, where in kinds.items():
                print(f"    {outcome}\n        {'; '.join(where)}")
    print(
        f"{len(seen) - wrong} of {len(HUNTS)} bugs come out the same, byte for byte, in {len(named)} Pythons, under "
        f"{len({seed for _, seed in every})} hash seeds, on {len(HOSTS)} hosts: {len(every) * len(HUNTS) * len(HOSTS)} hunts, "
        f"{perf_counter() - began:.0f} s{'' if options.idle else ', with a busy loop on each core'}"
    )
    return 1 if wrong or len(seen) < len(HUNTS) else 0


if __name__ == "__main__":
    raise SystemExit(main())
