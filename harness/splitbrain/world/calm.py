"""The fair phase: one recorded action that expands, by a fixed rule, into deliveries, timers and client requests by the clock.

Faults stop. The core is mended and restarted; every other node is dead. A message arrives after 1 to ``latency`` ms,
a timer fires uniformly within its range, both drawn from the action's seed: without jitter correct Paxos may duel for ever.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import TypeAlias

from splitbrain.actions import CALM_AT_MOST, Action, Calm, Connect, Crash, Fire, Link, Mend, Restart
from splitbrain.cluster.clock import NEVER, Timer
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.cluster.process import Process
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, CalmBegan, CalmEnded
from splitbrain.node import NodeId
from splitbrain.stopwatch import OutOfTime
from splitbrain.world.connections import connectable
from splitbrain.world.deed import Deed, Plan
from splitbrain.world.fair_client import RETRY, FairClient, FairSession
from splitbrain.world.power import why_too_few

_Due: TypeAlias = Envelope | Timer | Process | None  # what is to arrive, to go off, or to start; None: the client's turn


def calm(cluster: Cluster, action: Calm, _: Plan | None) -> Plan:
    """The fair phase, where the budget may leave the rest dead and the core can make progress."""
    if not 0 <= action.bound <= CALM_AT_MOST:
        raise NotEnabled(f"cannot {action}: a fair phase takes at most {CALM_AT_MOST:,} ms, an hour of virtual time")
    for node in action.core:
        cluster.process(action, node)
    why = why_too_few(cluster, action.core)
    if why is not None:
        raise NotEnabled(f"cannot {action}: {why}")
    if not cluster.scenario.may_progress(action.core, len(cluster.nodes), cluster.options):
        raise NotEnabled(f"cannot {action}: that core can make no progress, so nothing can be asked of it")
    return Plan(action, lambda: _FairPhase(cluster, action).run())


DEEDS: dict[type, Deed] = {Calm: Deed(calm)}


class _Agenda:
    """What is due at each ms, in the order in which it was put there. Time is whole numbers, so buckets beat a heap of items.

    times: those at which something is due, as a heap. due: what; a bucket that is taken out is followed by a new one, if something
    is put there for the same moment.
    """

    __slots__ = ("due", "times")

    def __init__(self) -> None:
        self.times: list[int] = []
        self.due: dict[int, list[_Due]] = {}

    def put(self, time: int, what: _Due) -> None:
        bucket = self.due.get(time)
        if bucket is None:
            self.due[time] = [what]
            heappush(self.times, time)
        else:
            bucket.append(what)


class _FairPhase:
    def __init__(self, cluster: Cluster, action: Calm) -> None:
        self.cluster = cluster
        self.recorder = cluster.recorder
        self.clock = cluster.clock
        self.processes, self.give = cluster.processes, cluster.give
        self.core = action.core
        self.bound = action.bound
        self.began = cluster.now
        self.agenda = _Agenda()
        self.put = self.agenda.put
        self.roll = Dice(action.seed).roll
        self.latency = cluster.scenario.latency
        self.in_order = not cluster.scenario.budget.reorder
        self.last: dict[Link, int] = {}  # when the last message of each link arrives
        self.members = [process for process in cluster.processes.values() if process.id in action.core]
        self.listeners: dict[NodeId, Callable[[str, object], None] | None] = {}  # a run's, given back at the end
        self.client = (FairSession if cluster.scenario.sessions else FairClient)(cluster, action)

    def run(self) -> None:
        recorder = self.recorder
        if recorder.wants(CalmBegan):
            recorder.emit(CalmBegan(recorder.step, self.core, self.bound))
        self._end_faults()
        self.cluster.network.listen(self._sent)
        if self.in_order:  # before what the disks' answers let nodes send, which is to arrive behind it
            self._schedule_what_is_under_way()
        self._listen()
        if not self.in_order:
            self._schedule_what_is_under_way()
        self._restart_members()
        if why_too_few(self.cluster, self.core) is not None:
            # Somebody says only now that he must recover; with those who are dead, that is more than nodes must be able to bear.
            recorder.acquit()
            self._stop_listening()
            return
        self._connect_members()
        if self.client.asks:
            self.agenda.put(self.began + self.latency, None)
        self._go_on()
        self._stop_listening()
        if recorder.wants(CalmEnded) and recorder.violation is None:
            recorder.emit(CalmEnded(recorder.step, self.core, self.clock.now - self.began, self.client.content))

    # The beginning: the order of these counts, for each lets nodes of the core do something

    def _end_faults(self) -> None:
        """Nobody outside the core runs any more, and no link is cut."""
        cluster = self.cluster
        for process in cluster.processes.values():
            if process.running and process not in self.members:
                self._acted(Crash(process.id))
                cluster.power_off(process, 0)
        links = tuple(cluster.network.cut_links)
        if links:
            self._acted(Mend(links))
            cluster.network.mend(links)

    def _listen(self) -> None:
        """What the core arms and answers is heard of from now on, too; its disks answer at once, outstanding syncs first."""
        for process in self.members:
            process.slow_disk = False
            process.on_timer, process.on_exit = self._armed, self._exited
            self.listeners[process.id] = process.on_reply
            process.on_reply = self.client.replied
            while process.running and process.syncs:
                self.cluster.complete_sync(process)
            self.cluster.settle_inputs(process)

    def _schedule_what_is_under_way(self) -> None:
        for envelope in sorted(self.cluster.network.flight, key=lambda each: each.number):
            self._sent(envelope)

    def _restart_members(self) -> None:
        """Those that run keep their timers; the others start."""
        for process in self.members:
            for timer in process.timers.values():
                self._armed(timer)
            if not process.running:
                self._start(process)

    def _start(self, process: Process) -> None:
        self._acted(Restart(process.id))
        self.cluster.power_on(process)

    def _connect_members(self) -> None:
        """Those that run, each with each, where links are connections and they have none."""
        for one, other in connectable(self.cluster):
            self._acted(Connect(one, other))
            self.cluster.network.connect(one, other)

    def _stop_listening(self) -> None:
        self.cluster.network.listen(None)
        for process in self.cluster.processes.values():
            process.slow_disk = process.quota.budget.slow_disks
            process.on_timer = process.on_exit = None
            if process.id in self.listeners:
                process.on_reply = self.listeners[process.id]

    # What is put on the agenda

    def _sent(self, envelope: Envelope) -> None:
        time = self.clock.now + 1 + int(self.roll() * self.latency)
        if self.in_order:  # on a FIFO link nothing arrives before what was sent before it
            link = (envelope.sender, envelope.receiver)
            time = self.last[link] = max(time, self.last.get(link, 0))
        self.put(time, envelope)

    def _armed(self, timer: Timer) -> None:
        # A timer whose time has passed while the schedule ruled starts anew: it goes off within its range from now.
        self.agenda.put(self.clock.now + timer.earliest + int(self.roll() * (timer.latest - timer.earliest + 1)), timer)

    def _exited(self, process: Process) -> None:
        # A node that ended itself is started again, a while later: else one that does so each time would never let time pass.
        self.put(self.clock.now + self.latency, process)

    # By the clock

    def _go_on(self) -> None:
        """Until the bound, or until all that must happen eventually has. This is where a fair phase spends its time."""
        times, due = self.agenda.times, self.agenda.due
        recorder, clock, host, client = self.recorder, self.clock, self.cluster.host, self.client
        processes, give, take = self.processes, self.give, self.cluster.network.take
        end = self.began + self.bound
        limit = self.cluster.deadline
        moments = NEVER if limit is None else 0.0  # how many more, until the clock is looked at
        while True:
            moments -= 1
            if moments < 0:
                assert limit is not None
                moments = limit.steps()
                if not moments and recorder.violation is None:
                    raise OutOfTime
            planned, deadline = times[0] if times else NEVER, host.next_deadline()
            time = min(deadline, planned)
            if time > end:
                if times:
                    clock.now = end  # else nothing was left to happen before the end
                return
            clock.now = int(time)
            if deadline == time:
                self.cluster.wake()  # deadlines come one at a time, before all else of their moment
                happening: list[_Due] = []
            else:
                happening = due.pop(heappop(times))
            for what in happening:
                if type(what) is Envelope:  # in place: most that happens is an arrival
                    process = processes[what.receiver]
                    if what.place >= 0 and process.running:
                        take(what)
                        if recorder.keep:
                            self._acted(what.deliver())
                        give(process, (process.handler("receive"), (what.sender, what.content())))
                elif type(what) is Timer:
                    self._go_off(what)
                elif type(what) is Process:
                    if not what.running:
                        self._start(what)
                        self._connect_members()
                elif type(what) is Notice:
                    self._tell(what)
                elif client.turn():
                    self.put(clock.now + RETRY, None)
            if recorder.violation is not None or (client.answered and recorder.satisfied()):
                return

    def _tell(self, notice: Notice) -> None:
        process = self.processes[notice.receiver]
        if notice.place >= 0 and process.running:
            self.cluster.network.take(notice)
            self._acted(notice.deliver())
            self.cluster.tell(process, notice)

    def _go_off(self, timer: Timer) -> None:
        process = self.processes[timer.owner]
        if process.timers.get(timer.name) is timer:  # else it was cancelled, or armed anew
            del process.timers[timer.name]
            self._acted(Fire(timer.owner, timer.name))
            self.give(process, (process.handler("timeout"), (timer.name,)))

    def _acted(self, action: Action) -> None:
        recorder = self.recorder
        if recorder.keep:
            recorder.emit(Acted(recorder.step, self.clock.now, action))
