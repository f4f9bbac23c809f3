"""Where a library node sits in its cluster: performs what it calls, and rules when it is said what it shows."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NoReturn

from splitbrain.cluster.allowance import EFFECTS_AT_MOST, allowance
from splitbrain.cluster.breach import NODE_FAILURES, Overdue, how_it_failed, refused, shown
from splitbrain.cluster.connections import Streams
from splitbrain.cluster.host.library.library import Library, meant
from splitbrain.cluster.host.library.life import HERE
from splitbrain.cluster.host.library.state import Watch
from splitbrain.cluster.network import Network
from splitbrain.cluster.place import at, stopped_at
from splitbrain.cluster.process import Process
from splitbrain.errors import ScenarioError
from splitbrain.node import (
    CancelTimer,
    Erase,
    Exit,
    NodeId,
    Observe,
    Refused,
    Reply,
    RequestId,
    Send,
    SetTimer,
    Sync,
    Write,
    hears,
)
from splitbrain.observations import Appended, Applied, EnteredTerm, Installed, Truncated, Voted
from splitbrain.trace.freezing import freeze

_LOG = (Appended, Truncated)  # durable with the sync behind them
_CLAIMS = (EnteredTerm, Voted, Installed)  # durable when they are said


class Dead(BaseException):
    """Raised in the code of a node that has broken the contract by what it called: nothing that it does happens any more."""


class Seat:
    """Performs what the methods of the same names of a `Library` ask for.

    That happens at once, and so in the library's own order, with copies made there and then. Behind a write that a slow disk has
    not answered it is kept, and follows when it has. Once the power is gone, nothing is performed.

    Two things wait for what comes next: the `Sync` behind writes, and what was polled. Both happen before anything leaves the node;
    the sync before the next write, too, and when the handler is over at the latest: nobody can tell that it was not sooner. A
    change of the log is said before the sync behind it, a claim (a term, a vote, a snapshot) and all else behind it. What was
    polled waits until its claims are stored or answered, over several handlers if need be: before that a crash may take them back.
    """

    def __init__(self, node: Library, process: Process, network: Network) -> None:
        self.doing: str | None = None  # the handler that runs
        self.given: tuple[Any, ...] = ()  # and what it was given
        self.performed = 0  # so many effects of it
        self.rest: list[Any] | None = None  # effects that wait for a slow disk
        self.deadlines: dict[str, int] = {}  # of armed timers, by the node's clock
        self.failures: tuple[type[BaseException], ...] = (*NODE_FAILURES, *node.deaths)  # what its code may raise
        self._node = node
        self._process = process
        self._incarnation = process.incarnation
        self._peers = tuple(peer for peer in network.nodes if peer != process.id)  # whatever the library calls `peers`
        self._watch = Watch(process.incarnation) if type(node).look is not Library.look else None
        self._held: list[Any] = []  # observations that were not said yet
        self._claims = False  # whether there are claims among them
        self._stored = False  # whether there are writes that no sync is behind yet
        self._count = 0  # commands applied
        self._streams = network if isinstance(network, Streams) else None
        # Those that it was told of, where it is told.
        self.told: dict[NodeId, None] | None = {} if self._streams is not None and hears(node) else None

    # What a library calls

    def up(self) -> tuple[NodeId, ...]:
        """The peers that it is connected to."""
        return tuple(peer for peer in self._peers if self._reaches(peer))

    def send(self, to: NodeId, message: Any) -> bool:
        """Send a message; False where there is no connection."""
        if not self._alive("send") or (self._streams is not None and to in self._peers and not self._reaches(to)):
            return False
        self._leave()
        self._perform(Send(to, message))
        return True

    def set_timer(self, name: str, earliest: int, latest: int) -> None:
        """Arm a timer."""
        if self._alive("set_timer"):
            self._perform(SetTimer(name, earliest, latest))
            self.deadlines[name] = self._node.clock.deadline(latest)

    def cancel_timer(self, name: str) -> None:
        """Disarm a timer."""
        if self._alive("cancel_timer"):
            self._perform(CancelTimer(name))
            self.deadlines.pop(name, None)

    def store(self, values: Mapping[Any, Any]) -> None:
        """Write; the sync follows before anything leaves the node, and before the next write."""
        if self._alive("store"):
            self._write([Write(key, value) for key, value in values.items()])

    def erase(self, keys: tuple[Any, ...]) -> None:
        """Remove keys."""
        if self._alive("erase"):
            self._write([Erase(key) for key in keys])

    def reply(self, request: RequestId, result: Any) -> None:
        """Answer a client."""
        if self._alive("reply"):
            self._leave(tells=type(result) is not Refused)  # a refusal answers for nothing
            self._perform(Reply(request, result))

    def applied(self, command: Any, index: int | None, term: int | None) -> None:
        """Say that a command was applied, behind what is to be said before that."""
        self._count = self._count + 1 if index is None else index
        self.observe(Applied(self._count, term, command))

    def observe(self, observation: Any) -> None:
        """Say something, behind what is to be said before that."""
        if self._alive("observe"):
            if self._watch is not None:
                self._poll()
            self._held.append(self._copied(freeze, observation))
            self._claims = self._claims or isinstance(observation, _CLAIMS)
            if self._stored or not self._claims or self._watch is None:
                self._say()

    def surface(self, error: BaseException) -> None:
        """Let the node fail by this when the handler is over."""
        if not isinstance(error, BaseException):
            raise TypeError(f"surface({shown(error)}), which is no exception; pass the one that the library swallowed")
        if self._alive("surface"):
            self._node._life.swallow(error)

    # What its handlers come to

    def over(self) -> None:
        """A handler has come to its end."""
        if self._process.node is None:
            return  # it is dead by what it called, and went on
        if self._watch is not None:
            self._poll()
        if self._stored or (self._held and not self._claims):
            self._say()

    def broken_off(self) -> None:
        """A handler raised: what it stored is stored."""
        if self._stored and self._process.node is not None:
            self._say()

    def _alive(self, what: str) -> bool:
        """Whether it may do anything now."""
        process = self._process
        if process.node is None or process.incarnation != self._incarnation or process.effects_left == 0:
            return False
        if self.doing is None:
            error = ScenarioError(
                f"{process.id}'s {what}() was called while none of its handlers runs: its library shares something with that of "
                f"another node, or goes on in a thread; give each its own, or say isolate = (...) in {type(self._node).__name__}"
            )
            if HERE.life is not None:
                HERE.life.swallow(error)  # whoever called may catch it
            raise error
        return not isinstance(self._node._life.swallowed, Exit)

    def _reaches(self, peer: NodeId) -> bool:
        """Whether there is a connection, as far as the node was told; one that is told nothing uses those that there are."""
        if self.told is not None:
            return peer in self.told
        return self._streams is None or self._streams.connected(self._process.id, peer)

    def _write(self, effects: Sequence[Write | Erase]) -> None:
        if self._stored:
            self._perform(Sync())
        for effect in effects:
            self._perform(effect)
        self._stored = True

    def _leave(self, tells: bool = True) -> None:
        """Something leaves the node: first what is true by now is said; ``tells``: it answers for the claims, too."""
        if self._watch is not None:
            self._poll()
        if self._stored or (self._held and (tells or not self._claims)):
            self._say()

    def _poll(self) -> None:
        assert self._watch is not None
        life = self._node._life
        if isinstance(life.swallowed, Exit):
            return  # it has died, and was not stopped
        found = self._watch.begins  # what is on the disk is no claim
        try:
            changes = self._watch.changes(self._node.look())
        except Overdue:
            raise
        except self.failures as error:
            exit_ = meant(self._node, error)
            if exit_ is None:
                self._fail(*how_it_failed("look", error))
            life.swallow(exit_)
            raise Dead from error
        if changes:
            self._held += changes
            self._claims = self._claims or (not found and any(isinstance(each, _CLAIMS) for each in changes))

    def _say(self) -> None:
        """Say what was held, and sync what was stored, in the order in which both are true."""
        held, self._held, self._claims = self._held, [], False
        stored, self._stored = self._stored, False
        due = stored
        for said in held:
            if isinstance(said, _LOG):
                due = stored
            elif due:
                self._perform(Sync())
                due = False
            self._perform(Observe(said))
        if due:
            self._perform(Sync())

    def _perform(self, effect: Any) -> None:
        """Perform it now, or keep it where the disk is yet to answer."""
        process = self._process
        if self.rest is not None:
            self.rest.append(self._copied(_as_it_is, effect))
        elif process.node is None or process.effects_left == 0:
            return
        elif process.slow_disk and type(effect) is Sync:
            self.rest = [effect]
        else:
            try:
                process.perform(effect)
            except Overdue:
                raise
            except NODE_FAILURES as error:
                self._refuse(error)
            if process.effects_left is not None:
                process.effects_left -= 1
        self.performed += 1
        if self.performed > EFFECTS_AT_MOST:
            self._look_at_the_allowance()

    def _copied(self, copy: Callable[[Any], Any], thing: Any) -> Any:
        """What is to happen later, or to be said then, as it is now."""
        try:
            return copy(thing)
        except NODE_FAILURES as error:
            self._refuse(error)

    def _refuse(self, error: BaseException) -> NoReturn:
        """What was asked for cannot be done."""
        self._fail(*refused(f"{self.doing} asked for", error, self._place()))

    def _place(self) -> str | None:
        """Where the library's code is, but no further out than its handler: who called that differs from process to process."""
        return stopped_at(sys._getframe(), Process.handle.__code__)

    def _fail(self, how: str, detail: str) -> NoReturn:
        # Told at once, for the library may catch what is raised, and must not go on; what it kept for later is lost with it.
        self.rest = None
        self._process.fail(how, detail)
        raise Dead

    def _look_at_the_allowance(self) -> None:
        most = allowance(self._process.found, self.given)
        if self.performed > most:
            self._fail("hung", f"{self.doing} asked for more than {most:,} effects{at(self._place())}")


def _as_it_is(effect: Any) -> Any:
    """An effect that is to happen later, with what it is about as it is now."""
    match effect:
        case Send(to, message):
            return Send(to, freeze(message))
        case Write(key, value):
            return Write(key, freeze(value))
        case Reply(request, result):
            return Reply(request, freeze(result))
        case Observe(observation):
            return Observe(freeze(observation))
        case _:
            return effect
