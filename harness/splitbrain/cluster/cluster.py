"""The cluster: all that a run is made of, and the deeds that several kinds of actions share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import FrameType
from typing import Any, Self

from splitbrain.actions import Action
from splitbrain.cluster.breach import Call, Overdue, end, how_it_failed
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.connections import links_of
from splitbrain.cluster.host import Host, open_host
from splitbrain.cluster.host.library.library_node import seated
from splitbrain.cluster.host.library.life import Lives
from splitbrain.cluster.network import Envelope, Notice
from splitbrain.cluster.process import Process, Unfinished
from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.declared.roles import quotas_of
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Acted, Crashed, Declared, Event, Requested, Started
from splitbrain.invariant import Violation
from splitbrain.node import Exit, NodeId, release
from splitbrain.observations import Ready
from splitbrain.scenario import Scenario, expect_scenario
from splitbrain.stopwatch import Deadline
from splitbrain.trace.freezing import freeze
from splitbrain.trace.history import History
from splitbrain.trace.recorder import Recorder


class Cluster:
    """Virtual time, network, disks and nodes of one run, all nodes started. A context manager, for some hosts must be closed.

    scenario: what to run. size: how many nodes (the scenario's first size when left out). options: values of the scenario's
    options (each one's first value when left out). host: ``"direct"`` or ``"trio"``; left out, whichever can run the nodes.
    keep: keep the trace; without it only what an invariant watches is built. check: fold the scenario's invariants as the run
    goes. seed: orders what an async node makes runnable at once. lenient: an action whose message is not in flight falls back to
    the nearest like it on its link.
    """

    deadline: Deadline | None = None  # of the search that this run is a part of: a fair phase may be long

    def __init__(
        self,
        scenario: Scenario,
        size: int | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        host: str | None = None,
        keep: bool = True,
        check: bool = True,
        seed: int = 0,
        lenient: bool = False,
    ) -> None:
        expect_scenario("World", scenario)
        self.scenario = scenario.guarded
        self.nodes: tuple[NodeId, ...] = scenario.nodes(scenario.sizes[0] if size is None else size)
        self.options = scenario.first_options | dict(options or {})
        self.lenient = lenient
        self.clock = Clock()
        monitor = scenario.monitor() if check else None
        self.recorder = Recorder(monitor, keep, scenario.progress, scenario.ready or Ready, scenario.show)
        self.network = links_of(scenario, self.nodes, self.recorder)
        self.quotas = quotas_of(scenario, len(self.nodes))
        quota_of = {node: quota for quota in self.quotas for node in quota.nodes}
        self.history = History()  # what clients asked, and were told
        self.processes = {
            name: Process(name, self.network, self.clock, self.recorder, self.history, quota_of[name]) for name in self.nodes
        }
        self._order = tuple(self.processes.values())
        for process in self._order:
            process.recovers = scenario.ready is not None
        self.recorder.on_standing = partial(_stands, self.processes)  # a method would keep a world alive that nobody can reach
        self._reorders = scenario.budget.reorder
        self._records = {kind: self.recorder.wants(kind) for kind in (Requested, Started, Crashed)}
        self._keep_acted = self.recorder.wants(Acted)
        self._lives = Lives(self.clock, seed)
        self.host: Host = open_host(host or scenario.host, self.clock, seed, self)
        WATCHDOG.enter(self)
        try:
            self._declare()
            for process in self._order:
                self.power_on(process)
            self._introduce()
            self.blame()
        except BaseException:
            self.close()
            raise

    def _declare(self) -> None:
        """Tell the invariants who votes and whom clients ask, where the scenario says so."""
        scenario, size = self.scenario, len(self.nodes)
        votes = scenario.voters is not None or scenario.quorums is not None
        asks = scenario.clients is not None and scenario.requests > 0
        if (votes or asks) and self.recorder.wants(Declared):
            voters = scenario.voting(size) if votes else ()
            quorums = tuple(scenario.quorum(count) for count in range(1, size + 1)) if votes else ()
            clients = tuple(process.id for process in self.clients()) if asks else None
            self.recorder.emit(Declared(0, voters, quorums, clients))

    def _introduce(self) -> None:
        """Tell nodes of their connections, where they have any and want to know; one that waits for its disk is told after that."""
        for process in self._order:
            process.inputs.extend(self.network.opening(process.id))
            self.settle_inputs(process)

    # What there is

    @property
    def events(self) -> list[Event]:
        """The trace so far."""
        return self.recorder.events

    @property
    def violation(self) -> Violation | None:
        """The first broken invariant, if any."""
        return self.recorder.violation

    @property
    def now(self) -> int:
        """Virtual milliseconds since the start."""
        return self.clock.now

    @property
    def step(self) -> int:
        """How many actions have been applied."""
        return self.recorder.step

    @property
    def lapses(self) -> tuple[str, ...]:
        """What nodes did wrong in their `close`: a sentence each. None of it changes the run."""
        return tuple(lapse for process in self._order for lapse in process.lapses)

    def running(self) -> list[Process]:
        """The processes that are up."""
        return [process for process in self._order if process.running]

    def clients(self) -> list[Process]:
        """The processes that clients may ask, as far as the scenario is concerned; none where it makes no requests."""
        places = self.scenario.client_places(len(self.nodes))
        return [self._order[place] for place in places]

    def process(self, action: Action, name: NodeId) -> Process:
        """The process that an action names. Raises `NotEnabled` where there is none."""
        process = self.processes.get(name)
        if process is None:
            raise NotEnabled(f"cannot {action}: there is no node {name!r} in a cluster of {len(self.nodes)}")
        return process

    def deliverable(self, envelope: Envelope) -> bool:
        """Whether this message can be delivered now, and (where links are FIFO) is the first of its link; no cut keeps a notice."""
        process, cut = self.processes[envelope.receiver], self.network.cut_links
        return (
            process.running
            and process.suspended is None
            and (not cut or (envelope.sender, envelope.receiver) not in cut or type(envelope) is Notice)
            and (self._reorders or self.network.first_on_link(envelope) is envelope)
        )

    # What is done to it

    def begin(self, action: Action) -> None:
        """Count one action, and record it."""
        if WATCHDOG.asleep:
            WATCHDOG.wake()
        recorder = self.recorder
        recorder.step += 1
        if self._keep_acted:
            recorder.emit(Acted(recorder.step, self.clock.now, action))

    def give(self, process: Process, call: Call) -> None:
        """Give a node an input, and those that it brought about itself."""
        self.host.feed(process, call)
        if process.inputs:
            self.settle_inputs(process)

    def tell(self, process: Process, notice: Notice) -> None:
        """Tell a node of a connection, where it has a handler for that."""
        call = process.told(notice)
        if call is not None:
            self.give(process, call)

    def ask(
        self,
        process: Process,
        request: str,
        command: Any,
        calm: bool,
        session: str | None = None,
        replaces: str | None = None,
    ) -> None:
        """Let a client ask, or ask again."""
        process.asked[request] = process.asked.get(request, 0) + 1
        step = self.recorder.step
        operation = self.history.ask(step, process.id, request, command, session, replaces)
        if self._records[Requested]:
            attempt = len(operation.attempts)
            self.recorder.emit(Requested(step, process.id, request, command, calm, session, replaces, attempt))
        self.give(process, (process.handler("request"), (request, freeze(command))))

    def power_off(self, process: Process, keep: int) -> int:
        """Cut a process' power; returns how many unsynced writes are lost."""
        node = process.node
        kept, lost = process.fall(keep)
        if self._records[Crashed]:
            self.recorder.emit(Crashed(self.recorder.step, process.id, kept, lost))
        if node is not None:
            self._forget(process)
        return lost

    def power_on(self, process: Process) -> None:
        """Start a process that is down, for the first time or again."""
        process.incarnation += 1
        if self._records[Started]:
            self.recorder.emit(Started(self.recorder.step, process.id, process.incarnation))
        try:
            with self._lives.next(process.id, process.incarnation):
                node = self.scenario.node(process.id, self.nodes, process.disk(), self.options)
        except (ScenarioError, Overdue) as error:
            if isinstance(error.__cause__, Exit):
                process.leave(error.__cause__)
                return
            if process.incarnation > 1:
                process.fail(*how_it_failed("the factory, after a restart", error.__cause__ or error))
                return
            if isinstance(error, Overdue):
                raise self.scenario.blame(f"the factory cannot make node {process.id}: {error}") from error
            raise
        process.launch(seated(node, process, self.network))
        process.recovering = process.incarnation > 1 and self.scenario.ready is not None
        self.host.start(process)
        if process.inputs:
            self.settle_inputs(process)

    def complete_sync(self, process: Process) -> None:
        """The disk answers the oldest outstanding sync of a process, which goes on where it waited for that."""
        process.complete_sync()
        self.host.resume(process)

    def settle_inputs(self, process: Process) -> None:
        """Give a node the inputs that are due to it in this step: those that it brought about itself, in their order.

        One that goes on to bring them about is hung, like a handler that goes on for ever.
        """
        given = 0
        while (call := process.next_input()) is not None:
            self.host.feed(process, call)
            given += 1
            if process.goes_on_for_ever(given):
                self._forget(process)

    def wake(self) -> None:
        """Let the earliest deadline of an async node come, and no other."""
        self.host.wake()
        for process in self._order:
            if process.inputs:
                self.settle_inputs(process)

    def blame(self) -> None:
        """Raise what a function of the scenario's did wrong meanwhile, if anything: a `ScenarioError`, under its name."""
        error = self.recorder.error
        if isinstance(error, Unfinished):
            overdue = error.process.condemned  # the watchdog stopped it, and it went on
            assert overdue is not None
            error.process.fail(*how_it_failed(overdue.name, overdue))
            self._forget(error.process)
        elif error is not None:
            raise self.scenario.blame(error) from error

    def _forget(self, process: Process) -> None:
        """Nothing is left of an incarnation that was ended."""
        self.host.stop(process)
        process.bury()

    def close(self) -> None:
        """End the run, and tell its nodes; needed on the trio host, of which one world a process can be open at a time."""
        if WATCHDOG.asleep:
            WATCHDOG.wake()
        for process in self._order:
            process.halt()  # first, for what is still done while the host stops is none of the run
        try:
            self.host.close()
        finally:
            try:
                for process in self._order:
                    process.close()
            finally:
                WATCHDOG.leave(self)

    # For the watchdog

    def progress(self) -> tuple[int, ...]:
        """Differs from before if a node's code was called meanwhile, or had an effect."""
        calls = sum(process.calls + process.incarnation + len(process.storage.unsynced) for process in self._order)
        return (calls, self.host.rounds, self.network.sent, len(self.recorder.events), self.recorder.said())

    def whose(self, frame: FrameType) -> Process | None:
        """The process whose code runs in ``frame``, or was called by it; None for what ends, of which nothing is wanted."""
        caller: FrameType | None = frame
        while caller is not None and caller.f_code not in (release.__code__, end.__code__):
            for code, name in _PROCESSES:
                if caller.f_code is code:
                    process = caller.f_locals[name]
                    return process if process in self._order else None
            caller = caller.f_back
        return self.host.current() if caller is None else None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _stands(processes: Mapping[NodeId, Process], node: NodeId, recovering: bool) -> None:
    processes[node].recovering = recovering
    if recovering:
        for process in processes.values():
            process.recovers = True


# Who calls a node's code, and what it calls the node's process.
_PROCESSES = (
    (Process.handle.__code__, "self"),
    (Process.pull.__code__, "self"),
    (Process._pull_watchfully.__code__, "self"),
    (Cluster.power_on.__code__, "process"),
)
