"""The contract of a node: what goes in, and which effects come out.

A protocol is sans-I/O. It has no clock, no randomness, no sockets and no ``async``. Its handlers are called
with one input each, and yield *effects in the order in which they must happen*; the host performs each effect
before it asks for the next one, and may cut the power between any two.

The host gives these guarantees: one handler of a node runs at a time; ``start`` is the first call of every
incarnation, and ``close``, where there is one, the last; what was yielded before ``Sync()`` completed is on the disk
afterwards, whatever happens later. What clients ask nodes for has a contract, too: `Workload`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from inspect import iscoroutine, iscoroutinefunction, isgenerator
from itertools import islice
from typing import Any, Protocol, TypeAlias

import msgspec

from splitbrain.dice import Dice

NodeId: TypeAlias = str
RequestId: TypeAlias = str
Key: TypeAlias = Any  # a hashable, encodable disk key: "term", ("log", 3)
DiskView: TypeAlias = Mapping[Key, Any]  # read-only: what survived the last crash


class Send(msgspec.Struct, frozen=True):
    """Put ``message`` on the link to ``to``; it arrives late, twice, out of order or never (of streams: see `Node`).

    ``to`` may be any node of the cluster, the sender too. Messages are opaque; what is mutable is copied when it is sent.
    """

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
    """Store ``value`` under ``key``. Volatile until the next ``Sync`` completes; of what is volatile, a crash keeps a prefix.

    Keys are hashable; values that are mutable are copied. A restarted node finds them in the ``disk`` that it is made with.
    """

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
    """Answer a client, now or later. ``result`` is the client's business; a ``Refused`` says that nothing was done.

    A node answers what it was asked itself, in this incarnation, and no more often than it was asked.
    """

    request: RequestId
    result: Any


class Observe(msgspec.Struct, frozen=True):
    """Say something in public: see ``splitbrain.observations``. Invariants see nothing else of a node."""

    observation: Any


Effect: TypeAlias = Send | SetTimer | CancelTimer | Write | Erase | Sync | Reply | Observe  # all that a handler may yield
Effects: TypeAlias = Iterable[Effect]  # what a handler returns: a generator, a list, or ()


class Exit(BaseException):
    """Raised by a node that means to die, whatever its kind: as a process ends by an exit code, or by an assertion of its own.

        class Strict:
            def receive(self, sender, message):
                if message == "from another cluster":
                    raise Exit("it would not be safe to go on")
                return ()

    That is no violation: the node is down as after a crash (what it had not synced is lost, `events.Exited` says why), and is
    started again by a `Restart`, or by the fair phase. It is the node's own deed, whatever the fault budget says of crashes; until
    it is started it counts as down. In a Library, `exit` raises it.
    """

    def __init__(self, reason: str) -> None:
        self.reason = str(reason)
        super().__init__(self.reason)


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The result of a request that was not, and will not be, carried out; ``leader`` is where to try instead."""

    leader: NodeId | None = None


class Node(Protocol):
    """What a sans-I/O protocol implements: four handlers. A node that uses ``Sync(token)`` also has ``synced(token) -> Effects``.

        class Register:
            def __init__(self, me, peers, disk):
                self.me, self.peers, self.value = me, peers, disk.get("value")

            def start(self):
                yield SetTimer("remind", 50, 100)  # virtual ms, the earliest and the latest

            def timeout(self, timer):
                for peer in self.peers:
                    yield Send(peer, self.value)
                yield SetTimer(timer, 50, 100)

            def receive(self, sender, message):
                if self.value is None and message is not None:
                    self.value = message
                    yield Write("value", message)
                    yield Sync()
                    yield Observe(observations.Decided(message))
                    yield CancelTimer("remind")

            def request(self, request, command):
                if self.value is None:
                    yield from self.receive(self.me, command)
                    yield Reply(request, command)
                else:
                    yield Reply(request, Refused())

    It need not derive from this class. A handler breaks the contract that raises, that yields something else, that yields
    without end (more than 30,000 effects, and ten more for each record on its disk and each thing in its message), or that
    computes without end (five seconds of CPU time without an effect): that is a violation like any other, with a schedule, and with
    the file and line. The watchdog for the last of these works in the main thread alone, and not on Windows.

    Where a scenario says ``links="streams"``, each pair of nodes has a connection. It keeps the order of sending and loses nothing,
    until it ends: by itself, or with either node. Then all that is on its way is lost, both ways, and never arrives; what is sent
    while there is none, too. A node that has a handler ``connected(peer) -> Effects`` or ``disconnected(peer) -> Effects`` is told,
    behind what arrived before, and sends on the connection that it was told of last: where that has ended, what it sends is lost
    until it hears of another one. At the beginning all are open, and it is told so once all nodes have started; a node that starts
    again has none. One with neither handler is told nothing, and uses what is open. An async node gets inputs, `Connected` and
    `Disconnected`. Of what a handler sends that loses its power inside, the first messages may have arrived before that
    (`Crash.arrive`): what is sent before the ``Sync`` that it needs is found out.

    What a node sends to itself is on no link where ``self_delivery`` is ``"local"``, as it is on streams: ``receive`` is called
    when the handler that sent it is over, in the same step. More than 10,000 such calls for one input (and ten more for each record
    on its disk) are taken for one without end.

    A node that holds something open (a file, a child process) may have ``close() -> None``. It is called once for each
    incarnation: when its power was cut, when it broke the contract, and when the world closes; after the cut, and when its tasks
    are over, so that nothing that it yields or does reaches anybody. What it raises changes no run; `conformance` tells of it.
    The ``finally`` blocks of a handler that was cut inside run later, when the world closes, for a power cut runs none.

    Where its scenario has ``operations``, it has ``operate(operation, argument) -> Effects``: somebody who operates the cluster
    tells it to compact its log, say, or to hand over its leadership.
    """

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


def may_close(node: object) -> bool:
    """Whether a node may have a `close`: most have none, and need not be kept until it can be called."""
    try:
        return hasattr(node, "close")
    except (Exception, SystemExit):  # noqa: BLE001 - the node's own: `release` meets it, too, and says so
        return True


def hears(node: object) -> bool:
    """Whether a node is told of its connections, where links are streams: it has a handler for that, or is async."""
    try:
        return is_async(node) or hasattr(node, "connected") or hasattr(node, "disconnected")
    except (Exception, SystemExit):  # noqa: BLE001 - the node's own: whoever calls the handler meets it, too, and says so
        return True


def release(node: object) -> BaseException | None:
    """Tell a node that it is over: call its `close`, where it has one. Returns what that raised."""
    try:
        close = getattr(node, "close", None)
        if not callable(close):
            return None
        left = close()
        if iscoroutine(left):
            left.close()  # it has not begun, and nobody will await it
            raise TypeError("close is `async def`; write `def close(self)`, and await in a `finally` of `run`")
        for _ in islice(left if isgenerator(left) else (), _YIELDS_AT_MOST):
            pass  # a generator's code runs only so; what it yields is nobody's any more
    except (Exception, SystemExit, Exit) as error:  # noqa: BLE001 - the node's own, and nobody's business any more
        return error
    return None


_YIELDS_AT_MOST = 10_000

# factory(me, peers, disk, **options): `peers` are the other nodes in a fixed order; `options` are the scenario's.
Factory: TypeAlias = Callable[..., Any]


class Workload(Protocol):
    """What clients ask for. It keeps no state: all that it knows is the history, and all that is random comes from the dice.

        class Appends:
            def next(self, session, dice, history):
                if dice.chance(0.5):
                    return ["get", "x"]
                return ["append", "x", f"{1 + len(history)}."]  # a number that no other one says

    Its commands are saved as JSON, and must come back as they were: text, numbers, lists and dicts do. Where they are tuples or
    records, an attribute ``commands`` says what msgspec is to make of the JSON: ``commands = tuple``, or ``Get | Put``.
    """

    def next(self, session: str, dice: Dice, history: Any) -> Any:
        """The next command of ``session``, or None where it has nothing to ask now.

        history: all operations so far, a `splitbrain.trace.history.History`.
        """
        ...
