"""A process: one node's identity across restarts, with its disk, its timers, and the performing of its effects.

Its length is one short method for each kind of effect, and the words for each breach of the contract.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from functools import partial
from inspect import iscoroutinefunction
from itertools import islice
from types import GeneratorType
from typing import Any, TypeAlias

from harness.clock import Timer
from harness.events import Erased, Failed, Replied, Synced, TimerCancelled, TimerSet, Wrote
from harness.freezing import freeze
from harness.network import Network
from harness.node import CancelTimer, Disk, Effects, Erase, NodeId, Observe, Reply, Send, SetTimer, Sync, Write
from harness.recorder import Recorder
from harness.storage import Disk as Storage

# A handler that has yielded this many effects for one input is taken to never stop.
EFFECTS_AT_MOST = 10_000
# What a node may raise without ending more than itself: a sys.exit() in it must not end a search as if it were clean.
NODE_FAILURES = (Exception, SystemExit)

Call: TypeAlias = tuple[Callable[..., Effects], tuple[Any, ...]]  # a handler and its arguments


class Process:
    """One process of the cluster; `node` is its current incarnation, or None when it is down."""

    def __init__(self, me: NodeId, network: Network, recorder: Recorder, slow_disk: bool) -> None:
        self.id = me
        self.incarnation = 0
        self.node: Any = None
        self.running = False
        self.timers: dict[str, Timer] = {}
        self.storage = Storage()
        self.on_timer: Callable[[Process, Timer], None] | None = None  # the fair phase listens here
        self.on_reply: Callable[[str, Any], None] | None = None
        self.slow_disk = slow_disk
        self.syncs: deque[tuple[int, str | None]] = deque()  # writes covered (counted from the oldest unsynced), token
        self.tokens: deque[str] = deque()  # completed Sync(token)s whose input is still to come
        self.suspended: Iterator[Any] | None = None  # a handler that waits for its Sync()
        self.effects_left: int | None = None  # the power goes when this many more effects have happened
        self._abandoned: list[Any] = []  # handlers cut by a crash: kept, so that collecting them runs none of their code
        self._network = network
        self._recorder = recorder
        self._records = {kind: recorder.wants(kind) for kind in (TimerSet, TimerCancelled, Wrote, Erased, Synced, Replied)}
        self._perform: dict[type, Callable[[Any], None]] = {
            Send: self._send,
            SetTimer: self._set_timer,
            CancelTimer: self._cancel_timer,
            Write: self._write,
            Erase: self._erase,
            Sync: self._sync,
            Reply: self._reply,
            Observe: self._observe,
        }

    # What the host calls

    def handler(self, name: str) -> Callable[..., Effects]:
        """The node's handler of that name; for one that it lacks, a handler that says so when it is called."""
        handler: Callable[..., Effects] | None = getattr(self.node, name, None)
        return partial(_lacking, self.node, name) if handler is None else handler

    def handle(self, call: Call) -> None:
        """Run one handler, and perform its effects as it yields them."""
        handler, arguments = call
        try:
            outcome = handler(*arguments)
            if outcome is _NOTHING:
                return
            effects = iter(outcome)
        except NODE_FAILURES as error:  # the node's own boundary: its failure is an outcome
            self._raised(handler, error)
            return
        self.pull(effects)

    def pull(self, effects: Iterator[Any]) -> None:
        """Perform effects until there are no more, the node waits for its disk, or the power goes."""
        if self.slow_disk or self.effects_left is not None:
            self._pull_watchfully(effects)
            return
        perform = self._perform
        try:
            for effect in islice(effects, EFFECTS_AT_MOST):
                perform[type(effect)](effect)
            for _ in effects:
                self._hung(effects)
                return
        except NODE_FAILURES as error:
            self._broke(effects, error)

    def perform(self, effect: Any) -> None:
        """Perform one effect (of an async node)."""
        performer = self._perform.get(type(effect))
        if performer is None:
            raise Malformed(f"it yielded a {type(effect).__name__}, which is not an effect")
        performer(effect)

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
        if self.suspended is not None:
            self._abandoned.append(self.suspended)
            self.suspended = None

    def close(self) -> None:
        """End the handlers that were cut off, when the run is over.

        That runs their `finally` blocks, long after the power cut, and reaches nobody: what they yield is not performed.
        Left to the garbage collector, each that yields once more would be complained of on stderr.
        """
        if self.suspended is not None:
            self._abandoned.append(self.suspended)
            self.suspended = None
        for effects in self._abandoned:
            _end(effects)
        self._abandoned.clear()

    def disk(self) -> Disk:
        """What survived, for the next incarnation."""
        return self.storage.view()

    def idle(self) -> bool:
        """Whether it can take an input now: it runs, and does not wait for its disk."""
        return self.running and self.suspended is None

    def why_not(self) -> str:
        """Why it is not idle."""
        return "is down" if not self.running else "waits for its disk"

    def complete_sync(self) -> None:
        """The disk answers the oldest outstanding sync."""
        covered, token = self.syncs.popleft()
        self.storage.sync(covered)
        self.syncs = deque((count - covered, other) for count, other in self.syncs)
        if self._records[Synced]:
            self._recorder.emit(Synced(self._recorder.step, self.id, token))
        if token is not None:
            self.tokens.append(token)

    def resume(self) -> Iterator[Any] | None:
        """The suspended handler, if the sync that it waits for has completed."""
        if self.suspended is None or any(token is None for _, token in self.syncs):
            return None
        effects, self.suspended = self.suspended, None
        return effects

    # Effects, in the order of the contract

    def _send(self, effect: Send) -> None:
        if effect.to not in self._network.known:
            raise Malformed(f"Send(to={effect.to!r}): there is no such node; the cluster is {', '.join(self._network.nodes)}")
        self._network.send(self.id, effect.to, effect.message)

    def _set_timer(self, effect: SetTimer) -> None:
        earliest, latest = effect.earliest, effect.latest
        if type(effect.name) is not str:
            raise Malformed(f"SetTimer({effect.name!r}, ...): a timer's name must be a string, for schedules to name it")
        if type(earliest) is not int or type(latest) is not int or not 0 <= earliest <= latest:
            raise Malformed(
                f"SetTimer({effect.name!r}, {earliest!r}, {latest!r}): "
                "the range must be two whole numbers of ms, 0 <= earliest <= latest"
            )
        recorder = self._recorder
        timer = self.timers[effect.name] = Timer(self.id, effect.name, earliest, latest, recorder.now)
        if self._records[TimerSet]:
            recorder.emit(TimerSet(recorder.step, self.id, effect.name, earliest, latest))
        if self.on_timer is not None:
            self.on_timer(self, timer)

    def _cancel_timer(self, effect: CancelTimer) -> None:
        if self.timers.pop(effect.name, None) is not None and self._records[TimerCancelled]:
            self._recorder.emit(TimerCancelled(self._recorder.step, self.id, effect.name))

    def _write(self, effect: Write) -> None:
        key, value = _hashable(effect, effect.key), freeze(effect.value)
        self.storage.write(key, value)
        if self._records[Wrote]:
            self._recorder.emit(Wrote(self._recorder.step, self.id, key, value))

    def _erase(self, effect: Erase) -> None:
        self.storage.erase(_hashable(effect, effect.key))
        if self._records[Erased]:
            self._recorder.emit(Erased(self._recorder.step, self.id, effect.key))

    def _sync(self, effect: Sync) -> None:
        outstanding = len(self.storage.unsynced)
        if self.slow_disk:
            self.syncs.append((outstanding, effect.token))
            return
        self.storage.sync(outstanding)
        if self._records[Synced]:
            self._recorder.emit(Synced(self._recorder.step, self.id, effect.token))
        if effect.token is not None:
            self.tokens.append(effect.token)

    def _reply(self, effect: Reply) -> None:
        if self._records[Replied]:
            self._recorder.emit(Replied(self._recorder.step, self.id, effect.request, freeze(effect.result)))
        if self.on_reply is not None:
            self.on_reply(effect.request, effect.result)

    def _observe(self, effect: Observe) -> None:
        self._recorder.observed(self.id, freeze(effect.observation))

    # When the power may go, or the disk is slow

    def _pull_watchfully(self, effects: Iterator[Any]) -> None:
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

    # Breaches of the contract

    def fail(self, how: str, detail: str) -> None:
        """The node broke the contract: it is dead until it is restarted, and what it had not synced is lost."""
        # An object's address differs from one process to the next, and a trace must not.
        self._recorder.emit(Failed(self._recorder.step, self.id, how, re.sub(r" at 0x[0-9a-fA-F]+", "", detail)))
        self.halt()
        self.storage.crash(keep=0)

    def _raised(self, handler: Callable[..., Effects], error: BaseException) -> None:
        name = getattr(handler, "__name__", "handler")
        if isinstance(error, Malformed):
            self.fail("malformed", str(error))
            return
        if isinstance(error, TypeError) and "is not iterable" in str(error) and _is_ours(error):
            self.fail("malformed", f"{name} returned something that is not effects: {error}; yield effects, or return ()")
            return
        self.fail("raised", f"{name}: {type(error).__name__}: {error}")

    def _broke(self, effects: Iterator[Any], error: BaseException) -> None:
        self._abandoned.append(effects)  # it goes on to wait, where it was an effect of its that could not be performed
        if isinstance(error, Malformed):
            self.fail("malformed", str(error))
        elif isinstance(error, KeyError) and error.args and isinstance(error.args[0], type) and _is_ours(error):
            self.fail("malformed", f"it yielded a {error.args[0].__name__}, which is not an effect")
        else:
            name = getattr(effects, "__name__", "handler")
            self.fail("raised", f"{name}: {type(error).__name__}: {error}")

    def _hung(self, effects: Iterator[Any]) -> None:
        self._abandoned.append(effects)
        self.fail("hung", f"one handler yielded more than {EFFECTS_AT_MOST:,} effects for one input")


class Malformed(Exception):  # noqa: N818 - it names what was found
    """An effect that cannot be performed."""


def is_async(node: Any) -> bool:
    """Whether it is an async node (``async def run(self, env)``); any other `run` is a sans-I/O node's own business."""
    run = getattr(node, "run", None)
    return run is not None and iscoroutinefunction(run)


_DONE = object()
_NOTHING: tuple[()] = ()
_CLOSES_AT_MOST = 100  # of one handler that yields each time it is closed


def _end(effects: Any) -> None:
    """Close a generator, however often it yields while it is closed. An iterator over a list has nothing to close."""
    for _ in range(_CLOSES_AT_MOST if isinstance(effects, GeneratorType) else 0):
        try:
            effects.close()
        except RuntimeError:  # it yielded ("generator ignored GeneratorExit"), and so is not closed yet
            continue
        except NODE_FAILURES:
            return
        return


def _lacking(node: Any, name: str, *_: Any) -> Effects:
    raise Malformed(
        f"a {type(node).__name__} has no handler `{name}`; a node has start, receive, timeout and request "
        "(`return ()` where there is nothing to do), and synced where it yields Sync(token)"
    )


def _is_ours(error: BaseException) -> bool:
    """Whether it was raised where effects are pulled, not in the node's code behind it."""
    return error.__traceback__ is not None and error.__traceback__.tb_next is None


def _hashable(effect: Write | Erase, key: Any) -> Any:
    try:
        hash(key)
    except TypeError as error:
        raise Malformed(
            f"{_shown(effect)}: a disk's key must be hashable ({error}); use strings, numbers or tuples of them"
        ) from None
    return key


def _shown(effect: object) -> str:
    return f"{effect!r:.80}"
