"""A library node as one with the contract's handlers: each runs one of the library's, in its own surroundings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from inspect import isasyncgen, iscoroutine, isgenerator
from typing import Any

from splitbrain.cluster.breach import Malformed, lacking
from splitbrain.cluster.host.library.library import Library, meant
from splitbrain.cluster.host.library.seat import Dead, Seat
from splitbrain.cluster.network import CONNECTED, DISCONNECTED, Network
from splitbrain.cluster.process import Process
from splitbrain.node import Effects, NodeId, RequestId, hears

_MORE = ("operate", "close")  # handlers that a node need not have
_NOTICES = (CONNECTED, DISCONNECTED)


class LibraryNode:
    """Has the contract's handlers. All that the library does in one of them has happened when it returns.

    But for what stands behind a write that a slow disk has not answered: that is returned, as a handler's effects.
    """

    def __init__(self, node: Library, process: Process, network: Network) -> None:
        self._node = node
        self._process = process
        self._life = node._life
        self._seat = node._seat = Seat(node, process, network)

    def start(self) -> Effects:
        """Start the library, and arm its timers."""
        return self._run("start")

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """Hand a message over."""
        return self._run("receive", sender, message)

    def request(self, request: RequestId, command: Any) -> Effects:
        """Hand a request over."""
        return self._run("request", request, command)

    def timeout(self, timer: str) -> Effects:
        """Put the clock forward, arm the timer again where it is one of those, and let it go off."""
        return self._run("timeout", timer)

    def __getattr__(self, name: str) -> Any:
        if name in _NOTICES and hears(self._node):
            return partial(self._told, name)
        if name in _MORE and hasattr(self._node, name):
            return self._close if name == "close" else partial(self._run, name)
        raise AttributeError(name)

    def _told(self, name: str, peer: NodeId) -> Effects:
        """Told of a connection: a library need not have a handler for both."""
        told = self._seat.told
        assert told is not None
        if name == CONNECTED:
            told[peer] = None
        else:
            told.pop(peer, None)
        return self._run(name, peer) if hasattr(self._node, name) else ()

    def _run(self, name: str, *given: Any) -> Effects:
        node, life, seat = self._node, self._life, self._seat
        seat.doing, seat.given, seat.performed = name, given, 0
        failure: BaseException | None = None
        try:
            with life:
                if name == "timeout":
                    self._go_off(*given)
                handler = getattr(node, name, None)
                left = lacking(node, name) if handler is None else handler(*given)
                if left is not None and (isgenerator(left) or iscoroutine(left) or isasyncgen(left)):
                    raise _has_not_run(name, left)
                if name == "start":
                    self._arm()
                seat.over()
        except Dead:
            pass
        except seat.failures as error:
            failure = error
            with suppress(Dead):
                seat.broken_off()
        failure = life.swallowed or failure
        rest, seat.rest, seat.doing = seat.rest, None, None
        if rest is not None:
            return self._go_on(name, rest, failure)
        if failure is not None:
            self._end(name, failure)
        if self._process.node is not self:  # it is dead by what it called, whatever it made of that
            self._process.bury()
        return ()

    def _go_on(self, name: str, rest: list[Any], failure: BaseException | None) -> Iterator[Any]:
        """What the library did behind a write that the disk had not answered yet."""
        yield from rest
        if failure is not None:
            self._end(name, failure)

    def _end(self, name: str, failure: BaseException) -> None:
        if self._process.node is not self or self._process.effects_left == 0:
            return  # it ended sooner
        self._process.die(name, meant(self._node, failure) or failure)

    def _arm(self) -> None:
        for timer, within in _ranges(self._node.timers):
            if timer not in self._seat.deadlines:
                self._seat.set_timer(timer, *within)

    def _go_off(self, timer: str) -> None:
        self._life.clock.pass_until(self._seat.deadlines.pop(timer, 0))
        again = self._node.timers.get(timer)
        if again is not None:
            self._seat.set_timer(timer, *again)

    def _close(self) -> object:
        with self._life:
            return self._node.close()  # type: ignore[attr-defined]


def seated(node: Any, process: Process, network: Network) -> Any:
    """What a process runs for a node: of a library node, what stands for it; else the node itself."""
    return LibraryNode(node, process, network) if isinstance(node, Library) else node


def _ranges(timers: Any) -> list[tuple[str, tuple[int, int]]]:
    try:
        return [(timer, (earliest, latest)) for timer, (earliest, latest) in timers.items()]
    except (TypeError, ValueError, AttributeError):
        raise Malformed(
            f"timers = {timers!r:.80}, in which not every name has two moments",
            'give each the earliest and the latest, in ms: timers = {"tick": (50, 100)}',
        ) from None


def _has_not_run(name: str, left: Any) -> Malformed:
    """A handler is a generator, or async: none of its code has run."""
    if iscoroutine(left):
        left.close()
    kind = "a generator" if isgenerator(left) else "`async`"
    return Malformed(
        f"{name} is {kind}, so that none of its code has run",
        "a Library's handlers are plain methods: call self.send(...) and the like, and yield and await nothing",
    )
