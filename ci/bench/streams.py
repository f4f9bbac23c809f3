#!/usr/bin/env python3
"""What a step costs with a hundred thousand messages in flight, beside one with ten, on links that keep the order of sending.

    python ci/bench/streams.py [--messages 100000] [--within 1.5] [--json]

Three nodes, for ten messages to be on most of their links: a step may cost more where there are more of these. Each message that
a node gets, it sends on, so that as many stay in flight. Measured on streams, and on datagrams that do not overtake each other, in
CPU seconds, the least of some repetitions, in turns. Prints the ratio for each kind of step; exits with 1 where one is above
WITHIN.
"""

# ruff: noqa: ARG002 - nodes ignore some inputs

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NamedTuple

import msgspec

from splitbrain.actions import Calm, Connect, Deliver, Disconnect, Drop, Duplicate, Request
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.invariant import KeepsContract
from splitbrain.nemesis.moves import Moves
from splitbrain.nemesis.profile import Profile
from splitbrain.nemesis.strategies.channels import Delays, Priorities
from splitbrain.nemesis.strategies.uniform import Uniform
from splitbrain.nemesis.strategies.walk import Walk
from splitbrain.nemesis.strategy import Strategy
from splitbrain.node import Effects, Send
from splitbrain.scenario import Scenario
from splitbrain.testing.simulation import Simulation
from splitbrain.world.run import Setup
from splitbrain.world.world import World

NODES, FEW, LATENCY = 3, 10, 20
STEPS, ROUNDS = 20_000, 5  # of each kind of step so many; each figure is the least of so many measurements
LONG = 400_000  # messages that arrive in a fair phase


class Token(msgspec.Struct, frozen=True):
    number: int


class Ring:
    """Sends what it gets to the next peer; asked for a list of numbers, it sends a token for each, to each peer in turn."""

    def __init__(self, me: str, peers: tuple[str, ...], disk: Any) -> None:
        self.peers, self.turn = peers, 0

    def start(self) -> Effects:
        return ()

    def timeout(self, timer: str) -> Effects:
        return ()

    def receive(self, sender: str, message: Token) -> Effects:
        self.turn = (self.turn + 1) % len(self.peers)
        return (Send(self.peers[self.turn], message),)

    def request(self, request: str, command: list[int]) -> Effects:
        for number in command:
            yield Send(self.peers[number % len(self.peers)], Token(number))


FIFO = FaultBudget(reorder=False)
NO_FAULTS: dict[str, Any] = {"crashes": "none", "drop": False, "duplicate": False, "partition": False, "disconnect": False}
SCENARIOS = {
    "streams": Scenario(name="streams", factory=Ring, invariants=(KeepsContract,), links="streams", requests=0, latency=LATENCY),
    "fifo": Scenario(name="fifo", factory=Ring, invariants=(KeepsContract,), budget=FIFO, requests=0, latency=LATENCY),
}


class Measured(NamedTuple):
    """How many of what there was, and the CPU seconds that they took."""

    count: int
    seconds: float


@contextmanager
def crowded(scenario: Scenario, messages: int, *, lenient: bool = False) -> Iterator[World]:
    """A world with so many messages in flight."""
    with World(scenario, NODES, keep=False, check=False, lenient=lenient) as world:
        fill(world.apply, world.nodes, messages)
        yield world


def fill(apply: Callable[[Any], Any], nodes: tuple[str, ...], messages: int) -> None:
    """Let the nodes send so many, a share each."""
    for place, node in enumerate(nodes):
        share = list(range(place, messages, len(nodes)))
        for begin in range(0, len(share), 5_000):
            apply(Request(node, f"{node}/{begin}", share[begin : begin + 5_000]))


def timed(work: Callable[[], int]) -> Measured:
    gc.collect()
    gc.disable()
    began = time.process_time()
    count = work()
    seconds = time.process_time() - began
    gc.enable()
    return Measured(count, seconds)


# The kinds of steps


def deliver(scenario: Scenario, messages: int) -> Measured:
    with crowded(scenario, messages) as world:
        network, pick = world.network, Dice(1).pick

        def work() -> int:
            for _ in range(STEPS):
                world.apply(pick(network.waiting).first.deliver())
            return STEPS

        return timed(work)


def stand_in(scenario: Scenario, messages: int) -> Measured:
    with crowded(scenario, messages, lenient=True) as world:
        network, pick = world.network, Dice(1).pick

        def work() -> int:
            for _ in range(STEPS):
                first = pick(network.waiting).first
                world.apply(Deliver(first.sender, first.receiver, first.kind, None, first.ordinal + 1_000_000))
            return STEPS

        return timed(work)


def enabled(scenario: Scenario, messages: int) -> Measured:
    with crowded(scenario, messages) as world:
        return timed(lambda: sum(len(list(world.enabled(Deliver))) for _ in range(STEPS // 10)))


def settle(scenario: Scenario, messages: int) -> Measured:
    simulation = Simulation(Setup(scenario.bare(), NODES), keep=False)
    try:
        fill(simulation.apply, simulation.nodes, messages)
        return timed(lambda: simulation.settle(STEPS))
    finally:
        simulation.close()


def fair_phase(scenario: Scenario, messages: int) -> Measured:
    bound = LONG * LATENCY // (2 * messages)
    with crowded(scenario, messages) as world:
        before = world.network.sent

        def work() -> int:
            world.apply(Calm(world.nodes, 1, bound))
            return world.network.sent - before

        return timed(work)


def strategy(make: Callable[[Moves], Strategy]) -> Callable[[Scenario, int], Measured]:
    """What chooses each message, and its delivery, where nothing else can be done."""

    def chosen(scenario: Scenario, messages: int) -> Measured:
        with crowded(replace(scenario, budget=replace(scenario.budget, **NO_FAULTS)), messages) as world:
            moves = Moves(world, Dice(1))
            choose = make(moves).choose
            return timed(lambda: moves.go(choose, STEPS))

    return chosen


def reconnect(scenario: Scenario, messages: int) -> Measured:
    """Of a pair with nothing in flight."""
    with crowded(scenario, messages) as world:
        one, other = world.nodes[:2]
        world.apply(Disconnect(one, other))
        world.apply(Connect(one, other))

        def work() -> int:
            for _ in range(STEPS):
                world.apply(Disconnect(one, other))
                world.apply(Connect(one, other))
            return 2 * STEPS

        return timed(work)


def lose_and_double(scenario: Scenario, messages: int) -> Measured:
    """One of the newest, far behind the first of its link: any other one would measure the memory's latency, too."""
    with crowded(scenario, messages) as world:
        flight, pick = world.network.flight, Dice(1).pick

        def work() -> int:
            for _ in range(STEPS):
                world.apply(Duplicate(*pick(flight[-FEW:]).identity()))
                world.apply(Drop(*pick(flight[-FEW:]).identity()))
            return 2 * STEPS

        return timed(work)


STRATEGIES: dict[str, Callable[[Moves], Strategy]] = {
    "walk": lambda moves: Walk(moves, Profile(deliver=1.0)),
    "uniform": Uniform,
    "priorities": Priorities,
    "delays": Delays,
}
KINDS: dict[str, Callable[[Scenario, int], Measured]] = {
    "deliver": deliver,
    "stand-in": stand_in,
    "enabled": enabled,
    "settle": settle,
    "fair phase": fair_phase,
    **{name: strategy(make) for name, make in STRATEGIES.items()},
}
ALL = [(name, kind, measure) for name in SCENARIOS for kind, measure in KINDS.items()]
ALL += [("streams", "reconnect", reconnect), ("fifo", "lose, double", lose_and_double)]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--within", type=float, default=1.5)
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    ratios = {}
    for name, kind, measure in ALL:
        least = dict.fromkeys((FEW, options.messages), float("inf"))
        for _ in range(ROUNDS):
            for messages in least:
                done = measure(SCENARIOS[name], messages)
                least[messages] = min(least[messages], done.seconds / done.count * 1e6)
        few, many = least[FEW], least[options.messages]
        ratios[f"{name} {kind}"] = many / few
        if not options.json:
            print(
                f"{name:8} {kind:13} {few:7.2f} us with {FEW}, {many:7.2f} us with {options.messages:,}: {many / few:5.2f}",
                flush=True,
            )
    if options.json:
        print(json.dumps({"messages": options.messages, "ratios": ratios, "within": options.within}))
    return int(any(ratio > options.within for ratio in ratios.values()))


if __name__ == "__main__":
    sys.exit(main())
