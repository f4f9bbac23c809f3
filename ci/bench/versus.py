#!/usr/bin/env python3
"""This checkout's throughput beside another's, in turns, so that a busy moment of the machine does not meet one of them alone.

    python ci/bench/versus.py PYTHON CHECKOUT [--pairs 9] [--within 5]

PYTHON: the other checkout's interpreter, with its dependencies; CHECKOUT: its folder. For each figure of throughput.py (but for
seedloop's) the median of the pairs' ratios, this checkout's to the other's, is printed; exits with 1 where one is more than
WITHIN percent below 1.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]


def figures(python: str, checkout: Path) -> dict[str, float]:
    """What throughput.py measures, in the interpreter that is given."""
    environment = os.environ | {"SPLITBRAIN_BENCH": "1"}  # no other interpreter for the sake of seedloop
    command = [python, str(checkout / "ci" / "bench" / "throughput.py"), "--json"]
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    return {name: figure for name, figure in json.loads(done.stdout).items() if isinstance(figure, float)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("python")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--pairs", type=int, default=9)
    parser.add_argument("--within", type=float, default=5.0, help="percent (default 5)")
    options = parser.parse_args()
    ratios: dict[str, list[float]] = {}
    for number in range(options.pairs):
        both = [(options.python, options.checkout), (sys.executable, HERE)]
        measured = [figures(*each) for each in (both if number % 2 else both[::-1])]
        theirs, ours = measured if number % 2 else measured[::-1]
        for name in ours:
            if name in theirs:
                ratios.setdefault(name, []).append(ours[name] / theirs[name])
        print(f"pair {number + 1}: {', '.join(f'{name} {each[-1]:.3f}' for name, each in ratios.items())}", flush=True)
    medians = {name: statistics.median(each) for name, each in ratios.items()}
    for name, median in medians.items():
        print(f"{name:16} {median:.3f} (from {min(ratios[name]):.3f} to {max(ratios[name]):.3f})")
    return int(any(median < 1 - options.within / 100 for median in medians.values()))


if __name__ == "__main__":
    sys.exit(main())
