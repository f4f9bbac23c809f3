"""Effects performed: what each does to the timers, the disk and the links of a process, and what makes one malformed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, TypeAlias

from splitbrain.cluster.breach import Malformed, no_effect, shown
from splitbrain.cluster.clock import Clock, Timer
from splitbrain.cluster.disk import Disk
from splitbrain.cluster.network import Network, Notice
from splitbrain.events import Erased, Replied, Synced, TimerCancelled, TimerSet, Wrote
from splitbrain.node import CancelTimer, Erase, NodeId, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.trace.freezing import freeze, is_frozen
from splitbrain.trace.history import History
from splitbrain.trace.recorder import Recorder

Own: TypeAlias = tuple[str, tuple[Any, ...]] | Notice  # a handler's name and its arguments


class Performer:
    """Performs the effects of one process, in the order of the contract, on what it has in the world."""

    def __init__(self, me: NodeId, network: Network, clock: Clock, recorder: Recorder, history: History, slow_disk: bool) -> None:
        self.id = me
        self.timers: dict[str, Timer] = {}
        self.storage = Disk()
        self.slow_disk = slow_disk
        # Of each: the writes that it covers (counted from the oldest unsynced), its token, and the step in which it was asked for.
        self.syncs: deque[tuple[int, str | None, int]] = deque()
        # What it is still to get of the inputs that it brought about itself: completed Sync(token)s, what it sent to itself; and
        # of what it is told when the cluster has started: its connections.
        self.inputs: deque[Own] = deque()
        self.unheard: deque[Notice] | None = None  # of an async node: notices in its inbox, which it has not looked at yet
        self.asked: dict[str, int] = {}  # requests of this incarnation, and how many answers each may still get
        self.on_timer: Callable[[Timer], None] | None = None  # the fair phase listens here
        self.on_reply: Callable[[str, Any], None] | None = None
        self._network = network
        self._clock = clock
        self._recorder = recorder
        self._history = history
        self._records = {kind: recorder.wants(kind) for kind in (TimerSet, TimerCancelled, Wrote, Erased, Synced, Replied)}
        self._performers = self._table()

    def _table(self) -> dict[type, Callable[[Any], None]]:
        keeps = (self.id, self.id) in self._network.aside
        return {
            Send: self._send_or_keep if keeps else self._send,
            SetTimer: self._set_timer,
            CancelTimer: self._cancel_timer,
            Write: self._write,
            Erase: self._erase,
            Sync: self._sync,
            Reply: self._reply,
            Observe: self._observe,
        }

    def perform(self, effect: Any) -> None:
        """Perform one effect. Raises `Malformed` for what cannot be performed."""
        performer = self._performers.get(type(effect))
        if performer is None:
            raise no_effect(effect)
        performer(effect)

    def complete_sync(self) -> None:
        """The disk answers the oldest outstanding sync."""
        covered, token, asked = self.syncs.popleft()
        self.syncs = deque((count - covered, other, step) for count, other, step in self.syncs)
        self._synced(covered, token, asked)

    def heard(self) -> None:
        """An async node takes the next notice from its inbox: what it sent before was not for that connection."""
        if self.unheard:
            self._network.told(self.unheard.popleft())

    def _send(self, effect: Send) -> None:
        if effect.to not in self._network.known:
            raise Malformed(
                f"Send(to={shown(effect.to)}), but there is no such node", f"the cluster is {', '.join(self._network.nodes)}"
            )
        self._network.send(self.id, effect.to, effect.message)

    def _send_or_keep(self, effect: Send) -> None:
        self._send(effect)
        if effect.to == self.id:
            message = effect.message if is_frozen(effect.message) else freeze(effect.message)
            self.inputs.append(("receive", (self.id, message)))

    def _set_timer(self, effect: SetTimer) -> None:
        earliest, latest = effect.earliest, effect.latest
        if type(effect.name) is not str:
            raise Malformed(f"SetTimer({shown(effect.name)}, ...)", "a timer's name must be a string, for schedules to name it")
        if type(earliest) is not int or type(latest) is not int or not 0 <= earliest <= latest:
            raise Malformed(
                f"SetTimer({shown(effect.name)}, {shown(earliest)}, {shown(latest)})",
                "the range must be two whole numbers of ms, 0 <= earliest <= latest",
            )
        recorder = self._recorder
        timer = self.timers[effect.name] = Timer(self.id, effect.name, earliest, latest, self._clock.now)
        if self._records[TimerSet]:
            recorder.emit(TimerSet(recorder.step, self.id, effect.name, earliest, latest))
        if self.on_timer is not None:
            self.on_timer(timer)

    def _cancel_timer(self, effect: CancelTimer) -> None:
        if self.timers.pop(effect.name, None) is not None and self._records[TimerCancelled]:
            self._recorder.emit(TimerCancelled(self._recorder.step, self.id, effect.name))

    def _write(self, effect: Write) -> None:
        key, value = _hashable(effect, effect.key), effect.value
        if not is_frozen(value):
            value = freeze(value)
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
            self.syncs.append((outstanding, effect.token, self._recorder.step))
        else:
            self._synced(outstanding, effect.token)

    def _synced(self, covered: int, token: str | None, asked: int | None = None) -> None:
        self.storage.sync(covered)
        if self._records[Synced]:
            self._recorder.emit(Synced(self._recorder.step, self.id, token, asked))
        if token is not None:
            self.inputs.append(("synced", (token,)))

    def _reply(self, effect: Reply) -> None:
        left = self.asked.get(effect.request)
        if not left:
            raise _unasked(effect, answered=left == 0)
        self.asked[effect.request] = left - 1
        result = effect.result if is_frozen(effect.result) else freeze(effect.result)
        self._history.reply(self._recorder.step, self.id, effect.request, result)
        if self._records[Replied]:
            self._recorder.emit(Replied(self._recorder.step, self.id, effect.request, result))
        if self.on_reply is not None:
            self.on_reply(effect.request, effect.result)

    def _observe(self, effect: Observe) -> None:
        said = effect.observation
        self._recorder.observed(self.id, said if is_frozen(said) else freeze(said), bool(self._network.cut_links))


def _hashable(effect: Write | Erase, key: Any) -> Any:
    try:
        hash(key)
    except TypeError:
        raise Malformed(
            f"{type(effect).__name__}({shown(key)}, ...), but a disk's key must be hashable",
            "use strings, numbers or tuples of them",
        ) from None
    return key


def _unasked(effect: Reply, answered: bool) -> Malformed:
    what = f"Reply({shown(effect.request)}, ...)"
    if answered:
        return Malformed(f"{what}, which it has answered already", "answer a request once for each time that it is asked")
    return Malformed(
        f"{what}, which nobody has asked it since it started",
        "answer what `request` was called with, on the node that was asked, and in the same incarnation",
    )
