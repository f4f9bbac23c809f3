"""Ordinary async trio nodes: ``async def run(self, env)``, with nurseries, ``trio.sleep`` and cancel scopes, in virtual time."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

import msgspec
import trio

from splitbrain.cluster.allowance import EFFECTS_AT_MOST, allowance
from splitbrain.cluster.breach import NODE_FAILURES, Overdue, how_it_failed, refused
from splitbrain.cluster.place import at, defined_at, stopped_at
from splitbrain.cluster.process import Process
from splitbrain.node import DiskView, Effects, Erase, NodeId, Observe, Reply, RequestId, Send, Sync, Write


class Received(msgspec.Struct, frozen=True):
    """A message that arrived at an async node."""

    sender: NodeId
    message: Any


class Asked(msgspec.Struct, frozen=True):
    """A client's request that arrived at an async node."""

    request: RequestId
    command: Any


AsyncInput: TypeAlias = Received | Asked


class PowerCut(BaseException):
    """Raised in a task that waits for the world after its node lost its power: it may have shielded itself from cancellation."""


class Env:
    """What an async node has of the world. A node that lost its power is cut off: what it then does reaches nobody.

        from splitbrain.cluster.host.async_node import Asked, Received

        class Register:
            def __init__(self, me, peers, disk):
                self.peers, self.value = peers, disk.get("value")

            async def run(self, env):  # until the power is cut: to return is a mistake
                while True:
                    match await env.receive():
                        case Asked(request, command) if self.value is None:
                            await self.decide(env, command)
                            env.reply(request, command)
                            for peer in self.peers:
                                env.send(peer, command)
                        case Asked(request):
                            env.reply(request, Refused())
                        case Received(_, value) if self.value is None:
                            await self.decide(env, value)

            async def decide(self, env, value):
                self.value = value
                env.write("value", value)
                await env.sync()
                env.observe(observations.Decided(value))

    me: the node's name. disk: what survived, as its factory got it. Between two awaits nothing else happens, but for a power cut
    that comes behind any effect. Tasks, ``trio.sleep`` and cancel scopes are trio's own, in virtual time.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._incarnation = process.incarnation
        self._given: list[Any] = []  # since the world last settled
        self._performed = 0  # effects since then
        self._inbox: deque[AsyncInput] = deque()
        self._wake = trio.lowlevel.ParkingLot()
        self._disk = trio.lowlevel.ParkingLot()
        self._syncs = 0  # asked for so far
        self.me: NodeId = process.id
        self.disk: DiskView = process.disk()

    async def receive(self) -> AsyncInput:
        """The next message or request, in order of arrival."""
        while not self._inbox:
            await self._wait(self._wake)
        return self._inbox.popleft()

    def send(self, to: NodeId, message: Any) -> None:
        """Put a message on the link to a node."""
        self._perform(Send(to, message))

    def reply(self, request: RequestId, result: Any) -> None:
        """Answer a client."""
        self._perform(Reply(request, result))

    def observe(self, observation: Any) -> None:
        """Say something in public."""
        self._perform(Observe(observation))

    def write(self, key: Any, value: Any) -> None:
        """Store a value; volatile until `sync` returns."""
        self._perform(Write(key, value))

    def erase(self, key: Any) -> None:
        """Remove a key; as volatile as a write."""
        self._perform(Erase(key))

    async def sync(self) -> None:
        """Return when all earlier writes are durable."""
        self._perform(Sync())
        self._syncs += 1
        mine = self._syncs
        # The disk answers in order; what later syncs of other tasks wait for is not this one's concern.
        while self._syncs - len(self._process.syncs) < mine or not self._alive():
            await self._wait(self._disk)
        await trio.lowlevel.checkpoint()

    async def _wait(self, lot: trio.lowlevel.ParkingLot) -> None:
        if self._alive():
            await lot.park()
        if not self._alive():
            raise PowerCut

    def _put(self, item: AsyncInput) -> None:
        self._given.append(item)
        self._inbox.append(item)
        self._wake.unpark()

    def _settled(self) -> None:
        self._given.clear()
        self._performed = 0

    def _synced(self) -> None:
        self._disk.unpark_all()

    def _cut(self) -> None:
        self._wake.unpark_all()
        self._disk.unpark_all()

    def _alive(self) -> bool:
        process = self._process
        return process.running and process.incarnation == self._incarnation and process.effects_left != 0

    def _perform(self, effect: Any) -> None:
        if not self._alive():
            return
        process = self._process
        self._performed += 1
        if self._performed > EFFECTS_AT_MOST:
            self._look_at_the_allowance()
        try:
            process.perform(effect)
        except Overdue:
            raise
        except NODE_FAILURES as error:
            # Told at once: a node that catches this must not go on, for what it did has not happened.
            self._fail(*refused("run asked for", error, stopped_at(sys._getframe())))
        if process.effects_left is not None:
            process.effects_left -= 1

    def _look_at_the_allowance(self) -> None:
        most = allowance(self._process.found, self._given)
        if self._performed > most:
            place = stopped_at(sys._getframe())
            self._fail("hung", f"run asked for more than {most:,} effects before it waited for anything{at(place)}")

    def _fail(self, how: str, detail: str) -> None:
        self._process.fail(how, detail)
        self._cut()
        raise PowerCut


class AsyncNode:
    """An async node seen as one of handlers: each hands its input over to the node's tasks."""

    def __init__(self, node: Any, process: Process) -> None:
        self._node = node
        self._process = process
        self._env = Env(process)
        self._incarnation = process.incarnation

    @property
    def close(self) -> Callable[[], object]:
        """The node's own, where it has one."""
        close: Callable[[], object] = self._node.close
        return close

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """Hand a message over."""
        self._env._put(Received(sender, message))
        return ()

    def request(self, request: RequestId, command: Any) -> Effects:
        """Hand a request over."""
        self._env._put(Asked(request, command))
        return ()

    def synced_all(self) -> None:
        """Wake what waits for the disk."""
        self._env._synced()

    def cut(self) -> None:
        """Let what waits for the world notice that the power is gone."""
        self._env._cut()

    async def live(self) -> None:
        """The node's own code."""
        await self._node.run(self._env)

    def place(self) -> str:
        """Where the node's `run` is defined, in brackets."""
        return at(defined_at(self._node.run))

    def settled(self) -> None:
        """All is quiet: what the node does from now on, something else makes it do."""
        self._env._settled()

    def failed(self, error: BaseException) -> None:
        """The node's code raised."""
        if self._env._alive():
            self._process.fail(*how_it_failed("run", error))

    def returned(self) -> None:
        """The node's code came to its end, which a server's never does."""
        if self._env._alive():
            self._process.fail("raised", f"run returned{self.place()}; a node runs until its power is cut")
