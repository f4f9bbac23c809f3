"""The world: applies one action, lets everything settle, and records what happened. It also tells what is enabled.

Its length is one short method for each kind of action; what they share is in `network`, `process`, `calm` and `budget`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from splitbrain.actions import (
    Action,
    Advance,
    Calm,
    Complete,
    Crash,
    Cut,
    Deliver,
    Drop,
    Duplicate,
    Fire,
    Link,
    Mend,
    Request,
    Restart,
)
from splitbrain.cluster.budget import forbidden
from splitbrain.cluster.host import Host, open_host
from splitbrain.cluster.network import Envelope, Network
from splitbrain.cluster.process import Call, Process
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Acted, Crashed, Event, Requested, Started
from splitbrain.invariant import Violation
from splitbrain.node import NodeId
from splitbrain.scenario import Scenario
from splitbrain.trace.freezing import freeze
from splitbrain.trace.recorder import Recorder
from splitbrain.world.enabled import enabled


class World:
    """A cluster under a nemesis: virtual time, network, disks and nodes. Use it as a context manager.

    scenario: what to run. size: how many nodes (the scenario's first size when left out). options: values of the scenario's
    options (each one's first value when left out). host: ``"direct"`` or ``"trio"``. keep: keep the trace; without it only
    what an invariant watches is built. check: fold the scenario's invariants as the run goes. seed: orders what an async node
    makes runnable at once. lenient: an action whose message is not in flight falls back to the nearest like it on its link.
    """

    def __init__(
        self,
        scenario: Scenario,
        size: int | None = None,
        options: Mapping[str, Any] | None = None,
        *,
        host: str = "direct",
        keep: bool = True,
        check: bool = True,
        seed: int = 0,
        lenient: bool = False,
    ) -> None:
        self.scenario = scenario.guarded
        self.nodes: tuple[NodeId, ...] = scenario.nodes(scenario.sizes[0] if size is None else size)
        self.options = {name: values[0] for name, values in scenario.options.items()} | dict(options or {})
        self.recorder = Recorder(scenario.monitor() if check else None, keep)
        self.network = Network(self.nodes, scenario.label, self.recorder)
        self.recorder.watch_partitions(self.network.cut_links, scenario.progress)
        slow = scenario.budget.slow_disks
        self.processes = {name: Process(name, self.network, self.recorder, slow) for name in self.nodes}
        self._order = tuple(self.processes.values())
        self.lenient = lenient
        self._reorders = scenario.budget.reorder
        self._keep_acted = self.recorder.wants(Acted)
        self._outer: Crash | None = None  # the crash during which the action that begins is handled
        self._keep_requested = self.recorder.wants(Requested)
        self._keep_life = {kind: self.recorder.wants(kind) for kind in (Started, Crashed)}
        self._do: dict[type, Callable[[Any], Action]] = {
            Deliver: self._deliver,
            Drop: self._drop,
            Duplicate: self._duplicate,
            Cut: self._cut,
            Mend: self._mend,
            Fire: self._fire,
            Advance: self._advance,
            Request: self._request,
            Crash: self._crash,
            Restart: self._restart,
            Complete: self._complete,
            Calm: self._calm,
        }
        self.host: Host = open_host(host, self.recorder, seed)
        try:
            for process in self._order:
                self.restart(process)
            if self.recorder.error is not None:
                raise scenario.blame(self.recorder.error) from self.recorder.error
        except BaseException:
            self.close()
            raise

    # What happened

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
        return self.recorder.now

    @property
    def step(self) -> int:
        """How many actions have been applied."""
        return self.recorder.step

    # What can be done

    def apply(self, action: Action) -> Action:
        """Apply one action and let everything settle.

        Returns the action as it happened, which differs from ``action`` only in a lenient world. Raises `NotEnabled`,
        with nothing changed, when it cannot happen now; and `ScenarioError` when a function of the scenario's went wrong.
        """
        perform = self._do.get(type(action))
        if perform is None:
            raise NotEnabled(f"{action!r} is not an action")
        done = perform(action)
        if self.recorder.error is not None:
            raise self.scenario.blame(self.recorder.error) from self.recorder.error
        return done

    def enabled(self) -> Iterator[Action]:
        """Every single action that is enabled now and that the fault budget allows, in a fixed order."""
        return enabled(self)

    def deliverable(self, envelope: Envelope) -> bool:
        """Whether this message can be delivered now, and (where links are FIFO) is the first of its link."""
        return (
            self.processes[envelope.receiver].idle()
            and (not self.network.cut_links or (envelope.sender, envelope.receiver) not in self.network.cut_links)
            and (self._reorders or self.network.first_on_link(envelope) is envelope)
        )

    def running(self) -> list[Process]:
        """The processes that are up."""
        return [process for process in self._order if process.running]

    def close(self) -> None:
        """End the run; needed on the trio host, where one world a thread can be open at a time."""
        self.host.close()
        for process in self._order:
            process.close()

    def __enter__(self) -> World:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Shared by the actions below, and by the fair phase

    def begin(self, action: Action) -> None:
        """Count one action, and record it."""
        recorder = self.recorder
        recorder.step += 1
        if self._keep_acted:
            outer = self._outer
            if outer is not None:
                action = outer if action is outer.during else Crash(outer.node, outer.keep, action, outer.after)  # type: ignore[arg-type]
            recorder.emit(Acted(recorder.step, recorder.now, action))

    def feed(self, process: Process, call: Call) -> None:
        """Give a node an input, and the completions that it caused."""
        self.host.feed(process, call)
        if process.tokens:
            self.tell_synced(process)

    def request(self, process: Process, request: str, command: Any, calm: bool) -> None:
        """Let a client ask."""
        recorder = self.recorder
        if self._keep_requested:
            recorder.emit(Requested(recorder.step, process.id, request, command, calm))
        self.feed(process, (process.handler("request"), (request, freeze(command))))

    def crash(self, process: Process, keep: int) -> int:
        """Cut a process' power; returns how many unsynced writes are lost."""
        node = process.node
        process.halt()
        kept, lost = process.storage.crash(keep)
        if self._keep_life[Crashed]:
            self.recorder.emit(Crashed(self.recorder.step, process.id, kept, lost))
        if node is not None:
            self.host.stop(process)
        return lost

    # The network's actions

    def _envelope(self, action: Deliver | Drop | Duplicate) -> Envelope:
        envelope = self.network.find(action)
        if envelope is None and self.lenient:
            envelope = self.network.find_alike(action)
        if envelope is None:
            raise NotEnabled(f"cannot {action}: no such message is in flight")
        return envelope

    def _deliver(self, action: Deliver) -> Action:
        envelope = self.network.find(action)
        if envelope is None:
            envelope = self._envelope(action)
            action = envelope.deliver()
        if not self._reorders and self.network.first_on_link(envelope) is not envelope:
            raise NotEnabled(f"cannot {action}: links are FIFO, and an earlier message is in flight on this one")
        process = self.processes[envelope.receiver]
        if process.node is None or process.suspended is not None:
            raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
        if self.network.cut_links and (envelope.sender, envelope.receiver) in self.network.cut_links:
            raise NotEnabled(f"cannot {action}: the link {envelope.sender}->{envelope.receiver} is cut")
        self.network.take(envelope)
        self.begin(action)
        self.feed(process, (process.handler("receive"), (envelope.sender, envelope.content())))
        return action

    def _drop(self, action: Drop) -> Action:
        self._afford(action)
        envelope = self._envelope(action)
        action = envelope.drop()
        self.network.take(envelope)
        self.begin(action)
        return action

    def _duplicate(self, action: Duplicate) -> Action:
        self._afford(action)
        envelope = self._envelope(action)
        action = envelope.duplicate()
        self.begin(action)
        self.network.duplicate(envelope)
        return action

    def _cut(self, action: Cut) -> Action:
        self._afford(action)
        links = self._links(action, action.links, cut=False)
        self.begin(action)
        self.network.cut(links)
        return action

    def _mend(self, action: Mend) -> Action:
        links = self._links(action, action.links, cut=True)
        self.begin(action)
        self.network.mend(links)
        return action

    def _links(self, action: Cut | Mend, links: tuple[Link, ...], cut: bool) -> tuple[Link, ...]:
        for sender, receiver in links:
            self._process(action, sender)
            self._process(action, receiver)
        if not any((link in self.network.cut_links) is cut for link in links):
            raise NotEnabled(f"cannot {action}: {'none of these links is cut' if cut else 'all of these links are cut already'}")
        return links

    # The clock's

    def _fire(self, action: Fire) -> Action:
        process = self._process(action, action.node)
        timer = process.timers.get(action.timer)
        if timer is None or process.suspended is not None:
            raise NotEnabled(f"cannot {action}: {process.why_not() if not process.idle() else 'that timer is not armed'}")
        del process.timers[action.timer]
        recorder = self.recorder
        due = timer.armed + timer.earliest
        recorder.now = max(recorder.now, due)
        self.begin(action)
        self.feed(process, (process.handler("timeout"), (action.timer,)))
        return action

    def _advance(self, action: Advance) -> Action:
        deadline = self.host.next_deadline()
        if deadline == float("inf"):
            raise NotEnabled(f"cannot {action}: no node waits for one")
        self.recorder.now = max(self.recorder.now, int(deadline))
        self.begin(action)
        self.host.settle()
        return action

    def _calm(self, action: Calm) -> Action:
        from splitbrain.world.calm import calm_down  # noqa: PLC0415 - it drives a world, and so imports this module

        for node in action.core:
            self._process(action, node)
        out = len(self.nodes) - len(set(action.core))
        if out > self.scenario.budget.may_be_down(len(self.nodes)):
            raise NotEnabled(f"cannot {action}: it leaves {out} nodes dead, which is more than the fault budget allows")
        if not self.scenario.may_progress(action.core, len(self.nodes), self.options):
            raise NotEnabled(f"cannot {action}: that core can make no progress, so nothing can be asked of it")
        self.begin(action)
        calm_down(self, action)
        return action

    # The processes'

    def _request(self, action: Request) -> Action:
        process = self._process(action, action.node)
        if not process.idle():
            raise NotEnabled(f"cannot {action}: {process.id} {process.why_not()}")
        self.begin(action)
        self.request(process, action.id, action.command, calm=False)
        return action

    def _restart(self, action: Restart) -> Action:
        process = self._process(action, action.node)
        if process.running:
            raise NotEnabled(f"cannot {action}: {process.id} runs")
        self.begin(action)
        self.restart(process)
        return action

    def _complete(self, action: Complete) -> Action:
        process = self._process(action, action.node)
        if not process.syncs:
            raise NotEnabled(f"cannot {action}: it waits for no sync")
        self.begin(action)
        process.complete_sync()
        self.host.resume(process)
        if process.tokens:
            self.tell_synced(process)
        return action

    def _crash(self, action: Crash) -> Action:
        process = self._process(action, action.node)
        self._afford(action)
        during = action.during
        if during is None:
            if not process.running:
                raise NotEnabled(f"cannot {action}: {process.id} is down already")
            self.begin(action)
        else:
            handler = during.actor
            if handler != process.id:
                raise NotEnabled(f"cannot {action}: it is {handler} that handles the inner action")
            process.effects_left = action.after
            self._outer = action
            try:
                done = self.apply(during)
            except NotEnabled:
                process.effects_left = None
                raise
            finally:
                self._outer = None
            if done is not during:
                action = Crash(action.node, action.keep, done, action.after)  # type: ignore[arg-type]
        if self.crash(process, action.keep):
            self.recorder.count("crash losing writes")
        return action

    # Processes

    def _afford(self, action: Action) -> None:
        down = sum(not process.running for process in self._order)
        if isinstance(action, Crash) and not self.processes[action.node].running:
            down -= 1  # it starts in the inner action, or the crash is refused for another reason
        why = forbidden(self.scenario.budget, action, len(self.nodes), down)
        if why is not None:
            raise NotEnabled(f"cannot {action}: the fault budget of scenario {self.scenario.name!r} says that {why}")

    def _process(self, action: Action, name: NodeId) -> Process:
        process = self.processes.get(name)
        if process is None:
            raise NotEnabled(f"cannot {action}: there is no node {name!r} in a cluster of {len(self.nodes)}")
        return process

    def restart(self, process: Process) -> None:
        """Start a process that is down, for the first time or again."""
        process.incarnation += 1
        if self._keep_life[Started]:
            self.recorder.emit(Started(self.recorder.step, process.id, process.incarnation))
        peers = tuple(name for name in self.nodes if name != process.id)
        try:
            node = self.scenario.factory(process.id, peers, process.disk(), **self.options)
        except Exception as error:
            if process.incarnation == 1:
                raise ScenarioError(
                    f"scenario {self.scenario.name!r}: the factory cannot make node {process.id}: {type(error).__name__}: {error}; "
                    "it is called as factory(me, peers, disk, **options)"
                ) from error
            process.fail("raised", f"the factory, after a restart: {type(error).__name__}: {error}")
            return
        process.launch(node)
        self.host.start(process)
        if process.tokens:
            self.tell_synced(process)

    def tell_synced(self, process: Process) -> None:
        while process.tokens and process.idle():
            self.host.feed(process, (process.handler("synced"), (process.tokens.popleft(),)))
