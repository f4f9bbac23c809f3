"""What an async node has of the world: messages, a disk, clients, and named timers."""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any

import trio

from splitbrain.cluster.allowance import EFFECTS_AT_MOST, allowance
from splitbrain.cluster.breach import NODE_FAILURES, Overdue, refused, shown
from splitbrain.cluster.host.calls import Calls
from splitbrain.cluster.host.inputs import AsyncInput, Connected, Disconnected
from splitbrain.cluster.place import at, called_at
from splitbrain.cluster.process import Process
from splitbrain.node import CancelTimer, DiskView, Erase, NodeId, Observe, Reply, RequestId, Send, SetTimer, Sync, Write


class PowerCut(BaseException):
    """Raised in a task that waits for the world after its node lost its power: it may have shielded itself from cancellation."""


class Env:
    """What an async node has of the world. A node that lost its power is cut off: what it then does reaches nobody.

        import trio
        from splitbrain import Asked, Received, Refused, observations

        class Register:
            def __init__(self, me, peers, disk):
                self.peers, self.value = peers, disk.get("value")

            async def run(self, env):  # until the power is cut: to return is a mistake
                async with trio.open_nursery() as nursery:
                    nursery.start_soon(self.remind, env)
                    while True:
                        match await env.receive():
                            case Asked(request, command) if self.value is None:
                                await self.decide(env, command)
                                env.reply(request, command)
                            case Asked(request):
                                env.reply(request, Refused())
                            case Received(_, value) if self.value is None:
                                await self.decide(env, value)

            async def remind(self, env):
                while True:
                    await env.sleep("remind", 50, 100)  # virtual ms, the earliest and the latest
                    for peer in self.peers if self.value is not None else ():
                        env.send(peer, self.value)

            async def decide(self, env, value):
                self.value = value
                env.write("value", value)
                await env.sync()
                env.observe(observations.Decided(value))

    me: the node's name. disk: what survived, as its factory got it. Tasks, locks, channels and cancel scopes are trio's own.
    Between two awaits of a task nothing else happens, but for a power cut that may come behind any effect: `send`, `reply`,
    `write`, `observe`, a timer armed or disarmed.

    Time is virtual, and there are two kinds of waiting. `sleep` and `timeout` are named timers: each fires anywhere within its
    range, and any of them before any other, as the nemesis likes; that is what finds mistakes that need bad luck. ``trio.sleep``,
    ``trio.move_on_after`` and the like work too, by one clock that never errs: deadlines come one at a time, in their order.

    What is to be awaited is awaited at once: a call of `receive`, `sync` or `sleep` that is dropped breaks the contract.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._incarnation = process.incarnation
        self._given: list[Any] = []  # since the world last settled
        self._performed = 0  # effects since then
        self._calls = Calls()
        self._inbox: deque[AsyncInput] = deque()
        self._wake = trio.lowlevel.ParkingLot()
        self._disk = trio.lowlevel.ParkingLot()
        self._syncs = 0  # asked for so far
        self._timers: dict[str, _NamedTimer] = {}
        self.me: NodeId = process.id
        self.disk: DiskView = process.disk()

    def receive(self) -> Coroutine[Any, Any, AsyncInput]:
        """Await the next input, in order of arrival: `Received` or `Asked`.

        Where the scenario's links are streams, `Connected` and `Disconnected` too: the node knows of a connection, and sends on it,
        from when it is handed the one. Where it has operations, `Operated`.
        """
        call = self._receive()
        self._calls.made(call, sys._getframe(1))
        return call

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

    def sync(self) -> Coroutine[Any, Any, None]:
        """Await that all earlier writes are durable. Other tasks of the node go on meanwhile, where the disk is slow."""
        call = self._sync()
        self._calls.made(call, sys._getframe(1))
        return call

    def sleep(self, name: str, earliest: int, latest: int | None = None) -> Coroutine[Any, Any, None]:
        """Await the timer ``name``, which fires ``earliest`` to ``latest`` virtual ms from now (None: exactly at ``earliest``).

        It is disarmed where the wait is cancelled. Two timers at a time have two names.
        """
        call = self._sleep(name, earliest, latest)
        self._calls.made(call, sys._getframe(1))
        return call

    def timeout(self, name: str, earliest: int, latest: int | None = None) -> AbstractContextManager[trio.CancelScope, bool]:
        """Cancel the block when the timer ``name`` fires, ``earliest`` to ``latest`` virtual ms from now (None: at ``earliest``).

            with env.timeout("election", 150, 300) as scope:
                heard = await env.receive()
            if scope.cancelled_caught:
                await self.stand_for_election(env)

        The scope is trio's own, for this block, and may be shielded or cancelled like any other. At the end of the block the
        timer is disarmed. Two timers at a time have two names.
        """
        return _Timeout(self, (name, earliest, latest))

    async def _receive(self) -> AsyncInput:
        if self._inbox:
            await trio.lowlevel.checkpoint_if_cancelled()  # a block that is over takes nothing more
        while not self._inbox:
            await self._wait(self._wake)
        item = self._inbox.popleft()
        if isinstance(item, (Connected, Disconnected)) and self._alive():
            self._process.heard()
        return item

    async def _sync(self) -> None:
        self._perform(Sync())
        self._syncs += 1
        mine = self._syncs
        # The disk answers in order; what later syncs of other tasks wait for is not this one's concern.
        while self._syncs - len(self._process.syncs) < mine or not self._alive():
            await self._wait(self._disk)
        await trio.lowlevel.checkpoint()

    async def _sleep(self, name: str, earliest: int, latest: int | None) -> None:
        await trio.lowlevel.checkpoint_if_cancelled()
        lot = trio.lowlevel.ParkingLot()
        with _NamedTimer(self, "sleep", (name, earliest, latest), lot.unpark_all) as timer:
            while not timer.fired:
                await self._wait(lot)

    async def _wait(self, lot: trio.lowlevel.ParkingLot) -> None:
        if self._alive():
            await lot.park()
        if not self._alive():
            raise PowerCut

    def _put(self, item: AsyncInput) -> None:
        self._given.append(item)
        self._inbox.append(item)
        self._wake.unpark()

    def _fire(self, name: str) -> None:
        timer = self._timers.pop(name)
        timer.fired = True
        timer.wake()

    def _arm(self, timer: _NamedTimer) -> None:
        if not self._alive():
            return
        name, earliest, latest = timer.asked
        latest = earliest if latest is None else latest
        if type(name) is not str or type(earliest) is not int or type(latest) is not int or not 0 <= earliest <= latest:
            self._misuse(
                timer, "a timer has a name, and fires `earliest` to `latest` from now: whole virtual ms, 0 <= earliest <= latest"
            )
        if name in self._timers:
            self._misuse(
                timer,
                f"a timer {name!r} is armed already, by env.{self._timers[name].what}, and schedules could not tell the two apart; "
                "give this one another name, or let that one end first",
            )
        self._perform(SetTimer(name, earliest, latest))
        self._timers[name] = timer

    def _disarm(self, timer: _NamedTimer) -> None:
        name = timer.asked[0]
        if self._timers.get(name) is timer:
            del self._timers[name]
            self._perform(CancelTimer(name))

    def _misuse(self, timer: _NamedTimer, why: str) -> None:
        asked = ", ".join(shown(each) for each in timer.asked if each is not None)
        self._fail("malformed", f"run asked for env.{timer.what}({asked}){at(called_at(sys._getframe()))}; {why}")

    def _settled(self) -> None:
        self._given.clear()
        self._performed = 0
        dropped = self._calls.dropped()
        if dropped is not None:
            call, place = dropped
            why = "so that it never happened"
            self._process.fail("malformed", f"run called env.{call}(...) without awaiting it{at(place)}, {why}; write `await`")

    def _synced(self) -> None:
        self._disk.unpark_all()

    def _cut(self) -> None:
        self._wake.unpark_all()
        self._disk.unpark_all()
        for timer in tuple(self._timers.values()):
            timer.wake()

    def _alive(self) -> bool:
        process = self._process
        return process.running and process.incarnation == self._incarnation and process.effects_left != 0

    def _perform(self, effect: Any) -> None:
        process = self._process
        if not process.running or process.incarnation != self._incarnation or process.effects_left == 0:
            return  # it is not alive
        self._performed += 1
        if self._performed > EFFECTS_AT_MOST:
            self._look_at_the_allowance()
        try:
            process.perform(effect)
        except Overdue:
            raise
        except NODE_FAILURES as error:
            # Told at once: a node that catches this must not go on, for what it did has not happened.
            self._fail(*refused("run asked for", error, called_at(sys._getframe())))
        if process.effects_left is not None:
            process.effects_left -= 1

    def _look_at_the_allowance(self) -> None:
        most = allowance(self._process.found, self._given)
        if self._performed > most:
            place = called_at(sys._getframe())
            self._fail("hung", f"run asked for more than {most:,} effects before it waited for anything{at(place)}")

    def _fail(self, how: str, detail: str) -> None:
        self._process.fail(how, detail)
        self._cut()
        raise PowerCut


class _NamedTimer:
    """One that is armed at the beginning of a block, and disarmed at its end, unless it has fired."""

    __slots__ = ("_env", "asked", "fired", "wake", "what")

    def __init__(self, env: Env, what: str, asked: tuple[str, int, int | None], wake: Callable[[], object]) -> None:
        self._env, self.what, self.asked, self.wake = env, what, asked, wake
        self.fired = False

    def __enter__(self) -> _NamedTimer:
        self._env._arm(self)
        return self

    def __exit__(self, *_: object) -> None:
        # Not in trio's callback that aborts a wait: it aborts the tasks of one scope in an order of its own.
        self._env._disarm(self)


class _Timeout:
    """A block with a scope of trio's, which a named timer cancels."""

    __slots__ = ("_scope", "_timer")

    def __init__(self, env: Env, asked: tuple[str, int, int | None]) -> None:
        self._scope = trio.CancelScope()
        self._timer = _NamedTimer(env, "timeout", asked, self._scope.cancel)

    def __enter__(self) -> trio.CancelScope:
        self._timer.__enter__()
        return self._scope.__enter__()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        try:
            self._timer.__exit__()
        except BaseException as worse:
            self._scope.__exit__(type(worse), worse, worse.__traceback__)
            raise
        return self._scope.__exit__(kind, error, trace)
