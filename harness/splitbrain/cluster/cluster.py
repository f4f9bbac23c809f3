"""The cluster: all that a run is made of, and the deeds that several kinds of actions share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from splitbrain.actions import Action
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host import Host, open_host
from splitbrain.cluster.network import Envelope, Network
from splitbrain.cluster.process import Call, Process
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Acted, Crashed, Declared, Event, Requested, Started
from splitbrain.invariant import Violation
from splitbrain.node import NodeId
from splitbrain.scenario import Scenario
from splitbrain.trace.freezing import freeze
from splitbrain.trace.recorder import Recorder


class Cluster:
    """Virtual time, network, disks and nodes of one run, all nodes started. A context manager, for some hosts must be closed.

    scenario: what to run. size: how many nodes (the scenario's first size when left out). options: values of the scenario's
    options (each one's first value when left out). host: ``"direct"`` or ``"trio"``; left out, whichever can run the nodes.
    keep: keep the trace; without it only what an invariant watches is built. check: fold the scenario's invariants as the run
    goes. seed: orders what an async node makes runnable at once. lenient: an action whose message is not in flight falls back to
    the nearest like it on its link.
    """

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
        self.scenario = scenario.guarded
        self.nodes: tuple[NodeId, ...] = scenario.nodes(scenario.sizes[0] if size is None else size)
        self.options = scenario.first_options | dict(options or {})
        self.lenient = lenient
        self.clock = Clock()
        self.recorder = Recorder(scenario.monitor() if check else None, keep, scenario.progress)
        self.network = Network(self.nodes, scenario.label, self.recorder)
        slow = scenario.budget.slow_disks
        self.processes = {name: Process(name, self.network, self.clock, self.recorder, slow) for name in self.nodes}
        self._order = tuple(self.processes.values())
        self._reorders = scenario.budget.reorder
        self._records = {kind: self.recorder.wants(kind) for kind in (Requested, Started, Crashed)}
        self._keep_acted = self.recorder.wants(Acted)
        self.host: Host = open_host(host or scenario.host, self.clock, seed)
        try:
            self._declare()
            for process in self._order:
                self.power_on(process)
            self.blame()
        except BaseException:
            self.close()
            raise

    def _declare(self) -> None:
        """Tell the invariants who votes, where the scenario says so."""
        scenario = self.scenario
        if (scenario.voters is not None or scenario.quorums is not None) and self.recorder.wants(Declared):
            quorums = tuple(scenario.quorum(voters) for voters in range(1, len(self.nodes) + 1))
            self.recorder.emit(Declared(0, scenario.voting(len(self.nodes)), quorums))

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
        """Whether this message can be delivered now, and (where links are FIFO) is the first of its link."""
        process = self.processes[envelope.receiver]
        return (
            process.running
            and process.suspended is None
            and (not self.network.cut_links or (envelope.sender, envelope.receiver) not in self.network.cut_links)
            and (self._reorders or self.network.first_on_link(envelope) is envelope)
        )

    # What is done to it

    def begin(self, action: Action) -> None:
        """Count one action, and record it."""
        recorder = self.recorder
        recorder.step += 1
        if self._keep_acted:
            recorder.emit(Acted(recorder.step, self.clock.now, action))

    def give(self, process: Process, call: Call) -> None:
        """Give a node an input, and the completions that it caused."""
        self.host.feed(process, call)
        if process.tokens:
            self.tell_synced(process)

    def ask(self, process: Process, request: str, command: Any, calm: bool) -> None:
        """Let a client ask."""
        if self._records[Requested]:
            self.recorder.emit(Requested(self.recorder.step, process.id, request, command, calm))
        self.give(process, (process.handler("request"), (request, freeze(command))))

    def power_off(self, process: Process, keep: int) -> int:
        """Cut a process' power; returns how many unsynced writes are lost."""
        node = process.node
        process.halt()
        kept, lost = process.storage.crash(keep)
        if self._records[Crashed]:
            self.recorder.emit(Crashed(self.recorder.step, process.id, kept, lost))
        if node is not None:
            self.host.stop(process)
        return lost

    def power_on(self, process: Process) -> None:
        """Start a process that is down, for the first time or again."""
        process.incarnation += 1
        if self._records[Started]:
            self.recorder.emit(Started(self.recorder.step, process.id, process.incarnation))
        try:
            node = self.scenario.node(process.id, self.nodes, process.disk(), self.options)
        except ScenarioError as error:
            if process.incarnation == 1:
                raise
            process.fail("raised", f"the factory, after a restart: {_cause(error)}")
            return
        process.launch(node)
        self.host.start(process)
        if process.tokens:
            self.tell_synced(process)

    def complete_sync(self, process: Process) -> None:
        """The disk answers the oldest outstanding sync of a process, which goes on where it waited for that."""
        process.complete_sync()
        self.host.resume(process)

    def tell_synced(self, process: Process) -> None:
        """Give a node the completions of its ``Sync(token)`` that are due."""
        while process.tokens and process.idle():
            self.host.feed(process, (process.handler("synced"), (process.tokens.popleft(),)))

    def blame(self) -> None:
        """Raise what a function of the scenario's did wrong meanwhile, if anything: a `ScenarioError`, under its name."""
        if self.recorder.error is not None:
            raise self.scenario.blame(self.recorder.error) from self.recorder.error

    def close(self) -> None:
        """End the run; needed on the trio host, where one world a thread can be open at a time."""
        self.host.close()
        for process in self._order:
            process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _cause(error: ScenarioError) -> str:
    return f"{type(error.__cause__).__name__}: {error.__cause__}"
