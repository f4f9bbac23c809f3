"""The fair phase: one recorded action that expands, by a fixed rule, into deliveries, timers and client requests by the clock.

Faults stop. The core is mended and restarted; every other node is dead. A message arrives after 1 to ``latency`` ms,
a timer fires uniformly within its range, both drawn from the action's seed: without jitter correct Paxos may duel for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

from splitbrain.actions import Calm, Crash, Fire, Link, Mend, Request, Restart
from splitbrain.cluster.clock import Timer
from splitbrain.cluster.network import Envelope
from splitbrain.dice import Dice
from splitbrain.events import Acted, CalmBegan, CalmEnded
from splitbrain.node import NodeId, Refused

if TYPE_CHECKING:
    from splitbrain.world.world import World

RETRY = 100  # virtual ms after which the client asks the next node


def calm_down(world: World, action: Calm) -> None:
    """Expand one `Calm` in ``world``."""
    _FairPhase(world, action).run()


class _FairPhase:
    def __init__(self, world: World, action: Calm) -> None:
        self.world = world
        self.core = action.core
        self.bound = action.bound
        self.roll = Dice(action.seed).roll
        self.latency = world.scenario.latency
        # What is due at each ms, in the order in which it was scheduled. Time is whole numbers, so buckets beat a heap of items.
        self.due: dict[int, list[Envelope | Timer | Callable[[], None]]] = {}
        self.times: list[int] = []
        self.in_order = not world.scenario.budget.reorder
        self.last: dict[Link, int] = {}  # when the last message of each link arrives
        self.listeners: dict[NodeId, Callable[[str, Any], None] | None] = {}  # a run's, given back at the end
        self.asked = 0
        self.answered = False
        self.recorder = world.recorder
        self.began = world.recorder.now

    def run(self) -> None:
        recorder = self.recorder
        if recorder.wants(CalmBegan):
            recorder.emit(CalmBegan(recorder.step, self.core, self.bound))
        slow = self._heal()
        self._spin()
        self._release(slow)
        if recorder.wants(CalmEnded) and recorder.violation is None:
            recorder.emit(CalmEnded(recorder.step, self.core, recorder.now - self.began))

    def _heal(self) -> bool:
        world, core = self.world, frozenset(self.core)
        slow = world.scenario.budget.slow_disks
        for process in world.processes.values():
            if process.id not in core and process.running:
                self._acted(Crash(process.id))
                world.crash(process, 0)
        links = tuple(world.network.cut_links)
        if links:
            self._acted(Mend(links))
            world.network.mend(links)
        world.network.listen(self._sent)
        for process in world.processes.values():
            if process.id not in core:
                continue
            process.slow_disk = False
            process.on_timer = self._timer_set
            self.listeners[process.id] = process.on_reply
            process.on_reply = self._replied
            while process.running and process.syncs:
                process.complete_sync()
                world.host.resume(process)
            world.tell_synced(process)
        for envelope in sorted(world.network.flight, key=lambda each: each.number):
            self._sent(envelope)
        for process in world.processes.values():
            if process.id in core:
                for timer in process.timers.values():
                    self._timer_set(timer)
                if not process.running:
                    self._acted(Restart(process.id))
                    world.restart(process)
        self.clients = self._clients()
        if self.clients:
            self._at(self.began + self.latency, self._ask)
        return slow

    def _release(self, slow: bool) -> None:
        self.world.network.listen(None)
        for process in self.world.processes.values():
            process.slow_disk = slow
            process.on_timer = None
            if process.id in self.listeners:
                process.on_reply = self.listeners[process.id]

    def _clients(self) -> list[NodeId]:
        scenario, nodes = self.world.scenario, self.world.nodes
        if scenario.requests == 0:
            return []
        places = range(len(nodes)) if scenario.clients is None else scenario.clients(len(nodes))
        return [nodes[place] for place in places if nodes[place] in self.core]

    def _at(self, time: int, what: Envelope | Timer | Callable[[], None]) -> None:
        bucket = self.due.get(time)
        if bucket is None:
            self.due[time] = [what]
            heappush(self.times, time)
        else:
            bucket.append(what)

    def _sent(self, envelope: Envelope) -> None:
        time = self.recorder.now + 1 + int(self.roll() * self.latency)
        if self.in_order:  # on a FIFO link nothing arrives before what was sent before it
            link = (envelope.sender, envelope.receiver)
            time = self.last[link] = max(time, self.last.get(link, 0))
        bucket = self.due.get(time)
        if bucket is None:
            self.due[time] = [envelope]
            heappush(self.times, time)
        else:
            bucket.append(envelope)

    def _timer_set(self, timer: Timer) -> None:
        # A timer whose time has passed while the schedule ruled starts anew: it goes off within its range from now.
        self._at(self.recorder.now + timer.earliest + int(self.roll() * (timer.latest - timer.earliest + 1)), timer)

    def _replied(self, request: str, result: object) -> None:
        if request.startswith("calm-") and not isinstance(result, Refused):
            self.answered = True

    def _ask(self) -> None:
        # One answer may not be enough: a new leader without a no-op commits what its predecessor left only along with an entry
        # of its own term (Raft, 5.4.2 and 8), and so waits for the next request.
        if self.answered and not self.recorder.awaits():
            return
        world = self.world
        node = self.clients[self.asked % len(self.clients)]
        self.asked += 1
        process = world.processes[node]
        if process.idle():
            # Numbered past the schedule's own requests, so that no two requests of a run ask for the same command.
            number = 1_000 * world.step + self.asked
            action = Request(node, f"calm-{number}", world.scenario.commands(number))
            self._acted(action)
            world.request(process, action.id, action.command, calm=True)
        self._at(world.now + RETRY, self._ask)

    def _acted(self, action: Fire | Request | Crash | Mend | Restart) -> None:
        recorder = self.recorder
        if recorder.keep:
            recorder.emit(Acted(recorder.step, recorder.now, action))

    def _spin(self) -> None:
        world, recorder, due, times = self.world, self.recorder, self.due, self.times
        processes, feed, take = world.processes, world.feed, world.network.take
        keep, host = recorder.keep, world.host
        end = self.began + self.bound
        while True:
            deadline = host.next_deadline()
            time = min(times[0], deadline) if times else deadline
            if time > end:
                break
            recorder.now = int(time)
            bucket = due.pop(heappop(times)) if times and times[0] == time else []
            if time == deadline:
                host.settle()
            for what in bucket:
                if type(what) is Envelope:
                    process = processes[what.receiver]
                    if what.place >= 0 and process.running:
                        take(what)
                        if keep:
                            recorder.emit(Acted(recorder.step, recorder.now, what.deliver()))
                        feed(process, (process.handler("receive"), (what.sender, what.content())))
                elif type(what) is Timer:
                    process = processes[what.owner]
                    if process.timers.get(what.name) is what:
                        del process.timers[what.name]
                        self._acted(Fire(what.owner, what.name))
                        feed(process, (process.handler("timeout"), (what.name,)))
                else:
                    what()  # type: ignore[operator]
            if recorder.violation is not None or (self.answered and recorder.satisfied()):
                return
        if times:
            recorder.now = end  # else nothing was left to happen before the end
