"""The trio host: every node is a trio task, and trio runs as a guest that the harness pumps, one action at a time.

Trio asks its clock for `deadline_to_sleep_time()` exactly when no task is runnable. So the clock is where "everything has
settled" can be seen from synchronous code, with public API alone: no second thread, no `wait_all_tasks_blocked`.
Comments say which habit of trio a few lines answer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from contextvars import copy_context
from queue import SimpleQueue

import trio
from outcome import Outcome, Value

from splitbrain.cluster.breach import NODE_FAILURES, Call
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host.async_node import AsyncNode
from splitbrain.cluster.host.env import PowerCut
from splitbrain.cluster.host.tasks import Resumed, Running, Steps, family
from splitbrain.cluster.host.turn import Turn
from splitbrain.cluster.host.virtual_clock import VirtualClock
from splitbrain.cluster.process import Process
from splitbrain.errors import ScenarioError
from splitbrain.node import is_async

# So many scheduling rounds without coming to rest, and the node that was fed is taken to never stop.
ROUNDS_AT_MOST = 10_000


_STUBBORN = (
    "{} goes on after it was cancelled, so that this thread's trio run cannot end: it swallows trio.Cancelled, or shields "
    "an endless loop from it; let trio.Cancelled pass"
)


class TrioHost:
    """Runs each node in a task of one trio run, stepped from synchronous code."""

    def __init__(self, clock: Clock, seed: int, world: object) -> None:
        self._turn = Turn(self, world)
        self.rounds = 0  # of trio's, so far
        self._clock = VirtualClock(clock, seed)
        self._ready: deque[Callable[[], object]] = deque()  # trio's next ticks
        self._late: SimpleQueue[Callable[[], object]] = SimpleQueue()  # those that come from another thread
        self._result: Outcome[object] | None = None
        self._nursery: trio.Nursery | None = None
        self._running: dict[str, Running] = {}
        self._seed = seed
        self._seeded = False  # trio's order is fixed once the first async node is there: sans-I/O nodes need no seam
        self._ending = False  # trio's main task is over: only an interrupt, and `close`, end it
        try:
            copy_context().run(self._begin)
            self._pump()
        except BaseException as error:
            if self._nursery is not None:  # trio runs
                self.close()
            self._turn.end()
            if isinstance(error, RuntimeError):
                raise ScenarioError(
                    "this thread already runs trio: a world cannot live inside somebody else's trio run; "
                    "call the harness from a plain function"
                ) from error
            raise

    def start(self, process: Process) -> None:
        """Begin the incarnation that was just launched, in a task of its own."""
        self.stop(process)  # one that failed while another node was fed: its nodes share something, and it woke unasked
        running = self._running[process.id] = Running(process)
        assert self._nursery is not None
        if is_async(process.node):
            if not self._seeded:
                self._turn.order(self._seed)
                self._seeded = True
            process.node = node = AsyncNode(process.node, process)
            self._nursery.start_soon(self._live_async, node, running)
        else:
            self._nursery.start_soon(self._live, process, running)
            running.put((process.handler("start"), ()))
        self.settle()

    def feed(self, process: Process, call: Call) -> None:
        """Wake the node's task with its next input, and pump until all is quiet."""
        if type(process.node) is AsyncNode:
            call[0](*call[1])
            self._settle((self._running[process.id],))
            return
        self._running[process.id].put(call)
        if self._result is None and self._ready:
            # One handler is one tick, as a rule: a first round here spares two calls an input.
            clock = self._clock
            clock.idle = False
            self._ready.popleft()()
            if clock.idle and not self._ending:
                return
        self._settle(())

    def resume(self, process: Process) -> None:
        """Go on with a handler whose sync has completed, in its task."""
        if type(process.node) is AsyncNode:
            process.node.synced_all()
            self.settle()
            return
        rest = process.resume()
        if rest is not None:
            self._running[process.id].put((Resumed(rest), ()))
            self.settle()

    def stop(self, process: Process) -> None:
        """Cancel the task of a node that was cut off; whatever its `finally` blocks do reaches nobody."""
        running = self._running.pop(process.id, None)
        if running is not None:
            running.scope.cancel()
            if running.facade is not None:
                running.facade.cut()
            if not self._pump():
                raise ScenarioError(_STUBBORN.format(f"{process.id}, whose power was cut,"))

    def next_deadline(self) -> float:
        """The earliest virtual ms at which a task wants to wake; now, where it is late."""
        return self._clock.next_deadline()

    def wake(self) -> None:
        """Let the earliest deadline come, and no other, and let that settle."""
        self._clock.come()
        self.settle()

    def settle(self) -> None:
        """Run trio until every task is blocked; a node whose tasks never are is cut off."""
        self._settle(tuple(self._running.values()) if self._seeded else ())

    def _settle(self, touched: Iterable[Running]) -> None:
        while not self._pump():
            for process in self._restless():
                what = f"its tasks did not come to rest in {ROUNDS_AT_MOST:,} scheduling rounds after one input"
                process.fail("hung", f"{what}{process.node.place()}")
                self.stop(process)
        for running in touched:
            if running.facade is not None:
                if running.process.running:
                    running.facade.settled()
                if not running.process.running:
                    self.stop(running.process)  # it failed, and may have caught what told it so

    def current(self) -> Process | None:
        """Whose task runs, of an async node."""
        try:
            ancestors = tuple(family(trio.lowlevel.current_task()))
        except RuntimeError:  # none runs
            return None
        return next((each.process for each in self._running.values() if each.root in ancestors), None)

    def close(self) -> None:
        """Cancel every task and end the trio run."""
        try:
            if self._result is None:
                for running in self._running.values():
                    running.scope.cancel()
                    if running.facade is not None:
                        running.facade.cut()
                if self._nursery is not None:
                    self._nursery.cancel_scope.cancel()
                self._clock.hurry = True
                rounds = ROUNDS_AT_MOST
                while self._result is None and rounds:
                    self._tick()
                    rounds -= 1
        finally:
            self._turn.restore()
            if self._result is not None:
                self._turn.end()
        if self._result is None:
            raise ScenarioError(_STUBBORN.format("a node"))
        self._end()

    def _begin(self) -> None:
        self._clock.read_as_it_is()  # in the context that trio keeps for its own tasks: the loop itself runs in none
        trio.lowlevel.start_guest_run(
            self._main,
            run_sync_soon_threadsafe=self._late.put,
            run_sync_soon_not_threadsafe=self._ready.append,
            done_callback=self._done,
            clock=self._clock,
            host_uses_signal_set_wakeup_fd=True,
        )

    async def _main(self) -> None:
        try:
            async with trio.open_nursery() as self._nursery:
                await trio.sleep_forever()
        finally:
            self._ending = True

    def _done(self, result: Outcome[object]) -> None:
        self._result = result

    async def _live(self, process: Process, running: Running) -> None:
        self._clock.read_as_it_is()
        with running.scope:
            handle, abort, wait = process.handle, running.abort, trio.lowlevel.wait_task_rescheduled
            me = trio.lowlevel.current_task()
            while True:
                call = running.call
                if call is None:
                    running.task = me
                    await wait(abort)
                    continue
                running.call = None
                if type(call[0]) is Resumed:
                    process.pull(*call[0].rest)
                else:
                    handle(call)

    async def _live_async(self, node: AsyncNode, running: Running) -> None:
        running.root, running.facade = trio.lowlevel.current_task(), node
        self._clock.read_by(running.process.id)
        try:
            with running.scope:
                await self._live_until_it_fails(node)
        finally:
            running.process.bury()

    async def _live_until_it_fails(self, node: AsyncNode) -> None:
        try:
            await node.live()
        except (*NODE_FAILURES, PowerCut, BaseExceptionGroup) as error:  # the node's own boundary: its failure is an outcome
            if isinstance(error, BaseExceptionGroup):
                others = error.split((*NODE_FAILURES, PowerCut))[1]
                if others is not None:
                    raise others from None  # Ctrl-C, or trio's own cancellation
            node.failed(error)
        else:
            node.returned()

    def _restless(self) -> list[Process]:
        """Whose tasks run on and on, in the order in which they were started."""
        seen = Steps()
        trio.lowlevel.add_instrument(seen)
        self._pump(100)
        trio.lowlevel.remove_instrument(seen)
        busy = {ancestor for task in seen.tasks for ancestor in family(task)}
        found = [running.process for running in self._running.values() if running.root in busy]
        if not found:
            raise ScenarioError(_STUBBORN.format("a node"))
        return found

    def _pump(self, rounds: int = ROUNDS_AT_MOST) -> bool:
        clock = self._clock
        clock.idle = False
        while not clock.idle or self._ending:
            if self._result is not None:
                self._end()  # Ctrl-C, delivered through trio's main task
                return True
            self._tick()
            rounds -= 1
            if rounds == 0:
                return False
        return True

    def _tick(self) -> None:
        self.rounds += 1
        while not self._late.empty():
            self._ready.append(self._late.get())
        (self._ready.popleft() if self._ready else self._late.get())()

    def _end(self) -> None:
        # Trio's run is over: what ended it is raised once, and an interrupt as itself, without the nursery's wrapping.
        result, self._result = self._result, Value(None)
        try:
            if result is not None:
                result.unwrap()
        except BaseExceptionGroup as group:
            if group.subgroup(KeyboardInterrupt) is not None:
                raise KeyboardInterrupt from None
            raise
