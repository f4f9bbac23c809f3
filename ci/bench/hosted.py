#!/usr/bin/env python3
"""What the harness itself costs, for nodes whose handlers do nothing: actions per CPU second of each kind of node.

    python ci/bench/hosted.py [--json]

Five nodes do no more than keeps things going: each sends one message to the next whenever its timer goes off, and answers what
clients ask. A walk draws deliveries, timers, requests, losses and copies, as a hunt does; no faults that stop a node, no trace, and
no invariant but the contract's. Exits with 1 where a figure is below what is required.
"""

# ruff: noqa: ARG002 - nodes ignore some inputs

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import trio

from splitbrain import Asked, Library, Reply, Send, SetTimer
from splitbrain.dice import Dice
from splitbrain.invariant import KeepsContract
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.scenario import Scenario
from splitbrain.world.world import World

NODES, ACTIONS = 5, 2_000  # of one run
ROUNDS, LEAST = 5, 0.5  # each figure is the best of so many measurements of at least so many CPU seconds
REQUIRED = {"library": 50_000, "trio": 20_000, "trio_sleep": 20_000}
WALK = Profile(deliver=1.0, fire=0.5, request=0.2, drop=0.05, duplicate=0.05, advance=0.5)


class SansIO:
    """For comparison: a node that yields its effects."""

    def __init__(self, me: str, peers: tuple[str, ...], disk: Any) -> None:
        self.next = peers[0]

    def start(self) -> Any:
        return (SetTimer("tick", 50, 100),)

    def timeout(self, timer: str) -> Any:
        return (Send(self.next, "hello"), SetTimer("tick", 50, 100))

    def receive(self, sender: str, message: str) -> Any:
        return ()

    def request(self, request: str, command: object) -> Any:
        return (Reply(request, "ok"),)


class Hosted(Library):
    """A library node."""

    timers = {"tick": (50, 100)}  # noqa: RUF012

    def timeout(self, timer: str) -> None:
        self.send(self.peers[0], "hello")

    def receive(self, sender: str, message: str) -> None:
        pass

    def request(self, request: str, command: object) -> None:
        self.reply(request, "ok")


class Async:
    """An async node, with a named timer."""

    def __init__(self, me: str, peers: tuple[str, ...], disk: Any) -> None:
        self.next = peers[0]

    async def run(self, env: Any) -> None:
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.tick, env)
            while True:
                given = await env.receive()
                if type(given) is Asked:
                    env.reply(given.request, "ok")

    async def tick(self, env: Any) -> None:
        while True:
            await self.nap(env)
            env.send(self.next, "hello")

    async def nap(self, env: Any) -> None:
        await env.sleep("tick", 50, 100)


class AsyncSleep(Async):
    """An async node, whose timer is trio's own."""

    async def nap(self, env: Any) -> None:
        await trio.sleep(0.1)


def walk(kind: type, host: str) -> Callable[[], int]:
    scenario = Scenario(name="hosted", factory=kind, invariants=(KeepsContract,), requests=ACTIONS)
    seeds: Iterator[int] = iter(range(1 << 30))

    def work() -> int:
        with World(scenario, NODES, host=host, keep=False) as world:
            moves = Moves(world, Dice(f"hosted/{next(seeds)}"))
            moves.go(Walk(moves, WALK).choose, ACTIONS)
            assert world.violation is None, world.violation
            return world.step

    return work


KINDS = {
    "sans_io": (SansIO, "direct"),
    "library": (Hosted, "direct"),
    "library_trio": (Hosted, "trio"),
    "trio": (Async, "trio"),
    "trio_sleep": (AsyncSleep, "trio"),
}


def rate(work: Callable[[], int]) -> float:
    """Actions per CPU second, over at least LEAST of them."""
    began, done = time.process_time(), 0
    while (elapsed := time.process_time() - began) < LEAST:
        done += work()
    return done / elapsed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    best = dict.fromkeys(KINDS, 0.0)
    for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine does not meet one figure alone
        for name, (kind, host) in KINDS.items():
            best[name] = max(best[name], rate(walk(kind, host)))
    if options.json:
        print(json.dumps({**best, "required": REQUIRED, "python": platform.python_version()}))
    else:
        print(f"CPython {platform.python_version()}, actions per CPU second, best of {ROUNDS}")
        for name, figure in best.items():
            print(f"{name:14}{figure:10,.0f}{f'  (at least {REQUIRED[name]:,})' if name in REQUIRED else ''}")
    return int(any(best[name] < least for name, least in REQUIRED.items()))


if __name__ == "__main__":
    sys.exit(main())
