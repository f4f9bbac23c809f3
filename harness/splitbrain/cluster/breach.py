"""Breaches of the contract: what a node may raise, hand out or leave out, and how that is told."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from inspect import iscoroutine
from types import GeneratorType
from typing import Any, TypeAlias

from splitbrain.cluster.place import at, defined_at, performing, raised_at, yielded_at
from splitbrain.node import Effects, Exit
from splitbrain.trace.readable import value

Call: TypeAlias = tuple[Callable[..., Effects], tuple[Any, ...]]  # a handler and its arguments


class Malformed(Exception):  # noqa: N818 - it names what was found
    """An effect that cannot be performed: what it is and why that cannot be, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}; {remedy}")


class Overdue(BaseException):
    """The watchdog's: raised in a node's code that computes for ever.

    name: of what does not end. defined: where it is. stopped: where it was when it was stopped, which differs from run to run.
    """

    def __init__(self, name: str, defined: str | None, stopped: str | None) -> None:
        self.name, self.defined, self.stopped = name, defined, stopped
        super().__init__(f"it computes for ever{at(defined)}")


# What a node may raise without ending more than itself: a sys.exit() in it must not end a search as if it were clean.
NODE_FAILURES = (Exception, SystemExit, Exit, Overdue)
_CLOSES_AT_MOST = 100  # of one handler that yields each time it is closed
_WORDS_AT_MOST = 500  # of what an error says
_EFFECTS = "Send, SetTimer, CancelTimer, Write, Erase, Sync, Reply or Observe"
_PLAIN = (str, int, float, bool, bytes, type(None))  # what has one text in every process


def shown(thing: object) -> str:
    """A value, as far as its text is the same in every process: the order of a set is not."""
    return value(thing, 80) if type(thing) is bytes else f"{thing!r:.80}" if type(thing) in _PLAIN else _a(thing)


def no_effect(thing: object) -> Malformed:
    """What was yielded is none of the contract's effects."""
    what = f"{shown(thing)}, {_a(thing)}" if type(thing) in _PLAIN else shown(thing)
    return Malformed(f"{what}, which is not an effect", f"yield {_EFFECTS}")


def meant_by(error: BaseException) -> Exit | None:
    """What a node ended itself by, where it is that, and no breach."""
    error, _ = _first(error)
    return error if isinstance(error, Exit) else None


def how_it_failed(where: str, error: BaseException) -> tuple[str, str]:
    """What ``error``, out of the node's code called ``where``, is: how the node failed (see `events.Failed`), and the details."""
    error, others = _first(error)
    match error:
        case Malformed():
            return "malformed", str(error)
        case Overdue():
            return "hung", f"{where}: it computes for ever, and the watchdog stopped it{at(error.defined)}"
    more = f"; {others} more of its tasks raised, too" if others else ""
    return "raised", f"{where}: {type(error).__name__}: {_said(error)}{at(raised_at(error))}{more}"


def how_it_broke(call: Call, effects: Iterator[Any], error: BaseException) -> tuple[str, str]:
    """The same for an error that came of pulling the effects of a handler: at a `yield`, or in between."""
    handler = call[0]
    if isinstance(error, Malformed) or (performing(error) and not isinstance(error, Overdue)):
        return refused(f"{name_of(handler)} yielded", error, yielded_at(effects, handler))
    return how_it_failed(name_of(handler), error)


def refused(who: str, error: BaseException, place: str | None) -> tuple[str, str]:
    """The same for an effect that was asked for at ``place``, and could not be performed. who: "request yielded", say."""
    if isinstance(error, Malformed):
        return "malformed", f"{who} {error.what}{at(place)}; {error.remedy}"
    return "malformed", (
        f"{who} an effect that cannot be performed: {type(error).__name__}: {_said(error)}{at(place)}; "
        "send, write and say data that can be copied, under names that can be hashed"
    )


def why_no_effects(call: Call, outcome: object, error: BaseException) -> tuple[str, str]:
    """The same for what the handler returned, which cannot be iterated over."""
    handler = call[0]
    where, place = name_of(handler), at(defined_at(handler))
    if isinstance(outcome, Iterable):  # it could be, but for an error of its own
        return how_it_failed(where, error)
    if iscoroutine(outcome):
        outcome.close()  # it has not begun, and nobody will await it
    if iscoroutine(outcome) or isinstance(outcome, AsyncIterator):
        return "malformed", (
            f"{where} is `async`, so that it returned no effects but {shown(outcome)}{place}; "
            "write it as a plain function, or the whole node as `async def run(self, env)`"
        )
    return "malformed", f"{where} returned {shown(outcome)}, which is not effects{place}; yield effects, or return ()"


def without_addresses(detail: str) -> str:
    """An object's address differs from one process to the next, and a trace must not."""
    return re.sub(r" at 0x[0-9a-fA-F]+", "", detail)


def lacking(node: Any, name: str, *_: Any) -> Effects:
    """Stands in for a handler that the node does not have."""
    raise Malformed(
        f"{_a(node)} has no handler `{name}`",
        "a node has start, receive, timeout and request (`return ()` where there is nothing to do), "
        "synced where it yields Sync(token), and operate where its scenario has operations",
    )


def name_of(handler: object) -> str:
    """What a handler is called."""
    return str(getattr(handler, "__name__", "handler"))


def end(effects: Any) -> None:
    """Close a generator, however often it yields while it is closed. An iterator over a list has nothing to close."""
    for _ in range(_CLOSES_AT_MOST if isinstance(effects, GeneratorType) else 0):
        try:
            effects.close()
        except RuntimeError:  # it yielded ("generator ignored GeneratorExit"), and so is not closed yet
            continue
        except NODE_FAILURES:
            return
        return


def _a(thing: object) -> str:
    kind = type(thing).__name__
    return f"{'an' if kind[:1] in 'AEIOUaeio' else 'a'} {kind}"


def _first(error: BaseException) -> tuple[BaseException, int]:
    """What a group of errors began with, and how many others it holds: a nursery wraps what its tasks raised."""
    leaves = [error]
    while any(isinstance(each, BaseExceptionGroup) for each in leaves):
        leaves = [leaf for each in leaves for leaf in (each.exceptions if isinstance(each, BaseExceptionGroup) else (each,))]
    own = [leaf for leaf in leaves if isinstance(leaf, NODE_FAILURES)] or leaves
    overdue = [leaf for leaf in own if isinstance(leaf, Overdue)]
    return (overdue or own)[0], len(own) - 1


def _said(error: BaseException) -> str:
    """What an error says of itself. Of a recursion, that depends on where Python noticed it."""
    if isinstance(error, RecursionError):
        return "maximum recursion depth exceeded"
    try:
        return f"{error!s:.{_WORDS_AT_MOST}}"
    except NODE_FAILURES as other:
        return f"(its text cannot be told: {type(other).__name__})"
