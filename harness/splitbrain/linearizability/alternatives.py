"""What would have been right, in the place of an answer that no order explains.

A model says whether a command may have a result in a state, and not which one it has. So results are guessed: what was answered
and asked otherwise, what is near, what is in the state. Whether one of them is right, a search of the whole history decides.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import islice
from math import inf
from typing import Any, Final

import msgspec

from splitbrain.linearizability.bound import Bound
from splitbrain.linearizability.model import UNKNOWN, Model, Want
from splitbrain.linearizability.search import Search
from splitbrain.linearizability.search.evidence import Moment
from splitbrain.linearizability.values import canonical, shown
from splitbrain.linearizability.verdict import Fault
from splitbrain.trace.history import Operation
from splitbrain.trace.saving import names

MOST: Final = 3  # results that are told
LONGEST: Final = 1_000  # moments of a history that is searched once more for them: to judge it is quick, and is to stay so
_BOUND: Final = Bound(configurations=50_000, steps=1_000_000)  # of all that is searched for them
_GUESSES: Final = 100_000  # that the model is asked about
_SOME: Final = 40  # of what was answered, and of what was asked; the last ones
_NEAR: Final = 8

_GUESSED: Final = object()  # the result of the answer in question: any of the guesses
_TRUTHS: Final = ((True, object()), (False, ()))  # and what is so, too, but equals nothing
_OTHER: Final = -1  # none of them


class _TiredError(Exception):
    """There was enough of it."""


def alternatives(model: Model, log: Sequence[Moment]) -> tuple[tuple[Any, ...], bool]:
    """The results with which the last moment of a log, a reply, would have been no fault; and whether nothing else would.

    Of one key. At most `MOST`, in their order where they have one, and none where none was found, or not looked for: see `LONGEST`.
    """
    if len(log) > LONGEST:
        return (), False
    last = log[-1][1]
    stand_in = msgspec.structs.replace(last, result=_GUESSED)
    asking = _Asking(model, log)
    search = Search(asking, _BOUND, explain=False)
    found: list[Any] = []
    known: set[int] = set()
    try:
        fault = None
        for what, operation in log:
            fault = getattr(search, what)(stand_in if operation is last else operation)
        while fault is None:
            place = _fed(search, _Which())[0].place
            if place is None or len(found) == MOST:
                return _in_order(found), False
            known.add(place)
            if place != _OTHER:
                found.append(asking.results[place])
            fault = _fed(search, _Which(frozenset(known)))[1]
    except _TiredError:
        return _in_order(found), False
    return _in_order(found), bool(found) and _OTHER not in known and not asking.ambiguous


class _Which:
    """A command that comes behind the answer in question, and changes nothing: which guess is it, but for some?"""

    def __init__(self, excluded: frozenset[int] = frozenset()) -> None:
        self.excluded = excluded
        self.place: int | None = None  # in the first state in which that was asked


def _fed(search: Search, which: _Which) -> tuple[_Which, Fault | None]:
    operation = Operation("which", None, which, inf, [], inf, which)
    search.invoke(operation)
    fault = search.complete(operation)
    if search.inconclusive is not None:
        raise _TiredError
    return which, fault


class _After(msgspec.Struct, frozen=True):
    """A state after the answer in question: and which guess that was."""

    state: Hashable
    place: int


class _Asking(Model):
    """A model that takes guesses for a result, and remembers which.

    results: guesses, by their places. ambiguous: in one state more than one of them was.
    """

    def __init__(self, model: Model, log: Sequence[Moment]) -> None:
        self.initial = model.initial
        self.results: list[Any] = []
        self.ambiguous = False
        self._model = model
        last = log[-1][1]
        self._command = last.command
        answers = [operation.result for operation in _others(log) if _kind(operation.command) == _kind(last.command)]
        self._usual = {type(last.result), *map(type, answers)}
        self._guesses = list(_guesses(last.result, answers, log))
        self._places: dict[Hashable, int] = {}
        self._asked = 0

    def step(self, state: Any, command: Any, result: Any) -> Any:
        if result is _GUESSED:
            return self._guessed(state)
        if type(state) is not _After:
            return None if type(command) is _Which else self._model.step(state, command, result)
        if type(command) is _Which:
            if command.place is None and result is command:
                command.place = state.place
            return None if state.place in command.excluded else state
        after = self._model.step(state.state, command, result)
        return None if after is None else _After(after, state.place)

    def wants(self, command: Any, result: Any) -> Sequence[Want]:
        if result is _GUESSED or type(command) is _Which:
            return ()
        return [_unwrapped(want) for want in self._model.wants(command, result)]

    def _guessed(self, state: Any) -> _After | None:
        right: dict[int, tuple[type, _After]] = {}
        for guess in (*self._guesses, *_inside(state)):
            after = self._try(state, guess)
            if after is not None:
                place = self._place(guess)
                right.setdefault(place, (type(guess), _After(after, place)))
        # Whoever takes 1 takes True; what is usually answered is meant.
        usual = [after for kind, after in right.values() if kind in self._usual]
        if usual:
            self.ambiguous |= len(usual) > 1
            return usual[0]
        # Whoever takes anything that is true, or false, means that.
        for truth, alike in _TRUTHS:
            place = self._place(truth)
            if place in right and self._try(state, alike) is not None:
                return right[place][1]
        if right:
            return next(after for _, after in right.values())
        after = self._try(state, UNKNOWN)
        return None if after is None else _After(after, _OTHER)

    def _try(self, state: Any, result: Any) -> Any:
        self._asked += 1
        if self._asked > _GUESSES:
            raise _TiredError
        try:
            return self._model.step(state, self._command, result)
        except Exception:  # noqa: BLE001 - a model need not bear whatever may be guessed
            return None

    def _place(self, guess: Any) -> int:
        name = (type(guess), canonical(guess))
        place = self._places.setdefault(name, len(self.results))
        if place == len(self.results):
            self.results.append(guess)
        return place


def _unwrapped(want: Want) -> Want:
    near, helps = want
    return (
        lambda state: near(state.state if type(state) is _After else state),
        lambda command: type(command) is not _Which and helps(command),
    )


def _others(log: Sequence[Moment]) -> Iterator[Operation]:
    """What was answered before, the last first."""
    return (operation for what, operation in reversed(log[:-1]) if what == "complete")


def _kind(command: Any) -> Any:
    return command[0] if isinstance(command, (tuple, list)) and command else type(command)


def _guesses(found: Any, answers: Iterable[Any], log: Sequence[Moment]) -> Iterator[Any]:
    """Guesses that do not depend on a state; none that are the same as what was found."""
    yield from islice(answers, _SOME)
    if type(found) is int:
        yield from (found + by for distance in range(1, _NEAR + 1) for by in (-distance, distance))
    asked = (operation.command for what, operation in reversed(log) if what == "invoke")
    yield from islice((part for command in asked for part in _parts(command)), _SOME)
    yield from (True, False, None)


def _parts(command: Any) -> Sequence[Any]:
    if isinstance(command, (tuple, list)):
        return command[1:]
    return [getattr(command, name) for name in names(command) or ()]


def _inside(state: Any) -> Iterator[Any]:
    """Guesses from a state."""
    yield state
    if type(state) is int:
        yield from (state + 1, state - 1)
    elif isinstance(state, (tuple, frozenset)):
        yield len(state)
        yield list(state) if isinstance(state, tuple) else sorted(state, key=shown)
        if isinstance(state, tuple) and state:
            yield from (state[0], state[-1])


def _in_order(results: Iterable[Any]) -> tuple[Any, ...]:
    results = tuple(results)
    kinds = {*map(type, results)}
    return tuple(sorted(results)) if len(kinds) == 1 and kinds < {int, float, str} else results
