"""Async trio nodes to test the harness with: a replicated register, and sleepers who wake at the same moment."""

from __future__ import annotations

import msgspec
import trio
from scripted import Note, of, scripted

from splitbrain.actions import Advance
from splitbrain.cluster.host.inputs import Asked, Received
from splitbrain.events import Observed
from splitbrain.invariant import KeepsContract
from splitbrain.node import Refused
from splitbrain.observations import Decided
from splitbrain.scenario import Scenario
from splitbrain.world.world import World


class Store(msgspec.Struct, frozen=True):
    number: int
    value: str


class Stored(msgspec.Struct, frozen=True):
    number: int


class Heartbeat(msgspec.Struct, frozen=True):
    pass


class Replicated:
    """A register: whoever is asked stores the value, and answers when a majority has stored it, or after 500 ms that it did not."""

    def __init__(self, me, peers, disk):
        self.peers = peers
        self.number = disk.get("number", 0)
        self.waiting = {}

    async def run(self, env):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(self.beat, env)
            while True:
                match await env.receive():
                    case Asked(request, command):
                        nursery.start_soon(self.write, env, request, command)
                    case Received(sender, Store(number, value)):
                        await self.store(env, value)
                        env.send(sender, Stored(number))
                    case Received(sender, Stored(number)) if number in self.waiting:
                        await self.waiting[number].send(sender)

    async def beat(self, env):
        while True:
            await trio.sleep(0.1)
            for peer in self.peers:
                env.send(peer, Heartbeat())

    async def store(self, env, value):
        env.write("value", value)
        await env.sync()

    async def write(self, env, request, value):
        self.number += 1
        number = self.number
        env.write("number", number)
        await self.store(env, value)
        self.waiting[number], acknowledged = trio.open_memory_channel(len(self.peers))
        for peer in self.peers:
            env.send(peer, Store(number, value))
        have = {env.me}
        with trio.move_on_after(0.5):
            while 2 * len(have) <= len(self.peers) + 1:
                have.add(await acknowledged.receive())
            env.observe(Decided(value, number))
            env.reply(request, "stored")
            return
        env.reply(request, Refused())


REPLICATED = Scenario(name="replicated", factory=Replicated, invariants=(KeepsContract,), sizes=(3,), progress=(Decided,))


def sleepers(seed, count=6, seconds=0.05):
    async def sleep(env, number):
        await trio.sleep(seconds)
        env.observe(Note(number))

    async def live(node, env):
        async with trio.open_nursery() as nursery:
            for number in range(count):
                nursery.start_soon(sleep, env, number)
            await trio.sleep_forever()

    with World(scripted(run=live, sizes=(1,)), host="trio", seed=seed) as world:
        for _ in range(count):
            world.apply(Advance())
        return tuple(event.observation.text for event in of(world, Observed))
