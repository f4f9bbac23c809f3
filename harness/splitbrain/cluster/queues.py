"""Links that are first in, first out: a queue for each, so that nothing depends on how much else is in flight."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from splitbrain.actions import Deliver, Drop, Duplicate, Link
from splitbrain.cluster.network import Envelope, Network
from splitbrain.node import NodeId
from splitbrain.trace.recorder import Recorder

if TYPE_CHECKING:
    from splitbrain.scenario import Label

_NEAR = (-1, 1, -2, 2, -3, 3, -4, 4)  # how far away what stands in for a message is looked for


class Queue(msgspec.Struct, eq=False):
    """One link's messages in the order of sending; the first is in flight, among the others may be some that are gone.

    place: where `Queues.waiting` holds it (-1: it is empty).
    """

    items: deque[Envelope]
    place: int = -1

    @property
    def first(self) -> Envelope:
        """What arrives next."""
        return self.items[0]


class Queues(Network):
    """Links that keep the order of sending. `waiting` has the queues of those that have something in flight, in no order.

    reorders: they do not, and yet are queues (of connections in a world that is weaker than it is declared to be).
    """

    def __init__(
        self, nodes: tuple[NodeId, ...], label: Label, recorder: Recorder, local: bool = False, reorders: bool = False
    ) -> None:
        super().__init__(nodes, label, recorder, local)
        self.reorders = reorders
        self.queues: dict[Link, Queue] = {}
        self.waiting: list[Queue] = []

    def send(self, sender: NodeId, receiver: NodeId, message: Any) -> None:
        """Put a message in flight, behind all others of its link."""
        number = self._number
        super().send(sender, receiver, message)
        if self._number > number:
            self.put(self.flight[-1])

    def duplicate(self, envelope: Envelope) -> None:
        """Put one more copy in flight, behind all others of its link."""
        super().duplicate(envelope)
        self.put(self.flight[-1])

    def put(self, envelope: Envelope) -> None:
        """Let a message that is in flight stand in its queue."""
        link = envelope.sender, envelope.receiver
        queue = self.queues.get(link)
        if queue is None:
            queue = self.queues[link] = Queue(deque())
        if queue.place < 0:
            queue.place = len(self.waiting)
            self.waiting.append(queue)
        queue.items.append(envelope)

    def take(self, envelope: Envelope) -> None:
        """Remove a message from flight."""
        super().take(envelope)
        queue = self.queues[envelope.sender, envelope.receiver]
        items = queue.items
        while items and items[0].place < 0:
            items.popleft()
        if not items:
            self.forget(queue)

    def forget(self, queue: Queue) -> None:
        """Nothing is in flight there any more."""
        last = self.waiting.pop()
        if last is not queue:
            self.waiting[queue.place] = last
            last.place = queue.place
        queue.place = -1

    def first_on_link(self, envelope: Envelope) -> Envelope:
        """The message that must arrive on this one's link before all others."""
        return envelope if self.reorders else self.queues[envelope.sender, envelope.receiver].items[0]

    def fronts(self) -> Sequence[Envelope]:
        """The first message of each link."""
        return self.flight if self.reorders else [queue.items[0] for queue in self.waiting]

    def in_order(self, ready: Callable[[Envelope], bool]) -> Iterator[Envelope]:
        """The messages that are ``ready``, in the order of sending, as long as each is delivered before the next is asked for."""
        if self.reorders:
            yield from super().in_order(ready)
            return
        stuck: set[int] = set()  # what is not ready stays so, and with it all that is behind it
        while (first := self._oldest(stuck)) is not None:
            if ready(first):
                yield first
            else:
                stuck.add(first.number)

    def _oldest(self, but: set[int]) -> Envelope | None:
        """Of the first messages of all links, the one that was sent before the others."""
        oldest, least = None, self._number + 1
        for queue in self.waiting:
            first = queue.items[0]
            if first.number < least and first.number not in but:
                oldest, least = first, first.number
        return oldest

    def find_alike(self, action: Deliver | Drop | Duplicate) -> Envelope | None:
        """What stands in for the named message: of its kind, on its link.

        Of what is to arrive: what is next there. Else one of a near ordinal of its epoch, or of a near epoch, or what is next.
        """
        if self.reorders:
            return super().find_alike(action)
        queue = self.queues.get((action.sender, action.receiver))
        if queue is None or not queue.items:
            return None
        first = queue.items[0]
        near = None if isinstance(action, Deliver) else self._near(action)
        return near or (first if first.kind == action.kind else None)

    def _near(self, action: Drop | Duplicate) -> Envelope | None:
        sender, receiver, kind, epoch, ordinal = action.sender, action.receiver, action.kind, action.epoch, action.ordinal
        for copy in dict.fromkeys((action.copy, 0, 1)):
            epochs = [epoch] if epoch is None else [epoch, *(epoch + away for away in _NEAR)]
            names = [(each, ordinal + away) for each in epochs for away in (0, *_NEAR)]
            found = (self._by_identity.get((sender, receiver, kind, *name, copy)) for name in names)
            near = next((envelope for envelope in found if envelope is not None), None)
            if near is not None:
                return near
        return None
