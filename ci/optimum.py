#!/usr/bin/env python3
"""The exact least number of actions that break an exhibit: every schedule, breadth first, on one small cluster.

    python ci/optimum.py ID [--size N] [--option NAME=JSON ...] [--crashes N] [--duplicates N] [--requests N]
                            [--below N] [--states N] [--without TIMER ...]

Actions are requests (to each node one), deliveries, timers, and as many crashes, restarts and duplicates as asked for; losing or
delaying a message is not to deliver it, and costs nothing. Each counts as one, a crash and its restart as two. Crashes
within a handler and fair phases are not tried. Two schedules that end in the same state of all nodes, disks, links and
invariants (those that the exhibit names) are one. With --below N, it only shows that there is none with less than N actions.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# This very checkout, installed or not.
sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]

from splitbrain.actions import Action, Crash, Duplicate, Fire, Request, Restart  # noqa: E402
from splitbrain.catalogue.museum import find_bug  # noqa: E402
from splitbrain.exhibit import Exhibit  # noqa: E402
from splitbrain.invariant import Invariant, InvariantFactory  # noqa: E402
from splitbrain.world.run import Setup  # noqa: E402
from splitbrain.world.world import World  # noqa: E402

STEP = re.compile(r"step=\d+")


def candidates(world: World, done: tuple[Action, ...], options: argparse.Namespace) -> Iterator[Action]:
    """What may come next."""
    asked = [action.node for action in done if isinstance(action, Request)]
    crashes = sum(isinstance(action, Crash) for action in done)
    duplicates = sum(isinstance(action, Duplicate) for action in done)
    if len(asked) < options.requests:
        for node in world.nodes:
            if node not in asked and world.processes[node].idle():
                # Named after its node, so that it does not matter who is asked first.
                yield Request(node, f"r{node}", f"v{node}")
    seen = set()
    for envelope in world.network.flight:
        if world.deliverable(envelope):
            same = (envelope.sender, envelope.receiver, repr(envelope.content()))
            if same not in seen:  # of two equal messages on one link, either will do
                seen.add(same)
                yield envelope.deliver()
                if duplicates < options.duplicates:
                    yield envelope.duplicate()
    for process in world.processes.values():
        if not process.running:
            yield Restart(process.id)
            continue
        yield from (Fire(process.id, timer) for timer in process.timers if timer not in options.without)
        if crashes < options.crashes:
            yield Crash(process.id)


def state(world: World, invariants: list[Invariant]) -> bytes:
    """All that can make a difference from here on."""
    nodes = [
        (process.running, process.node and vars(process.node), sorted(process.timers), dict(process.disk()))
        for process in world.processes.values()
    ]
    flight = sorted((each.sender, each.receiver, repr(each.content())) for each in world.network.flight)
    verdicts = [vars(invariant) for invariant in invariants]
    # When a thing was said is evidence for people, and means nothing to an invariant.
    return blake2b(STEP.sub("", repr((nodes, flight, verdicts))).encode(), digest_size=12).digest()


def search(exhibit: Exhibit, options: argparse.Namespace) -> tuple[tuple[Action, ...] | None, int, int]:
    """A shortest schedule (None: there is none, as far as was searched), how deep that is, and how many states there were."""
    invariants: list[Invariant] = []  # of the latest world
    named = [each for each in exhibit.scenario.monitor().invariants if type(each).__name__ in exhibit.invariant]
    watchful = replace(exhibit.scenario, invariants=tuple(_noted(type(each), invariants, len(named)) for each in named))
    setup = Setup(watchful, options.size, {name: json.loads(value) for name, _, value in options.option})
    seen: set[bytes] = set()
    frontier: list[tuple[Action, ...]] = [()]
    depth = 0
    while frontier and depth < options.below - 1 and len(seen) < options.states:
        deeper = []
        for prefix in frontier:
            with setup.world() as world:
                for action in prefix:
                    world.apply(action)
                following = tuple(candidates(world, prefix, options))
            for action in following:
                with setup.world() as world:
                    for each in (*prefix, action):
                        world.apply(each)
                    if world.violation is not None:
                        return (*prefix, action), depth + 1, len(seen)
                    here = state(world, invariants)
                if here not in seen:
                    seen.add(here)
                    deeper.append((*prefix, action))
            if len(seen) >= options.states:
                return None, depth, len(seen)
        frontier = deeper
        depth += 1
        print(f"  {depth} actions: {len(frontier):,} new states", file=sys.stderr, flush=True)
    return None, depth, len(seen)


def _noted(kind: type[Invariant], made: list[Invariant], most: int) -> InvariantFactory:
    """A factory of these that notes what it has made, and forgets those of the world before."""

    def make() -> Invariant:
        if len(made) == most:
            made.clear()
        made.append(kind())
        return made[-1]

    return make


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("id", metavar="ID")
    parser.add_argument("--size", type=int, default=3)
    parser.add_argument("--option", action="append", default=[], metavar="NAME=JSON")
    parser.add_argument("--crashes", type=int, default=0)
    parser.add_argument("--duplicates", type=int, default=0)
    parser.add_argument("--requests", type=int, default=3)
    parser.add_argument("--below", type=int, default=1_000)
    parser.add_argument("--states", type=int, default=1_000_000)
    parser.add_argument("--without", action="append", default=[], metavar="TIMER", help="a timer that never fires")
    options = parser.parse_args()
    options.option = [each.partition("=") for each in options.option]
    found, depth, states = search(find_bug(options.id), options)
    if found is None:
        print(f"{options.id}, {options.size} nodes: none with up to {depth} actions ({states:,} states)")
        return 1
    print(f"{options.id}, {options.size} nodes: {len(found)} actions ({states:,} states)")
    for number, action in enumerate(found, 1):
        print(f"{number:3}. {action}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
