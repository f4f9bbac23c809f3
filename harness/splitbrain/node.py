"""The contract of a node: what goes in, and which effects come out.

A protocol is sans-I/O. It has no clock, no randomness, no sockets and no ``async``. Its four handlers are called
with one input each, and yield *effects in the order in which they must happen*; the host performs each effect
before it asks for the next one, and may cut the power between any two.

The host gives these guarantees: one handler of a node runs at a time; ``start`` is the first call of every
incarnation; what was yielded before ``Sync()`` completed is on the disk afterwards, whatever happens later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import iscoroutinefunction
from typing import Any, Protocol, TypeAlias

import msgspec

NodeId: TypeAlias = str
RequestId: TypeAlias = str
Key: TypeAlias = Any  # a hashable, encodable disk key: "term", ("log", 3)
DiskView: TypeAlias = Mapping[Key, Any]  # read-only: what survived the last crash


class Send(msgspec.Struct, frozen=True):
    """Put ``message`` on the link to ``to``; it arrives late, twice, out of order or never. ``to`` may be any peer."""

    to: NodeId
    message: Any


class SetTimer(msgspec.Struct, frozen=True):
    """Arm the timer ``name`` to fire once, ``earliest`` to ``latest`` virtual milliseconds from now. Re-arming replaces it."""

    name: str
    earliest: int
    latest: int


class CancelTimer(msgspec.Struct, frozen=True):
    """Disarm the timer ``name``; harmless when it is not armed."""

    name: str


class Write(msgspec.Struct, frozen=True):
    """Store ``value`` under ``key``. Volatile until the next ``Sync`` completes; writes survive a crash in order."""

    key: Key
    value: Any


class Erase(msgspec.Struct, frozen=True):
    """Remove ``key``; as volatile as a write."""

    key: Key


class Sync(msgspec.Struct, frozen=True):
    """Make all earlier writes durable.

    ``Sync()`` blocks the node: the effects behind it, and further inputs, wait until the disk has answered.
    ``Sync(token)`` does not block; its completion arrives as the input ``synced(token)``.
    """

    token: str | None = None


class Reply(msgspec.Struct, frozen=True):
    """Answer a client. ``result`` is the client's business; a ``Refused`` says that nothing was done."""

    request: RequestId
    result: Any


class Observe(msgspec.Struct, frozen=True):
    """Say something in public: see ``splitbrain.observations``. Invariants see nothing else of a node."""

    observation: Any


Effect: TypeAlias = Send | SetTimer | CancelTimer | Write | Erase | Sync | Reply | Observe
Effects: TypeAlias = Iterable[Effect]  # a generator, a list, or ()


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The result of a request that was not, and will not be, carried out; ``leader`` is where to try instead."""

    leader: NodeId | None = None


class Node(Protocol):
    """What a sans-I/O protocol implements. A node that uses ``Sync(token)`` also has ``synced(token) -> Effects``."""

    def start(self) -> Effects:
        """First start, and again after every restart (then on a new object, with the disk that survived)."""
        ...

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """A message has arrived."""
        ...

    def timeout(self, timer: str) -> Effects:
        """The timer of that name fired; it is disarmed."""
        ...

    def request(self, request: RequestId, command: Any) -> Effects:
        """A client asks for ``command``; answer with ``Reply(request, ...)`` now, later, or never."""
        ...


def is_async(node: object) -> bool:
    """Whether it is an async node (``async def run(self, env)``); any other `run` is a sans-I/O node's own business."""
    run = getattr(node, "run", None)
    return run is not None and iscoroutinefunction(run)


# factory(me, peers, disk, **options): `peers` are the other nodes in a fixed order; `options` are the scenario's.
Factory: TypeAlias = Callable[..., Any]
