#!/usr/bin/env python3
"""One Raft in two styles, broken the same way, attacked by one scenario: how long until Figure 8 (Raft, 5.4.2) is found in each.

    python ci/bench/figure8.py [--seeds N] [--seconds S]

The styles are the shipped sans-I/O node and the async trio node of `tests/correct/raft_async.py`; seeds are 1 to N (5). Exits
with 1 where a hunt has found nothing after S (60) seconds of CPU.
"""

from __future__ import annotations

import argparse
import sys
import time

from interpreter import PROJECT

sys.path.insert(0, str(PROJECT / "tests"))

from correct.raft_async import ASYNC_FIGURE_8, SANS_IO_FIGURE_8

from splitbrain import Hunted, hunt


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--seeds", type=int, default=5)
    asked.add_argument("--seconds", type=float, default=60.0)
    given = asked.parse_args()
    missed = 0
    for scenario in (SANS_IO_FIGURE_8, ASYNC_FIGURE_8):
        for seed in range(1, given.seeds + 1):
            began = time.process_time()

            def too_long(_: Hunted, began: float = began) -> bool:
                return time.process_time() - began > given.seconds

            hunted = hunt(scenario, seed=seed, progress=too_long)
            seconds = time.process_time() - began
            broken = "nothing" if hunted.found is None else hunted.found.violation.invariant
            rate = f"{hunted.runs:,} runs, {hunted.steps:,} steps, {hunted.steps / seconds:,.0f} a CPU s"
            print(f"{scenario.name:<20} seed {seed}: {broken:<20} {seconds:5.1f} CPU s  ({rate})", flush=True)
            missed += hunted.found is None
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
