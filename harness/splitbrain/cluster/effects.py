"""Effects performed: what each does to the timers, the disk and the links of a process, and what makes one malformed."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from splitbrain.cluster.breach import Malformed, no_effect
from splitbrain.cluster.clock import Clock, Timer
from splitbrain.cluster.disk import Disk
from splitbrain.cluster.network import Network
from splitbrain.events import Erased, Replied, Synced, TimerCancelled, TimerSet, Wrote
from splitbrain.node import CancelTimer, Erase, NodeId, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.trace.freezing import freeze
from splitbrain.trace.recorder import Recorder


class Performer:
    """Performs the effects of one process, in the order of the contract, on what it has in the world."""

    def __init__(self, me: NodeId, network: Network, clock: Clock, recorder: Recorder, slow_disk: bool) -> None:
        self.id = me
        self.timers: dict[str, Timer] = {}
        self.storage = Disk()
        self.slow_disk = slow_disk
        self.syncs: deque[tuple[int, str | None]] = deque()  # writes covered (counted from the oldest unsynced), token
        self.tokens: deque[str] = deque()  # completed Sync(token)s whose input is still to come
        self.on_timer: Callable[[Timer], None] | None = None  # the fair phase listens here
        self.on_reply: Callable[[str, Any], None] | None = None
        self._network = network
        self._clock = clock
        self._recorder = recorder
        self._records = {kind: recorder.wants(kind) for kind in (TimerSet, TimerCancelled, Wrote, Erased, Synced, Replied)}
        self._performers: dict[type, Callable[[Any], None]] = {
            Send: self._send,
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
        covered, token = self.syncs.popleft()
        self.syncs = deque((count - covered, other) for count, other in self.syncs)
        self._synced(covered, token)

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
        timer = self.timers[effect.name] = Timer(self.id, effect.name, earliest, latest, self._clock.now)
        if self._records[TimerSet]:
            recorder.emit(TimerSet(recorder.step, self.id, effect.name, earliest, latest))
        if self.on_timer is not None:
            self.on_timer(timer)

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
        else:
            self._synced(outstanding, effect.token)

    def _synced(self, covered: int, token: str | None) -> None:
        self.storage.sync(covered)
        if self._records[Synced]:
            self._recorder.emit(Synced(self._recorder.step, self.id, token))
        if token is not None:
            self.tokens.append(token)

    def _reply(self, effect: Reply) -> None:
        if self._records[Replied]:
            self._recorder.emit(Replied(self._recorder.step, self.id, effect.request, freeze(effect.result)))
        if self.on_reply is not None:
            self.on_reply(effect.request, effect.result)

    def _observe(self, effect: Observe) -> None:
        self._recorder.observed(self.id, freeze(effect.observation), bool(self._network.cut_links))


def _hashable(effect: Write | Erase, key: Any) -> Any:
    try:
        hash(key)
    except TypeError as error:
        raise Malformed(
            f"{effect!r:.80}: a disk's key must be hashable ({error}); use strings, numbers or tuples of them"
        ) from None
    return key
