"""The base class of nodes that host a library: what its code calls, in its own order, where a sans-I/O node yields effects."""

from __future__ import annotations

from abc import ABCMeta
from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, Protocol

from splitbrain.cluster.host.library.isolation import Isolation
from splitbrain.cluster.host.library.life import HERE, Life, NodeClock, nobody_s_life
from splitbrain.cluster.host.library.state import State
from splitbrain.cluster.host.library.swallowed import listen
from splitbrain.dice import NodeDice
from splitbrain.errors import ScenarioError
from splitbrain.node import DiskView, Exit, NodeId, RequestId


class _Seat(Protocol):
    """Where a library node sits in its cluster: performs what the methods of the same names ask for."""

    def up(self) -> tuple[NodeId, ...]: ...
    def send(self, to: NodeId, message: Any) -> bool: ...
    def set_timer(self, name: str, earliest: int, latest: int) -> None: ...
    def cancel_timer(self, name: str) -> None: ...
    def store(self, values: Mapping[Any, Any]) -> None: ...
    def erase(self, keys: tuple[Any, ...]) -> None: ...
    def reply(self, request: RequestId, result: Any) -> None: ...
    def applied(self, command: Any, index: int | None, term: int | None) -> None: ...
    def observe(self, observation: Any) -> None: ...
    def surface(self, error: BaseException) -> None: ...


class _Making(ABCMeta):
    """Makes a library node in its own surroundings: its clock, its dice and its own modules are there in its ``__init__``, too."""

    def __call__(cls, *arguments: Any, **named: Any) -> Any:
        life = HERE.life
        if life is None or life.node is not None:
            life = nobody_s_life()
        node: Any = cls.__new__(cls, *arguments, **named)  # type: ignore[arg-type]
        life.node, node._life = node, life
        _expect_tuples(node)
        listen(node.loggers)
        if node.isolate:
            life.apart = Isolation(node.isolate)
        with life:
            try:
                node.__init__(*arguments, **named)
            except node.deaths as error:
                raise Exit(_said(error)) from error
        return node


def meant(node: Library, error: BaseException) -> Exit | None:
    """What a node ends itself by, where ``error``, which its code raised, is a death that it means."""
    if isinstance(error, Exit):
        return error
    return Exit(_said(error)) if isinstance(error, node.deaths) else None


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def _expect_tuples(node: Any) -> None:
    """A text is a tuple of its letters, too: who forgets the comma would isolate, or listen to, what there is not."""
    for what, kind, such in (("isolate", str, '"package"'), ("loggers", str, '"package"'), ("deaths", type, "SystemExit")):
        given = getattr(node, what)
        if type(given) is not tuple or not all(isinstance(each, kind) for each in given):
            raise ScenarioError(f"{what} = {given!r:.80}, which is no tuple of such; write {what} = ({such},), with the comma")
    if not all(issubclass(each, BaseException) for each in node.deaths):
        raise ScenarioError(f"deaths = {node.deaths!r:.80}, among which is no exception; write deaths = (SystemExit,)")


class Library(metaclass=_Making):
    """A node that hosts a library of callbacks and ticks (Python's, or C's by ctypes): its handlers return nothing, and call.

        class Counter(Library):
            timers = {"tick": (100, 100)}

            def start(self):
                self.count = self.disk.get("count", 0)

            def timeout(self, timer):
                for peer in self.peers:
                    self.send(peer, self.count)

            def receive(self, sender, message):
                if message > self.count:
                    self.count = message
                    self.store(count=self.count)

            def request(self, request, command):
                self.count += 1
                self.store(count=self.count)
                self.reply(request, self.count)

    The handlers are the contract's: start(), receive(sender, message), timeout(timer), request(request, command), and, where the
    node has them, connected(peer), disconnected(peer), operate(operation, argument) and close(). What they call happens in that
    order, as it was then, and the power may be cut between any two; what a handler did before it raised has happened. Messages are
    bytes or whatever can be copied; `Scenario.label` names them. The library's own objects are made in `start`, or in ``__init__``,
    and get what they call: ``Raft(..., send=self.send, save=self.store)``. `patch` gives them this node's clock and dice.

    me, peers, disk, options: as any factory gets them. clock, dice: its own, and those of `CLOCK` and `RANDOM`. up: the peers that
    it is connected to. It may derive from a class of the library's, too (``class Hosted(Library, Theirs)``), and call the
    ``__init__`` of that one itself.

    timers: armed when the node has started, and again whenever they go off: name -> (earliest, latest) in ms. deaths: what the
    library raises when it means to die (see `splitbrain.Exit`). isolate: packages that keep state in their modules, of which each
    node, in each life, gets a copy of its own, which is imported within its handlers. What imports such a package elsewhere (at
    the top of the adapter's module, or in a package that is not named, too) has one for all. That takes the import once more for
    each start, and some microseconds an input; an object of such a package is strange to other nodes, so let it send plain data.
    loggers: of the module `logging`; an exception that is logged there (``exc_info``) has been swallowed, and is taken for one that
    was raised, as is one out of a callback that C called. What is raised in another thread is not.
    """

    timers: Mapping[str, tuple[int, int]] = {}
    deaths: ClassVar[tuple[type[BaseException], ...]] = ()
    isolate: ClassVar[tuple[str, ...]] = ()
    loggers: ClassVar[tuple[str, ...]] = ()

    _life: Life
    _seat: _Seat | None = None

    def __init__(self, me: NodeId, peers: tuple[NodeId, ...], disk: DiskView, **options: Any) -> None:
        self.me = me
        self.peers = peers
        self.disk = disk
        self.options = options

    # What it may override

    def start(self) -> None:
        """First start, and again after every restart, then on a new object."""

    def look(self) -> State:
        """What it shows: polled before anything leaves the node, and when a handler is over, and said where it has changed.

        A term, a vote and a snapshot are claims that they are there for good: they are said once the node has stored or sent
        anything since. Entries of the log count as durable with the next `store`, or with one before in the same handler.
        """
        raise NotImplementedError

    # What it has

    @property
    def clock(self) -> NodeClock:
        """Its clock."""
        return self._life.clock

    @property
    def dice(self) -> NodeDice:
        """Its dice: a ``random.Random``."""
        return self._life.dice

    @property
    def up(self) -> tuple[NodeId, ...]:
        """The peers that it is connected to."""
        return () if self._seat is None else self._seat.up()

    # What it calls

    def send(self, to: NodeId, message: Any) -> bool:
        """Put a message, as it is now, on the link to a node; False, and nothing is sent, where it is not connected to that."""
        return self._seated("send").send(to, message)

    def set_timer(self, name: str, earliest: int, latest: int) -> None:
        """Arm a timer to go off once, so many virtual ms from now. Arming it again replaces it."""
        self._seated("set_timer").set_timer(name, earliest, latest)

    def cancel_timer(self, name: str) -> None:
        """Disarm a timer."""
        self._seated("cancel_timer").cancel_timer(name)

    def store(self, values: Mapping[Any, Any] | None = None, /, **more: Any) -> None:
        """Write to the disk, and wait until that is durable: before the next write, and before anything leaves the node."""
        self._seated("store").store({**(values or {}), **more})

    def erase(self, *keys: Any) -> None:
        """Remove keys from the disk, as `store` writes them."""
        self._seated("erase").erase(keys)

    def reply(self, request: RequestId, result: Any) -> None:
        """Answer a client, now or later; ``Refused()`` says that nothing was done."""
        self._seated("reply").reply(request, result)

    def applied(self, command: Any, index: int | None = None, term: int | None = None) -> None:
        """Say that the state machine was handed this command, of the entry at ``index``.

        Without an index, commands are counted, from 1 in each life; a library that does not apply all of them again when it is
        started again has to tell. term: the entry's, if that is known.
        """
        self._seated("applied").applied(command, index, term)

    def observe(self, observation: Any) -> None:
        """Say anything else in public."""
        self._seated("observe").observe(observation)

    def surface(self, error: BaseException) -> None:
        """Tell of an exception that the library swallowed: the node fails by it when the handler is over."""
        self._seated("surface").surface(error)

    def exit(self, reason: str) -> NoReturn:
        """Die, as the library means to: raises `splitbrain.Exit`. Whatever is done from now on reaches nobody."""
        exit_ = Exit(reason)
        self._seated("exit").surface(exit_)
        raise exit_

    def _seated(self, what: str) -> _Seat:
        if self._seat is None:
            raise ScenarioError(
                f"{what}() was called in __init__, where the node is not part of its cluster yet; call it in start()"
            )
        return self._seat
