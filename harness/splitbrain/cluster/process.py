"""A process: one node's identity across restarts; its lives, its handlers, and the power that they run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from splitbrain.cluster.allowance import EFFECTS_A_THING, EFFECTS_AT_MOST, allowance
from splitbrain.cluster.breach import (
    NODE_FAILURES,
    Call,
    Overdue,
    end,
    how_it_broke,
    how_it_failed,
    lacking,
    meant_by,
    name_of,
    no_effect,
    why_no_effects,
    without_addresses,
)
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.effects import Performer
from splitbrain.cluster.network import Network, Notice
from splitbrain.cluster.place import at, defined_at, raised_at
from splitbrain.declared.roles import Quota
from splitbrain.errors import ScenarioError
from splitbrain.events import Crashed, Exited, Failed
from splitbrain.node import DiskView, Effects, Exit, NodeId, Sync, hears, may_close, release
from splitbrain.trace.history import History
from splitbrain.trace.recorder import Recorder

INPUTS_AT_MOST = 10_000  # that a node brings about itself, in one step; and as many more as a handler may have effects
Rest: TypeAlias = tuple[Iterator[Any], Call]  # what a handler has still to do, and which it is


class Process(Performer):
    """One process of the cluster; `node` is its current incarnation, or None when it is down."""

    def __init__(self, me: NodeId, network: Network, clock: Clock, recorder: Recorder, history: History, quota: Quota) -> None:
        super().__init__(me, network, clock, recorder, history, quota.budget.slow_disks)
        self.quota = quota  # the fault budget that it goes by, and who shares that
        self.incarnation = 0
        self.node: Any = None
        self.running = False
        self.recovers = False  # whether it must recover where it is restarted, as far as that is known
        self.recovering = False  # it runs, but is no full member yet, and so counts as down
        self.suspended: Rest | None = None  # a handler that waits for its Sync()
        self.effects_left: int | None = None  # the power goes when this many more effects have happened
        self.calls = 0  # so often was code of a node's called: the watchdog looks whether it goes up
        self.found = 0  # records on the disk when this incarnation began
        self.condemned: Overdue | None = None  # the watchdog's, until the node is dead
        self.on_exit: Callable[[Process], None] | None = None  # the fair phase listens here
        self.lapses: list[str] = []  # what its nodes' `close` did wrong, which changes no run
        self._over: list[Any] = []  # incarnations that have ended, and are to be told so
        self._abandoned: list[Any] = []  # handlers cut by a crash: kept, so that collecting them runs none of their code

    # Its lives

    def launch(self, node: Any) -> None:
        """Begin a new incarnation."""
        self.node = node
        self.running = True
        self._network.joined(self.id, hears(node))

    def halt(self) -> None:
        """Cut this incarnation off: nothing is sent, written or observed by it any more."""
        if self.node is not None and may_close(self.node):
            self._over.append(self.node)
        self.running = self.recovering = False
        self.node = None
        self.timers.clear()
        self.syncs.clear()
        self.inputs.clear()
        self.unheard = None
        self.asked.clear()
        self.effects_left = None
        self._abandon_suspended()

    def fall(self, keep: int) -> tuple[int, int]:
        """End this incarnation, whatever it died of: its connections end, and the first ``keep`` of its unsynced writes survive.

        Returns how many did, and how many are lost.
        """
        self.halt()
        self._network.left(self.id)
        return self.storage.crash(keep)

    def fail(self, how: str, detail: str) -> None:
        """The node broke the contract: it is dead until it is restarted, and what it had not synced is lost."""
        self._recorder.emit(Failed(self._recorder.step, self.id, how, without_addresses(detail)))
        self.fall(keep=0)
        if self.condemned is not None:
            self._pardon()

    def raised(self, where: str, error: BaseException) -> None:
        """Its code, called ``where``, raised: it means to die, or broke the contract."""
        meant = meant_by(error) if self.condemned is None else None
        if meant is None:
            self.fail(*how_it_failed(where, error))
        else:
            self.leave(meant)

    def die(self, where: str, error: BaseException) -> None:
        """The same, where none of its code runs any more."""
        self.raised(where, error)
        self.bury()

    def leave(self, meant: Exit) -> None:
        """The node ends itself, as it is meant to: down until it is restarted, and what it had not synced is lost."""
        self._recorder.count("exit")
        self._recorder.emit(Exited(self._recorder.step, self.id, without_addresses(meant.reason)))
        _, lost = self.fall(keep=0)
        self._recorder.emit(Crashed(self._recorder.step, self.id, 0, lost))
        if self.on_exit is not None:
            self.on_exit(self)

    def condemn(self, error: Overdue) -> None:
        """Its node computes for ever: nothing that it asks for happens any more, whatever it does about ``error``."""
        self.condemned = error
        self._performers.update(dict.fromkeys(self._performers, self._refuse))
        self._recorder.blame(Unfinished(self))  # so that the world looks when the action is over

    def _pardon(self) -> None:
        self.condemned = None
        self._performers.update(self._table())
        if isinstance(self._recorder.error, Unfinished):
            self._recorder.error = None

    def _refuse(self, _: Any) -> None:
        assert self.condemned is not None
        raise self.condemned

    def bury(self) -> None:
        """Tell the incarnations that have ended, once none of their code runs any more, to `close`.

        Nothing that they do then reaches anybody; what they do wrong then is a lapse, and changes no run.
        """
        while self._over:
            node = self._over.pop(0)
            self.calls += 1
            try:
                error = release(node)
            except Overdue as overdue:
                error = overdue
            if error is not None:
                self.lapses.append(f"{self.id}'s close() raised {type(error).__name__}: {error}{at(raised_at(error))}")

    def close(self) -> None:
        """End its last incarnation, and the handlers that were cut off, when the run is over.

        That runs their `finally` blocks, long after the power cut, and reaches nobody: what they yield is not performed.
        Left to the garbage collector, each that yields once more would be complained of on stderr.
        """
        self.halt()
        for effects in self._abandoned:
            self.calls += 1
            end(effects)
        self._abandoned.clear()
        self.bury()

    def disk(self) -> DiskView:
        """What survived, for the next incarnation."""
        self.found = self.storage.records
        return self.storage.view()

    def idle(self) -> bool:
        """Whether it can take an input now: it runs, and does not wait for its disk."""
        return self.running and self.suspended is None

    def why_not(self) -> str:
        """Why it is not idle."""
        return "is down" if not self.running else "waits for its disk"

    def next_input(self) -> Call | None:
        """The next of the inputs that it is to get in this step, if there is one and it can take it now."""
        while self.inputs and self.idle() and self.effects_left != 0:
            own = self.inputs.popleft()
            call = self.told(own) if isinstance(own, Notice) else (self.handler(own[0]), own[1])
            if call is not None:
                return call
        return None

    def goes_on_for_ever(self, given: int) -> bool:
        """Whether it has brought about so many inputs in one step that it will not stop; it is hung then."""
        if given <= INPUTS_AT_MOST or given <= INPUTS_AT_MOST + EFFECTS_A_THING * self.storage.records or not self.inputs:
            return False
        own = self.inputs[0]
        name = own.kind if isinstance(own, Notice) else own[0]
        what = f"{name} was called {given:,} times in one step, for what the node sent to itself or synced"
        self.fail("hung", f"{what}{at(defined_at(self.handler(name)))}")
        return True

    def told(self, notice: Notice) -> Call | None:
        """It is told of a connection; returns the call, where it has a handler for that."""
        if self.unheard is None:
            self._network.told(notice)
        else:
            self.unheard.append(notice)
        handler = getattr(self.node, notice.kind, None)
        return None if handler is None else (handler, (notice.sender,))

    # Its handlers

    def handler(self, name: str) -> Callable[..., Effects]:
        """The node's handler of that name; for one that it lacks, a handler that says so when it is called."""
        handler: Callable[..., Effects] | None = getattr(self.node, name, None)
        return partial(lacking, self.node, name) if handler is None else handler

    def handle(self, call: Call) -> None:
        """Run one handler, and perform its effects as it yields them. Whatever goes wrong in it is the node's own failure."""
        handler, arguments = call
        self.calls += 1
        try:
            outcome = handler(*arguments)
        except NODE_FAILURES as error:
            self.die(name_of(handler), error)
            return
        if outcome is _NOTHING:
            return
        try:
            effects = iter(outcome)
        except NODE_FAILURES as error:
            self._die(*why_no_effects(call, outcome, error))
            return
        self.pull(effects, call)

    def pull(self, effects: Iterator[Any], call: Call) -> None:
        """Perform effects until there are no more, the node waits for its disk, or the power goes."""
        if self.slow_disk or self.effects_left is not None:
            self._pull_watchfully(effects, call)
            return
        performers: dict[Any, Callable[[Any], None]] = self._performers
        effect: Any = _NOTHING_YET
        try:
            for effect in islice(effects, EFFECTS_AT_MOST):
                performers[type(effect)](effect)
            for effect in effects:  # more than most inputs cause: how many may this one?
                performers[type(effect)](effect)
                most = self._allowance(call)
                for effect in islice(effects, most - EFFECTS_AT_MOST - 1):
                    performers[type(effect)](effect)
                for _ in effects:
                    self._hung(effects, call, most)
                    return
        except NODE_FAILURES as error:
            # What is no effect is found out here: to look first, at each effect, would cost a tenth of a search.
            strange = effect is not _NOTHING_YET and type(effect) not in performers
            self._broke(effects, call, no_effect(effect) if strange else error)

    def resume(self) -> Rest | None:
        """The suspended handler, if the sync that it waits for has completed."""
        if self.suspended is None or any(token is None for _, token, _ in self.syncs):
            return None
        rest, self.suspended = self.suspended, None
        self.calls += 1
        return rest

    def _pull_watchfully(self, effects: Iterator[Any], call: Call) -> None:
        """The power may go, or the disk is slow."""
        pulled, most = 0, EFFECTS_AT_MOST
        try:
            while self.effects_left != 0:
                effect = next(effects, _DONE)
                if effect is _DONE:
                    return
                if pulled == most:
                    if most == EFFECTS_AT_MOST:
                        most = self._allowance(call)
                    if pulled == most:
                        self._hung(effects, call, most)
                        return
                self.perform(effect)
                pulled += 1
                if self.effects_left is not None:
                    self.effects_left -= 1
                if self.slow_disk and type(effect) is Sync and effect.token is None:
                    self.suspended = effects, call
                    return
        except NODE_FAILURES as error:
            self._broke(effects, call, error)
            return
        self._abandoned.append(effects)

    def _allowance(self, call: Call) -> int:
        # What is on the disk by now may have been written by an endless handler itself, but for so much.
        return allowance(max(self.found, self.storage.records - EFFECTS_AT_MOST), call[1])

    def _die(self, how: str, detail: str) -> None:
        self.fail(how, detail)
        self.bury()

    def _broke(self, effects: Iterator[Any], call: Call, error: BaseException) -> None:
        self._abandoned.append(effects)  # it goes on to wait, where it was an effect of its that could not be performed
        if meant_by(error) is None:
            self._die(*how_it_broke(call, effects, error))
        else:
            self.die(name_of(call[0]), error)

    def _hung(self, effects: Iterator[Any], call: Call, most: int) -> None:
        self._abandoned.append(effects)
        handler = call[0]
        self._die("hung", f"{name_of(handler)} yielded more than {most:,} effects for one input{at(defined_at(handler))}")

    def _abandon_suspended(self) -> None:
        if self.suspended is not None:
            self._abandoned.append(self.suspended[0])
            self.suspended = None


class Unfinished(ScenarioError):  # noqa: N818 - it is no error of anybody's, and raised nowhere
    """Stands in a recorder for a node that caught the watchdog's `Overdue`, and whose handler then came to an end after all."""

    def __init__(self, process: Process) -> None:
        self.process = process
        super().__init__(f"{process.id} is to be dead")


_DONE = object()
_NOTHING_YET = object()
_NOTHING: tuple[()] = ()
