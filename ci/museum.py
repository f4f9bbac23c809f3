#!/usr/bin/env python3
"""Write the museum's schedules: hunt every exhibit, minimise, and save the shortest as tests/schedules/museum/<id>.schedule.jsonl.

    python ci/museum.py [--seeds K] [--seconds S] [--anew] [ID ...]

A file that is there is replaced by a shorter schedule alone, unless it no longer reproduces its violation, or with --anew.
Exits with 1 when an exhibit has no schedule in the end.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# This very checkout, installed or not.
sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]

from splitbrain.catalogue.museum import find_bug  # noqa: E402
from splitbrain.catalogue.scenarios import find_scenario  # noqa: E402
from splitbrain.counterexample.minimiser.minimiser import minimise  # noqa: E402
from splitbrain.elsewhere.determinism import check  # noqa: E402
from splitbrain.errors import SplitbrainError  # noqa: E402
from splitbrain.exhibit import Exhibit  # noqa: E402
from splitbrain.schedule.file import SavedSchedule, load, save  # noqa: E402
from splitbrain.schedule.format import SUFFIX  # noqa: E402
from splitbrain.schedule.header import new_header  # noqa: E402
from splitbrain.schedule.replay import replay  # noqa: E402
from splitbrain.search.hunt import hunt, more_like  # noqa: E402
from splitbrain.world.run import Found  # noqa: E402
from splitbrain_protocols.museum import EXHIBITS  # noqa: E402

FOLDER = PROJECT / "tests" / "schedules" / "museum"


@dataclass(frozen=True)
class Candidate:
    """What one seed ended with; raw: how many actions the first failing run had."""

    seed: int
    run: int
    raw: int
    best: Found


def candidates(exhibit: Exhibit, seeds: int, seconds: float) -> Iterator[Candidate]:
    """What the hunts with seeds 1, 2, ... find, each as `splitbrain hunt` would."""
    for seed in range(1, seeds + 1):
        hunted = hunt(exhibit.scenario, seed=seed, seconds=seconds)
        found = hunted.found
        if found is None:
            continue
        check(found.setup, found.actions, found.violation)
        best = minimise(found, more=more_like(found, hunted))
        if best.interrupted:
            raise KeyboardInterrupt
        yield Candidate(seed, hunted.runs, len(found.actions), best.smallest)


def saved(exhibit: Exhibit, found: Candidate) -> SavedSchedule:
    """The file's content; nothing in it depends on where, or at which revision, it was made."""
    best = found.best
    header = new_header(
        find_scenario(exhibit.protocol)[0],
        best.setup,
        bug=exhibit.id,
        expect="violation",
        invariant=best.violation.invariant,
        fingerprint=best.violation.fingerprint,
        git=None,
        found=f"splitbrain hunt {exhibit.protocol} --bug {exhibit.id} --seed {found.seed} (direct host, run {found.run}), "
        f"minimised from {found.raw} actions",
    )
    return SavedSchedule(header, best.actions)


def rank(schedule: SavedSchedule) -> tuple[int, int]:
    """Shorter is better; then a smaller cluster."""
    return len(schedule.actions), schedule.header.size


def standing(path: Path) -> SavedSchedule | None:
    """The schedule that is there, if it still does what it is there for."""
    if not path.exists():
        return None
    try:
        there = load(path)
        return there if replay(there).outcome == "REPRODUCED" else None
    except SplitbrainError:
        return None


def renew(exhibit: Exhibit, seeds: int, seconds: float, anew: bool) -> bool:
    """Hunt one exhibit and save its shortest schedule; returns whether it has one now."""
    path = FOLDER / f"{exhibit.id}{SUFFIX}"
    there = None if anew else standing(path)
    found = sorted((saved(exhibit, each) for each in candidates(exhibit, seeds, seconds)), key=rank)
    lengths = [len(each.actions) for each in found]
    if found and (there is None or rank(found[0]) < rank(there)):
        for host in ("direct", "trio"):
            again = replay(found[0], host=host)
            if again.outcome != "REPRODUCED":
                print(f"{exhibit.id}: on the {host} host: {again.outcome}: {again.message}", flush=True)
                return False
        save(path, found[0])
        there, what = found[0], "saved"
    else:
        what = "kept"
    if there is None:
        print(f"{exhibit.id}: not found with {seeds} seeds of {seconds:g} s", flush=True)
        return False
    known = exhibit.shortest.get(there.header.invariant or "")
    print(
        f"{exhibit.id}: {what}: {there.header.invariant}, {len(there.actions)} actions on {there.header.size} nodes"
        f"{f' (exact shortest {known})' if known else ''}; found with {len(found)} of {seeds} seeds: {lengths}",
        flush=True,
    )
    return True


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ids", nargs="*", metavar="ID", help="exhibits (default: all that are no controls)")
    parser.add_argument("--seeds", type=int, default=3, help="hunts of each exhibit (default 3)")
    parser.add_argument("--seconds", type=float, default=30.0, help="budget of one hunt (default 30)")
    parser.add_argument("--anew", action="store_true", help="replace files by longer schedules, too")
    options = parser.parse_args()
    try:
        exhibits = [find_bug(each) for each in options.ids] or [each for each in EXHIBITS if not each.control]
    except SplitbrainError as error:
        parser.error(str(error))
    done = [renew(each, options.seeds, options.seconds, options.anew) for each in exhibits]
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
