"""Which operations are at fault: of those that returned, a set without which it would be none, and nothing can be left out.

To say of an operation that it may have taken effect at any time after its call, or never, only relaxes a history. What still has no
order after all others were so relaxed is the fault, whenever these did what they were answered.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, Literal, TypeAlias

from splitbrain.linearizability.model import Model
from splitbrain.linearizability.values import as_asked, shown, spoken
from splitbrain.linearizability.verdict import Fault
from splitbrain.trace.history import Operation

Moment: TypeAlias = tuple[Literal["invoke", "complete", "refuse", "offer", "repeat"], Operation]


_MANY: Final = 16


class TiredError(Exception):
    """There were questions enough."""


def least(log: Sequence[Moment], is_fault: Callable[[Sequence[Moment], bool], bool]) -> list[Operation]:
    """The operations that are at fault, of a log whose last moment completed it.

    is_fault: whether a log surely has one. It may say no, or raise `TiredError`, where it cannot tell: this is too much then.
    """
    last = log[-1][1]
    answered = [operation for what, operation in log if what == "complete" and operation is not last]

    def suffice(some: Sequence[Operation]) -> bool:
        return is_fault(_relaxed(log, {*some, last}, repeated=False), False)

    def suffice_at_least(some: Sequence[Operation]) -> bool:
        return is_fault(_relaxed(log, {*some, last}, repeated=True), True)

    # To let others take effect as often as it helps is more than they may, but soon decided: so most of them go.
    if len(answered) > _MANY:
        answered = _needed(_end(answered, suffice_at_least), suffice_at_least)
    return [*_needed(answered, suffice), last]


def _end(pool: Sequence[Operation], suffice: Callable[[Sequence[Operation]], bool]) -> Sequence[Operation]:
    """The last few of a pool that suffice, for it is seldom that more are at fault; all of it where that is not known."""
    few = 1
    try:
        while few < len(pool) and not suffice(pool[-few:]):
            few *= 2
    except TiredError:
        return pool
    return pool[-few:]


def _needed(pool: Sequence[Operation], suffice: Callable[[Sequence[Operation]], bool]) -> list[Operation]:
    """What cannot be left out of a pool, which suffices (after Junker, QuickXplain, 2004).

    In each round, the first that cannot be left out after all before it were: all of the pool suffices, and nothing of it does not,
    and between both it is halved. What is behind it stays in doubt.
    """
    needed: list[Operation] = []
    try:
        while pool and not suffice(needed):
            enough, less = 0, len(pool)
            while less - enough > 1:
                middle = (enough + less) // 2
                if suffice([*needed, *pool[middle:]]):
                    enough = middle
                else:
                    less = middle
            needed.append(pool[enough])
            pool = pool[enough + 1 :]
    except TiredError:
        return [*needed, *pool]
    return needed


def _relaxed(log: Sequence[Moment], kept: set[Operation], *, repeated: bool) -> list[Moment]:
    """A log in which what was answered may have taken effect at any time after its call, or never, but for what is kept.

    repeated: and more than once.
    """
    answered = {operation for what, operation in log if what == "complete"} - kept
    relaxed: list[Moment] = []
    for what, operation in log:
        if operation not in answered or (what == "refuse" and not repeated):
            relaxed.append((what, operation))
        elif what == "invoke":
            relaxed.append(("repeat" if repeated else "offer", operation))
    return relaxed


def fault_of(
    model: Model, operations: Sequence[Operation], last: Operation, *, refused: bool = False, plain: bool = False
) -> Fault:
    """The fault of these operations, which ``last`` completed.

    refused: it was refused then. plain: it is seen without a search; the last but one, if any, overwrote what it found.
    """
    sentence = f"{spoken(last.command)} was answered {shown(last.result)}"
    if refused:
        sentence = f"{spoken(last.command)} was refused, but the others cannot be as they were answered unless it had an effect"
    elif plain and len(operations) == 1:
        sentence += ", which nothing that had been asked by then could bring about"
    elif plain:
        sentence += f", but {spoken(operations[-2].command)} had put an end to that before it was called"
    elif len(operations) == 1:
        sentence += ", which no order of all that had been asked by then can bring about"
    else:
        sentence += f", but no order in time gives these {len(operations)} operations their answers, whatever else happened"
    return Fault(as_asked(model.key(last.command), last.command), sentence, tuple(sorted(operations, key=_by_call)))


def _by_call(operation: Operation) -> float:
    return operation.called
