"""The key-value store as an ordinary async trio node: tasks, a lock and cancel scopes do what the store's handlers ask for."""

from __future__ import annotations

from dataclasses import replace

import trio

from splitbrain.cluster.host.inputs import Asked, Received
from splitbrain.node import CancelTimer, Erase, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.scenario import RAFT_KV


class AsyncStore:
    """One handler at a time, for each relies on what the one before it has made durable; timers are tasks that wait their turn."""

    def __init__(self, me, peers, disk, **options):
        self.store = KeyValue(me, peers, disk, **options)
        self.turn = trio.Lock()
        self.share = (1, 2, 3)[
            int(me[1:]) % 3
        ] / 4  # of the range of a timeout: nodes that all waited alike would never elect anybody
        self.timers = {}

    async def run(self, env):
        async with trio.open_nursery() as nursery:
            await self.perform(env, nursery, self.store.start())
            while True:
                given = await env.receive()
                async with self.turn:
                    await self.handle(env, nursery, given)

    async def handle(self, env, nursery, given):
        match given:
            case Received(sender, message):
                await self.perform(env, nursery, self.store.receive(sender, message))
            case Asked(request, command):
                await self.perform(env, nursery, self.store.request(request, command))

    async def perform(self, env, nursery, effects):
        for effect in effects:
            match effect:
                case Send(to, message):
                    env.send(to, message)
                case Write(key, value):
                    env.write(key, value)
                case Erase(key):
                    env.erase(key)
                case Sync():
                    await env.sync()
                case Observe(observation):
                    env.observe(observation)
                case Reply(request, result):
                    env.reply(request, result)
                case SetTimer(name, earliest, latest):
                    self.stop(name)
                    scope = self.timers[name] = trio.CancelScope()
                    nursery.start_soon(self.wait, env, nursery, name, scope, earliest + (latest - earliest) * self.share)
                case CancelTimer(name):
                    self.stop(name)

    def stop(self, timer):
        scope = self.timers.pop(timer, None)
        if scope is not None:
            scope.cancel()

    async def wait(self, env, nursery, timer, scope, milliseconds):
        with scope:
            await trio.sleep(milliseconds / 1_000)
            await self.turn.acquire()
        if scope.cancelled_caught:
            return
        try:
            if self.timers.get(timer) is scope:
                del self.timers[timer]
                await self.perform(env, nursery, self.store.timeout(timer))
        finally:
            self.turn.release()


class ReadsAside(AsyncStore):
    """A task of its own answers reads while the store waits for its disk, or for a majority: from what it has, and unasked."""

    async def handle(self, env, nursery, given):
        match given:
            case Asked(request, ("get", key)) if self.store.role == "leader":
                env.reply(request, self.store.values.get(key))
            case _:
                await super().handle(env, nursery, given)


ASYNC_KV = replace(RAFT_KV, name="raft-kv-async", factory=AsyncStore, sizes=(3,))
READS_ASIDE = replace(ASYNC_KV, name="raft-kv-reads-aside", factory=ReadsAside)
