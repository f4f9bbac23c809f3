#!/usr/bin/env python3
"""Throughput in one run: our two hosts, and seedloop from PyPI on the same workload, all per CPU second.

    python ci/bench/throughput.py [--json]

gossip_*: deliveries. Five nodes, each sends to the four others every 50 virtual ms for 60 virtual s; latency uniform 1-20 ms;
fair regime, no oracles, no trace.
raft_*: actions. Five-node Raft under every kind of fault at once, with the trace kept and all invariants on.

seedloop needs Python 3.12: under an older interpreter, or where it is not installed, an environment with it is made (once,
under the system's folder for temporary files) and everything is measured there, so that all figures share one interpreter.
"""

# ruff: noqa: PLC0415, ARG002 - what is measured is imported only after the interpreter was chosen; nodes ignore some inputs

from __future__ import annotations

import argparse
import json
import platform
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from interpreter import PROJECT, go_where, installed

SEEDLOOP = "seedloop==0.4.1"
NODES, PERIOD, LATENCY, DURATION = 5, 50, 20, 60_000  # virtual ms
ROUNDS, LEAST = 3, 0.6  # each figure is the best of so many measurements of at least so many CPU seconds
REQUIRED = {"gossip_direct": 2.0, "gossip_trio": 0.7, "raft_direct": 0.45, "raft_trio": 0.25}  # times gossip_seedloop


# The workloads: each call does some of the work and returns how much


def gossip(host: str) -> Callable[[], int]:
    import msgspec

    from splitbrain.actions import Calm
    from splitbrain.invariant import KeepsContract
    from splitbrain.node import Effects, Send, SetTimer
    from splitbrain.scenario import Scenario
    from splitbrain.world.world import World

    class Rumour(msgspec.Struct, frozen=True):
        number: int

    class Gossip:
        def __init__(self, me: str, peers: tuple[str, ...], disk: Any) -> None:
            self.peers, self.number, self.got = peers, 0, 0

        def start(self) -> Effects:
            return (SetTimer("tick", PERIOD, PERIOD),)

        def timeout(self, timer: str) -> Effects:
            self.number += 1
            rumour = Rumour(self.number)
            for peer in self.peers:
                yield Send(peer, rumour)
            yield SetTimer("tick", PERIOD, PERIOD)

        def receive(self, sender: str, message: Rumour) -> Effects:
            self.got += 1
            return ()

        def request(self, request: str, command: object) -> Effects:
            return ()

    scenario = Scenario(name="gossip", factory=Gossip, invariants=(KeepsContract,), requests=0, latency=LATENCY)

    def work() -> int:
        with World(scenario, NODES, host=host, keep=False, check=False) as world:
            world.apply(Calm(world.nodes, 1, DURATION))
            return sum(process.node.got for process in world.processes.values())

    return work


def gossip_seedloop() -> Callable[[], int]:
    import asyncio

    import seedloop

    class Gossip:
        def __init__(self, world: Any, address: int) -> None:
            self.inbox, self.got = world.net.bind(address), 0
            self.peers = [other for other in range(NODES) if other != address]

        async def listen(self) -> None:
            while True:
                await self.inbox.recv()
                self.got += 1

        async def run(self) -> None:
            listening = asyncio.ensure_future(self.listen())
            while not listening.done():
                await asyncio.sleep(PERIOD / 1000)
                for peer in self.peers:
                    await self.inbox.send(peer, ("rumour", 1))

    def work() -> int:
        nodes: list[Gossip] = []

        async def scenario(world: Any) -> None:
            nodes.extend(Gossip(world, address) for address in range(NODES))
            world.start(*nodes)
            await world.run_for(seconds=DURATION / 1000)

        seedloop.replay(scenario, seed=1)
        return sum(node.got for node in nodes)

    return work


def raft(host: str) -> Callable[[], int]:
    from splitbrain.dice import Dice
    from splitbrain.nemesis.moves import Moves
    from splitbrain.nemesis.profile import Faults, draw_profile
    from splitbrain.nemesis.strategies.walk import Walk
    from splitbrain.world.world import World
    from splitbrain_protocols.raft.scenario import RAFT

    everything = Faults(drop=True, duplicate=True, crash=True, crash_inside=True, partition=True)
    seeds: Iterator[int] = iter(range(1 << 30))

    def work() -> int:
        dice = Dice(f"throughput/{next(seeds)}")
        with World(RAFT, NODES, host=host) as world:
            moves = Moves(world, dice)
            walk = Walk(moves, draw_profile(dice, RAFT, NODES, everything))
            for _ in range(10):
                moves.go(walk.choose, 100)
                walk.take_on(draw_profile(dice, RAFT, NODES, everything))
            assert world.violation is None, world.violation
            return world.step

    return work


# Measuring


def rate(work: Callable[[], int]) -> float:
    """Work done per CPU second, over at least LEAST of them."""
    began, done = time.process_time(), 0
    while (elapsed := time.process_time() - began) < LEAST:
        done += work()
    return done / elapsed


def measure(with_seedloop: bool) -> dict[str, float | None]:
    makers: dict[str, Callable[[], Callable[[], int]]] = {
        "gossip_direct": lambda: gossip("direct"),
        "gossip_trio": lambda: gossip("trio"),
        "raft_direct": lambda: raft("direct"),
        "raft_trio": lambda: raft("trio"),
    }
    if with_seedloop:
        makers["gossip_seedloop"] = gossip_seedloop
    best: dict[str, float | None] = dict.fromkeys([*makers, "gossip_seedloop"])
    for _ in range(ROUNDS):  # in turns, so that a busy moment of the machine does not meet one figure alone
        for name, make in makers.items():
            best[name] = max(best[name] or 0.0, rate(make()))
    return best


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]
    with_seedloop = go_where([SEEDLOOP], __file__)
    if not installed("splitbrain", "trio", "msgspec"):
        print("this interpreter lacks splitbrain; pip install -e . first", file=sys.stderr)
        return 2
    figures = measure(with_seedloop)
    base = figures["gossip_seedloop"]
    ratios = {name: figure / base if figure and base else None for name, figure in figures.items()}
    if options.json:
        print(json.dumps({**figures, "ratios": ratios, "required": REQUIRED, "python": platform.python_version()}))
        return 0
    print(f"CPython {platform.python_version()}, per CPU second, best of {ROUNDS}")
    for name, figure in figures.items():
        ratio = f"{ratios[name]:6.2f} x seedloop" if ratios[name] else ""
        required = f"(at least {REQUIRED[name]:.2f})" if name in REQUIRED else ""
        print(f"{name:16} {f'{figure:12,.0f}' if figure else '           -'}  {ratio} {required}".rstrip())
    return 0


if __name__ == "__main__":
    sys.exit(main())
