"""A history: what each client asked, when, and what it was told (Herlihy and Wing, Linearizability, 1990).

The sequence of the calls and the replies is all the time that there is in it: two operations are concurrent where neither had
returned when the other was called. Outcomes may be unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Literal, Self, TypeAlias, get_args, overload

import msgspec

from splitbrain.events import Event, Replied, Requested
from splitbrain.node import NodeId, Refused, RequestId

Outcome: TypeAlias = Literal["answered", "refused", "unknown"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)


class Attempt(msgspec.Struct):
    """One time that an operation was asked for: at which node, in which step, and whether that refused it."""

    node: NodeId
    step: int
    refused: bool = False


class Operation(msgspec.Struct, eq=False):
    """What a client asked, as that client sees it. It is the same object from its call on, and says what is known so far.

    session: the client; None where nobody said who it is, and then it is a client of its own. called: the moment of its first
    request; returned: that of the first reply that is no `Refused`, or None; result: that reply. One operation precedes another
    where it returned at an earlier moment than that was called at; in a trace moments are the places among all calls and replies.
    attempts: the first request, and each further one. replied: the step of that reply, in which ``node`` gave it.
    """

    id: RequestId
    session: str | None
    command: Any
    called: float
    attempts: list[Attempt]
    returned: float | None = None
    result: Any = None
    replied: int | None = None
    node: NodeId | None = None

    @property
    def step(self) -> int:
        """The step in which it was called."""
        return self.attempts[0].step

    @property
    def outcome(self) -> Outcome:
        """Answered; refused, where every attempt was: it has had no effect; else unknown: it may have had one, or have it yet."""
        if self.returned is not None:
            return "answered"
        for attempt in self.attempts:  # of every operation of every run, so as plain as can be
            if not attempt.refused:
                return "unknown"
        return "refused"


def kind(command: Any) -> str:
    """What kind of command it is: the first word of one like ("put", "x", 1); "" where it has none."""
    named = isinstance(command, (tuple, list)) and command and isinstance(command[0], str)
    return command[0] if named else ""


class History(Sequence[Operation]):
    """Operations in the order of their calls, as far as they are known.

        with World(RAFT, 1) as world:
            world.apply(actions.Fire("n1", "election"))
            world.apply(actions.Request("n1", "s1.1", "x", "s1"))
            (operation,) = History.of(world.events)  # what `world.history` is, too, and `Run.history`
        print(operation.session, operation.command, operation.outcome)  # s1 x answered

    What the fair phase's client asks is in it, too. replaced: sessions that gave up, and who goes on for each.
    """

    def __init__(self) -> None:
        self._operations: list[Operation] = []
        self._named: dict[RequestId, Operation] = {}
        self._sessions: dict[str, list[Operation]] = {}
        self.replaced: dict[str, str] = {}
        self._time = 0

    @classmethod
    def of(cls, events: Iterable[Event]) -> Self:
        """The history in a trace."""
        history = cls()
        for event in events:
            history.fold(event)
        return history

    def fold(self, event: Event) -> Operation | None:
        """Add an event of a trace; returns the operation that it is about."""
        if type(event) is Requested:
            return self.ask(event.step, event.node, event.request, event.command, event.session, event.replaces)
        if type(event) is Replied:
            return self.reply(event.step, event.node, event.request, event.result)
        return None

    def ask(
        self,
        step: int,
        node: NodeId,
        request: RequestId,
        command: Any,
        session: str | None = None,
        replaces: str | None = None,
    ) -> Operation:
        """A client asks: an operation is called, or attempted again."""
        self._time += 1
        known = self._named.get(request)
        if known is not None:
            known.attempts.append(Attempt(node, step))
            return known
        operation = Operation(request, session, command, self._time - 1, [Attempt(node, step)])
        self._operations.append(operation)
        self._named[request] = operation
        if session is not None:
            self._sessions.setdefault(session, []).append(operation)
            if replaces is not None:
                self.replaced[replaces] = session
        return operation

    def reply(self, step: int, node: NodeId, request: RequestId, result: Any) -> Operation | None:
        """A node replies; None where nobody had asked for that. A client that has its answer does not listen to another one."""
        self._time += 1
        operation = self._named.get(request)
        if operation is None or operation.returned is not None:
            return operation
        if isinstance(result, Refused):
            for attempt in operation.attempts:
                if attempt.node == node and not attempt.refused:
                    attempt.refused = True
                    break
        else:
            operation.returned, operation.result = self._time - 1, result
            operation.replied, operation.node = step, node
        return operation

    def named(self, request: RequestId) -> Operation | None:
        """The operation of that id."""
        return self._named.get(request)

    def of_session(self, session: str) -> Sequence[Operation]:
        """The operations of one session, in their order."""
        return self._sessions.get(session, ())

    def sessions(self) -> tuple[str, ...]:
        """All sessions that have asked, in the order of their first requests."""
        return tuple(self._sessions)

    def outcomes(self) -> Counter[Outcome]:
        """How many operations were answered, refused, or are of unknown outcome."""
        return Counter(operation.outcome for operation in self._operations)

    def kinds(self) -> Counter[tuple[str, Outcome]]:
        """The same, by the first words of commands: ("get", "answered"); of a command that is no sequence with one, ""."""
        return Counter((kind(operation.command), operation.outcome) for operation in self._operations)

    def resent(self) -> int:
        """How many operations were answered, and had been asked for more than once by then."""
        return sum(len(operation.attempts) > 1 and operation.returned is not None for operation in self._operations)

    def __repr__(self) -> str:
        outcomes = self.outcomes()
        told = ", ".join(f"{outcomes[outcome]:,} {outcome}" for outcome in OUTCOMES if outcomes[outcome])
        return f"<History of {len(self):,} operation{'s' * (len(self) != 1)}{': ' * bool(told)}{told}>"

    def __len__(self) -> int:
        return len(self._operations)

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations)

    @overload
    def __getitem__(self, place: int) -> Operation: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Operation]: ...

    def __getitem__(self, place: int | slice) -> Operation | Sequence[Operation]:
        return self._operations[place]
