"""A process: one node's identity across restarts; its lives, its handlers, and the power that they run on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice
from typing import Any, TypeAlias

from splitbrain.cluster.breach import (
    EFFECTS_AT_MOST,
    NODE_FAILURES,
    end,
    how_it_failed,
    lacking,
    no_effect,
    why_no_effects,
    without_addresses,
)
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.effects import Performer
from splitbrain.cluster.network import Network
from splitbrain.events import Failed
from splitbrain.node import DiskView, Effects, NodeId, Sync
from splitbrain.trace.recorder import Recorder

Call: TypeAlias = tuple[Callable[..., Effects], tuple[Any, ...]]  # a handler and its arguments


class Process(Performer):
    """One process of the cluster; `node` is its current incarnation, or None when it is down."""

    def __init__(self, me: NodeId, network: Network, clock: Clock, recorder: Recorder, slow_disk: bool) -> None:
        super().__init__(me, network, clock, recorder, slow_disk)
        self.incarnation = 0
        self.node: Any = None
        self.running = False
        self.suspended: Iterator[Any] | None = None  # a handler that waits for its Sync()
        self.effects_left: int | None = None  # the power goes when this many more effects have happened
        self._abandoned: list[Any] = []  # handlers cut by a crash: kept, so that collecting them runs none of their code

    # Its lives

    def launch(self, node: Any) -> None:
        """Begin a new incarnation."""
        self.node = node
        self.running = True

    def halt(self) -> None:
        """Cut this incarnation off: nothing is sent, written or observed by it any more."""
        self.running = False
        self.node = None
        self.timers.clear()
        self.syncs.clear()
        self.tokens.clear()
        self.effects_left = None
        self._abandon_suspended()

    def fail(self, how: str, detail: str) -> None:
        """The node broke the contract: it is dead until it is restarted, and what it had not synced is lost."""
        self._recorder.emit(Failed(self._recorder.step, self.id, how, without_addresses(detail)))
        self.halt()
        self.storage.crash(keep=0)

    def close(self) -> None:
        """End the handlers that were cut off, when the run is over.

        That runs their `finally` blocks, long after the power cut, and reaches nobody: what they yield is not performed.
        Left to the garbage collector, each that yields once more would be complained of on stderr.
        """
        self._abandon_suspended()
        for effects in self._abandoned:
            end(effects)
        self._abandoned.clear()

    def disk(self) -> DiskView:
        """What survived, for the next incarnation."""
        return self.storage.view()

    def idle(self) -> bool:
        """Whether it can take an input now: it runs, and does not wait for its disk."""
        return self.running and self.suspended is None

    def why_not(self) -> str:
        """Why it is not idle."""
        return "is down" if not self.running else "waits for its disk"

    # Its handlers

    def handler(self, name: str) -> Callable[..., Effects]:
        """The node's handler of that name; for one that it lacks, a handler that says so when it is called."""
        handler: Callable[..., Effects] | None = getattr(self.node, name, None)
        return partial(lacking, self.node, name) if handler is None else handler

    def handle(self, call: Call) -> None:
        """Run one handler, and perform its effects as it yields them. Whatever goes wrong in it is the node's own failure."""
        handler, arguments = call
        try:
            outcome = handler(*arguments)
        except NODE_FAILURES as error:
            self.fail(*how_it_failed(_name(handler), error))
            return
        if outcome is _NOTHING:
            return
        try:
            effects = iter(outcome)
        except NODE_FAILURES as error:
            self.fail(*why_no_effects(_name(handler), outcome, error))
            return
        self.pull(effects)

    def pull(self, effects: Iterator[Any]) -> None:
        """Perform effects until there are no more, the node waits for its disk, or the power goes."""
        if self.slow_disk or self.effects_left is not None:
            self._pull_watchfully(effects)
            return
        performers: dict[Any, Callable[[Any], None]] = self._performers
        effect: Any = _NOTHING_YET
        try:
            for effect in islice(effects, EFFECTS_AT_MOST):
                performers[type(effect)](effect)
            for _ in effects:
                self._hung(effects)
                return
        except NODE_FAILURES as error:
            # What is no effect is found out here: to look first, at each effect, would cost a tenth of a search.
            strange = effect is not _NOTHING_YET and type(effect) not in performers
            self._broke(effects, no_effect(effect) if strange else error)

    def resume(self) -> Iterator[Any] | None:
        """The suspended handler, if the sync that it waits for has completed."""
        if self.suspended is None or any(token is None for _, token in self.syncs):
            return None
        effects, self.suspended = self.suspended, None
        return effects

    def _pull_watchfully(self, effects: Iterator[Any]) -> None:
        """The power may go, or the disk is slow."""
        pulled = 0
        try:
            while self.effects_left != 0:
                effect = next(effects, _DONE)
                if effect is _DONE:
                    return
                if pulled == EFFECTS_AT_MOST:
                    self._hung(effects)
                    return
                self.perform(effect)
                pulled += 1
                if self.effects_left is not None:
                    self.effects_left -= 1
                if self.slow_disk and type(effect) is Sync and effect.token is None:
                    self.suspended = effects
                    return
        except NODE_FAILURES as error:
            self._broke(effects, error)
            return
        self._abandoned.append(effects)

    def _broke(self, effects: Iterator[Any], error: BaseException) -> None:
        self._abandoned.append(effects)  # it goes on to wait, where it was an effect of its that could not be performed
        self.fail(*how_it_failed(_name(effects), error))

    def _hung(self, effects: Iterator[Any]) -> None:
        self._abandoned.append(effects)
        self.fail("hung", f"one handler yielded more than {EFFECTS_AT_MOST:,} effects for one input")

    def _abandon_suspended(self) -> None:
        if self.suspended is not None:
            self._abandoned.append(self.suspended)
            self.suspended = None


def _name(handler: object) -> str:
    return str(getattr(handler, "__name__", "handler"))


_DONE = object()
_NOTHING_YET = object()
_NOTHING: tuple[()] = ()
