#!/usr/bin/env python3
"""The long campaigns: each unbroken protocol, and each correct node of the tests, hunted by every strategy; and the score, held
against ci/score.json.

    python ci/nightly.py [--steps N] [--seeds K] [--seconds S] [--workers N] [--seed N] [--out DIR]
    python ci/nightly.py --quick            the exhibits that are found soon, once each: a minute; what ci/run does
    python ci/nightly.py --write-baseline   the score alone; it becomes ci/score.json

--steps are those of each protocol, an equal share for the portfolio and for every strategy by itself (default: ten million;
100000000 for a release), under seeds that are fresh every night, and printed. The score's seeds are always the same.
Exits with 1 when a protocol is broken (its schedule is in DIR), when a control is taken for a bug, or when the score is
worse than chance explains (ci/baseline.py says what that means).
"""

from __future__ import annotations

import argparse
import importlib
import json
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# This very checkout, installed or not.
sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants", "tests")]

import baseline  # noqa: E402

from splitbrain.catalogue.museum import bugs, find_bug, unbroken  # noqa: E402
from splitbrain.catalogue.scenarios import find_scenario  # noqa: E402
from splitbrain.counterexample.draft import Draft  # noqa: E402
from splitbrain.dice import fresh_seed  # noqa: E402
from splitbrain.nemesis.names import STRATEGIES  # noqa: E402
from splitbrain.report.objects.score import scored  # noqa: E402
from splitbrain.report.terminal.scoreboard import board, markdown, score_line  # noqa: E402
from splitbrain.search.hunt import hunt  # noqa: E402
from splitbrain.search.pursuit import pursue  # noqa: E402
from splitbrain.search.score import Score, score  # noqa: E402

QUICK = 10.0  # seconds for each exhibit of the quick half
WANTED = 40  # exhibits that the museum is to have


@dataclass(frozen=True)
class Campaign:
    """One strategy (None: the portfolio) against one unbroken protocol, for so many steps."""

    protocol: str
    strategy: str | None
    steps: int
    seed: int
    out: Path


@dataclass(frozen=True)
class Result:
    """broken: by what, and where its schedule is."""

    campaign: Campaign
    outcome: str
    runs: int
    steps: int
    seconds: float
    coverage: dict[str, int]
    broken: str | None = None


def march(campaign: Campaign) -> Result:
    """Hunt; and save what is found, minimised."""
    name, scenario = find_scenario(campaign.protocol)
    hunted = hunt(scenario, seed=campaign.seed, steps=campaign.steps, strategy=campaign.strategy)
    broken = None
    if hunted.found is not None:
        how = f"ci/nightly.py, seed {campaign.seed}, strategy {campaign.strategy or 'all'}"
        kept = pursue(Draft(hunted.found, scenario=name, folder=campaign.out, how=how), hunted)
        broken = f"{kept.minimised.smallest.violation.invariant}, {kept.path}"
    done = (hunted.outcome, hunted.runs, hunted.steps, hunted.seconds, dict(sorted(hunted.coverage.items())))
    return Result(campaign, *done, broken)


def correct() -> list[str]:
    """The correct nodes of the tests: what stands in ``SCENARIOS`` of a module of tests/correct, as ``module:NAME``."""
    found = []
    for path in sorted((PROJECT / "tests" / "correct").glob("[!_]*.py")):
        if not path.stem.startswith("test_"):
            module = importlib.import_module(f"correct.{path.stem}")
            names = {id(value): name for name, value in vars(module).items()}
            found += [f"{module.__name__}:{names[id(each)]}" for each in getattr(module, "SCENARIOS", ())]
    return found


def sound(steps: int, seed: int, workers: int, out: Path) -> Iterator[str]:
    """Hunt the unbroken protocols and the correct nodes; yields what went wrong."""
    protocols = sorted({name for each in bugs().values() if (name := unbroken(each)) is not None}) + correct()
    strategies = (None, *STRATEGIES)
    share = -(-steps // len(strategies))
    campaigns = [
        Campaign(protocol, strategy, share, seed + place, out)
        for protocol in protocols
        for place, strategy in enumerate(strategies)
    ]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        for result in pool.map(march, campaigns):
            campaign = result.campaign
            who = f"{campaign.protocol}, {campaign.strategy or 'portfolio'}, seed {campaign.seed}"
            print(f"{who}: {result.outcome}, {result.steps:,} steps, {result.runs:,} runs, {result.seconds:.0f} s", flush=True)
            if campaign.strategy is None:
                print(f"  {json.dumps(result.coverage)}", flush=True)
            # A strategy by itself may be too narrow to get anything decided; all together may not.
            if result.broken is not None or (result.outcome != "clean" and campaign.strategy is None):
                yield f"{who}: {result.outcome}: {result.broken}"


def score_of_the_museum(options: argparse.Namespace) -> Score:
    """The score of the whole museum, shown; its figures are kept in DIR."""
    protocols = {name: None for each in bugs().values() if (name := unbroken(each)) is not None}
    result = score(
        list(bugs().values()),
        seconds=options.seconds,
        seeds=options.seeds,
        workers=options.workers,
        unbroken=list(protocols),
        wanted=WANTED,
        progress=Minutes(),
    )
    print(board(result, 200), flush=True)
    options.out.mkdir(parents=True, exist_ok=True)
    (options.out / "score.json").write_text(json.dumps(scored(result)) + "\n", encoding="utf-8")
    if page := os.environ.get("GITHUB_STEP_SUMMARY"):
        Path(page).write_text(f"{markdown(result)}\n", encoding="utf-8")
    if result.interrupted:
        raise KeyboardInterrupt
    return result


class Minutes:
    """A line a minute, so that a log shows that something goes on."""

    def __init__(self) -> None:
        self.next = 60.0

    def __call__(self, so_far: Score) -> None:
        if so_far.elapsed >= self.next:
            self.next += 60.0
            print(score_line(so_far), flush=True)


def worse(result: Score) -> Iterator[str]:
    """What a score says that it must not."""
    yield from (f"{row.id}: a control, and {row.finding.invariant} broke" for row in result.exhibits if row.alarm)
    yield from (f"{each.trial.subject}: {each.outcome}: {each.invariant}" for each in result.unbroken if each.outcome != "clean")
    yield from result.errors
    yield from baseline.regressions(result.exhibits, baseline.read())


def quick(workers: int) -> list[str]:
    """Hunt the exhibits that are found soon, with one seed each; returns which were not."""
    museum = bugs()
    exhibits = [find_bug(each) for each in baseline.quick(baseline.read()) if each in museum]
    if not exhibits:
        return ["ci/score.json knows none of the exhibits: renew it with --write-baseline"]
    result = score(exhibits, seconds=QUICK, seeds=1, uniform_seeds=0, workers=workers, wanted=WANTED)
    print(board(result, 200), flush=True)
    return [f"{row.id}: not found in {QUICK:g} s" for row in result.exhibits if not row.finding.found] + result.errors


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=10_000_000, help="steps of each protocol (default: ten million; 0: none)")
    parser.add_argument("--seeds", type=int, default=5, help="the score's seeds of each exhibit (default 5)")
    parser.add_argument("--seconds", type=float, default=60, help="the score's budget of one hunt (default 60)")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes (default: one for each core)")
    parser.add_argument("--seed", type=int, default=None, help="the first seed of the campaigns; fresh when left out")
    parser.add_argument("--out", type=Path, default=Path("splitbrain-out"), help="where schedules and the score go")
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--quick", action="store_true", help="the exhibits that are found soon, and nothing else")
    part.add_argument("--write-baseline", action="store_true", help="the score alone, for ci/score.json")
    options = parser.parse_args()
    if options.write_baseline:
        baseline.write(score_of_the_museum(options))
        return 0
    if options.quick:
        wrong = quick(options.workers)
    else:
        seed = fresh_seed() if options.seed is None else options.seed
        print(f"seed {seed}", flush=True)
        wrong = list(sound(options.steps, seed, options.workers, options.out)) if options.steps else []
        wrong += worse(score_of_the_museum(options))
    print("\n".join(wrong) or "clean")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
