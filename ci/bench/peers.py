#!/usr/bin/env python3
"""One planted bug in four harnesses: a double vote that elects two leaders in one term, found and shrunk, side by side.

    python ci/bench/peers.py [--seeds K] [--json]

The node is seedloop's own, of its demonstration (seedloop.demos.raft, buggy=True): three nodes, elections alone. seedloop runs it
as it stands. simloop and simloom run the same class over their simulated datagrams, with seedloop's latencies (their own
demonstrations are not in their packages); splitbrain hosts the same class, too: its handlers are called with an endpoint that
collects what they send, and the nemesis may reorder messages and fire timers, but neither lose anything nor stop a node.
vote-twice-in-term is the museum's Raft with that bug, under all faults, and all invariants.

runs and seconds are until the first failure, medians over K starts of the search: seeds from 0, 1000, 2000, ... for the
peers. shrunk: actions of a schedule here; scheduling choices that are not first-in-first-out in simloop; draws in simloom, whose
shrinking is given BUDGET runs. seedloop has none. Wall-clock seconds; imports are not counted.
"""

# ruff: noqa: PLC0415, ARG002 - what is measured is imported once the interpreter was chosen; the node is as its authors made it

from __future__ import annotations

import argparse
import asyncio
import json
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from interpreter import PROJECT, go_where

PEERS = ("seedloop==0.4.1", "simloop==0.2.2", "simloom==0.5.0")
NODES, SECONDS, LATENCY = 3, 3.0, (0.001, 0.020)  # seedloop's: of virtual time
MOST = 500  # runs of one search
BUDGET = 300  # runs of simloom's shrinking
PORT = 9000


@dataclass(frozen=True)
class Found:
    """What one search came to; length and shrunk: None where there is no such thing."""

    runs: int
    seconds: float
    length: int | None = None
    shrunk: int | None = None
    shrink_seconds: float | None = None


# The peers


def seedloop(start: int) -> Found:
    import seedloop as peer
    from seedloop.demos.raft import election_scenario

    began = time.perf_counter()
    result = peer.check(election_scenario(buggy=True), seeds=range(start, start + MOST), on_failure="return")
    assert result.failing_seed is not None
    return Found(result.checked, time.perf_counter() - began)


class Endpoint:
    """seedloop's endpoint over a datagram socket of the running loop."""

    def __init__(self, addr: int) -> None:
        self.addr, self.inbox = addr, asyncio.Queue[Any]()
        self.transport: Any = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, _: Any) -> None:
        self.inbox.put_nowait(json.loads(data))

    def connection_lost(self, _: Any) -> None: ...
    def error_received(self, _: Any) -> None: ...

    async def send(self, peer: int, message: object) -> None:
        self.transport.sendto(json.dumps([self.addr, message]).encode(), (f"n{peer}", PORT))

    async def recv(self) -> Any:
        return await self.inbox.get()


class OneWorld:
    """As much of seedloop's world as its node asks for."""

    def __init__(self, endpoint: Any, uniform: Callable[[float, float], float] | None = None) -> None:
        self.endpoint, self.uniform = endpoint, uniform

    @property
    def net(self) -> OneWorld:
        return self

    @property
    def rng(self) -> OneWorld:
        return self

    def bind(self, _: int) -> Any:
        return self.endpoint


async def election(spawn: Callable[[str, Any], Any], uniform: Callable[[float, float], float]) -> None:
    """seedloop's scenario on another loop: nodes on hosts, and its invariant checked after every input."""
    from seedloop.demos.raft import RaftNode, at_most_one_leader_per_term

    cluster: list[RaftNode] = []
    broken = asyncio.get_running_loop().create_future()

    class Watched(RaftNode):
        async def _handle(self, src: int, msg: object) -> None:
            await super()._handle(src, msg)
            if not at_most_one_leader_per_term(cluster) and not broken.done():
                broken.set_result(None)

    async def machine(addr: int) -> None:
        endpoint = Endpoint(addr)
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: endpoint, local_addr=(f"n{addr}", PORT))
        peers = [other for other in range(NODES) if other != addr]
        cluster.append(Watched(OneWorld(endpoint, uniform), addr, peers, buggy=True))
        await cluster[-1].run()

    for addr in range(NODES):
        spawn(f"n{addr}", lambda addr=addr: machine(addr))
    done, _ = await asyncio.wait([broken], timeout=SECONDS)
    assert not done, "two leaders in one term"


def simloop(start: int) -> Found:
    import simloop as peer

    async def workload() -> None:
        net = asyncio.get_running_loop().net  # type: ignore[attr-defined]
        net.set_defaults(latency=LATENCY)
        await election(lambda name, main: net.host(name).create_task(main()), peer.sim.random.uniform)

    began = time.perf_counter()
    report = peer.explore(workload, range(start, start + MOST))
    seconds = time.perf_counter() - began
    assert report is not None
    began = time.perf_counter()
    shrunk = peer.explore(workload, [report.seed], shrink=True).shrunk
    return Found(report.seed - start + 1, seconds, shrunk.original_len, len(shrunk.kept), time.perf_counter() - began)


def simloom(start: int) -> Found:
    import simloom as peer

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * peer.draw("timeout", 1000) / 1000

    async def workload(world: Any) -> None:
        world.net.set_latency(*LATENCY)
        await election(lambda name, main: world.host(name).spawn(main), uniform)

    began = time.perf_counter()
    found = peer.explore(workload, runs=MOST, start_seed=start)
    seconds = time.perf_counter() - began
    began = time.perf_counter()
    shrunk = peer.shrink(workload, found.first_failure, max_runs=BUDGET)
    return Found(found.runs, seconds, shrunk.initial_length, shrunk.length, time.perf_counter() - began)


# Splitbrain


class Outbox:
    """seedloop's endpoint, collecting."""

    def __init__(self) -> None:
        self.sent: list[tuple[int, object]] = []

    async def send(self, peer: int, message: object) -> None:
        self.sent.append((peer, message))


class Hosted:
    """seedloop's node as one of ours: an input is a call of its handler, which never waits."""

    def __init__(self, me: str, peers: tuple[str, ...], disk: Any, buggy: bool = True) -> None:
        from seedloop.demos.raft import RaftNode

        self.outbox, self.led = Outbox(), 0
        everyone = [int(name[1:]) for name in peers]
        self.node = RaftNode(OneWorld(self.outbox), int(me[1:]), everyone, buggy=buggy)

    def start(self) -> Iterator[Any]:
        return self.after(None)

    def receive(self, sender: str, message: object) -> Iterator[Any]:
        return self.after(self.node._handle(int(sender[1:]), message))

    def timeout(self, timer: str) -> Iterator[Any]:
        if self.node.role == "leader":
            return self.after(self.node._broadcast(("heartbeat", self.node.term, self.node.addr)))
        return self.after(self.node._begin_election())

    def request(self, request: str, command: object) -> tuple[()]:
        return ()

    def after(self, handler: Any) -> Iterator[Any]:
        from splitbrain.node import Observe, Send, SetTimer
        from splitbrain.observations import Led

        if handler is not None:
            try:
                handler.send(None)
            except StopIteration:
                pass
            else:
                raise RuntimeError("the handler waits for something")
        leading = self.node.role == "leader"
        if leading and self.led != self.node.term:
            self.led = self.node.term
            yield Observe(Led(self.node.term))
        while self.outbox.sent:
            peer, message = self.outbox.sent.pop(0)
            yield Send(f"n{peer}", message)
        yield SetTimer("next", 50, 50) if leading else SetTimer("next", 150, 300)


def hosted(buggy: bool) -> Any:
    from splitbrain.budget import FaultBudget
    from splitbrain.observations import Led
    from splitbrain.scenario import Scenario
    from splitbrain_invariants import ElectionSafety

    return Scenario(
        name="seedloop's election",
        factory=Hosted,
        invariants=(ElectionSafety,),
        sizes=(NODES,),
        budget=FaultBudget(crashes="none", drop=False, duplicate=False, partition=False),
        options={"buggy": (buggy,)},
        requests=0,
        label=lambda message: (message[0], message[1]),
        progress=(Led,),
    )


def splitbrain(start: int) -> Found:
    return ours(hosted(buggy=True), start // 1000 + 1)


def vote_twice_in_term(start: int) -> Found:
    from splitbrain.catalogue.museum import find_bug

    return ours(find_bug("vote-twice-in-term").scenario, start // 1000 + 1)


def ours(scenario: Any, seed: int) -> Found:
    from splitbrain.counterexample.minimiser.minimiser import minimise
    from splitbrain.search.hunt import hunt, more_like

    began = time.perf_counter()
    hunted = hunt(scenario, seed=seed, runs=MOST)
    seconds = time.perf_counter() - began
    found = hunted.found
    assert found is not None
    began = time.perf_counter()
    best = minimise(found, more=more_like(found, hunted)).smallest
    return Found(hunted.runs, seconds, len(found.actions), len(best.actions), time.perf_counter() - began)


HARNESSES: dict[str, Callable[[int], Found]] = {
    "seedloop": seedloop,
    "simloop": simloop,
    "simloom": simloom,
    "splitbrain": splitbrain,
    "vote-twice-in-term": vote_twice_in_term,
}
COLUMNS = ("runs", "seconds", "length", "shrunk", "shrink_seconds")


def median(values: list[Any]) -> float | None:
    known = [each for each in values if each is not None]
    return statistics.median(known) if known else None


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=7, help="searches of each (default 7)")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    options = parser.parse_args()
    sys.path[:0] = [str(PROJECT / root) for root in ("harness", "protocols", "invariants")]
    if not go_where(PEERS, __file__):
        return 2
    from splitbrain.search.hunt import hunt

    correct = hunt(hosted(buggy=False), seed=1, runs=MOST)
    figures: dict[str, dict[str, float | None]] = {}
    for name, search in HARNESSES.items():
        search(1_000_000)  # for what is imported and compiled at the first call
        found = [search(1000 * place) for place in range(options.seeds if name != "simloom" else min(options.seeds, 3))]
        figures[name] = {column: median([getattr(each, column) for each in found]) for column in COLUMNS}
        figures[name]["seconds_worst"] = max(each.seconds for each in found)
    if options.json:
        print(json.dumps({"python": platform.python_version(), "seeds": options.seeds, "correct": correct.outcome, **figures}))
        return 0
    print(f"CPython {platform.python_version()}, medians of {options.seeds} searches (simloom: of at most 3), wall-clock seconds")
    print(f"{'':20} {'runs':>6} {'s to find':>10} {'worst':>8} {'length':>8} {'shrunk to':>10} {'s to shrink':>12}")
    for name, row in figures.items():
        cells = [f"{row['runs']:6,.0f} {row['seconds']:10.4f} {row['seconds_worst']:8.4f}"]
        cells += [
            f"{row[column]:{width},.0f}" if row[column] is not None else " " * (width - 1) + "-"
            for column, width in (("length", 8), ("shrunk", 10))
        ]
        cells += [f"{row['shrink_seconds']:12.2f}" if row["shrink_seconds"] is not None else f"{'-':>12}"]
        print(f"{name:20} {' '.join(cells)}")
    print(f"the same node without its bug, here: {correct.outcome} in {correct.runs:,} runs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
