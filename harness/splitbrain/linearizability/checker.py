"""Whether a history is linearizable, as it goes or at once (Herlihy and Wing, Linearizability, 1990): `Checker`, `check`.

Linearizability is local: each key is judged by itself. As long as what is asked of a key fits, by zones; else, from the beginning,
by a search.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from math import inf
from operator import attrgetter
from typing import Final, TypeAlias

import msgspec

from splitbrain.linearizability.alternatives import alternatives
from splitbrain.linearizability.bound import Bound, Spent
from splitbrain.linearizability.model import Model
from splitbrain.linearizability.search import Search
from splitbrain.linearizability.search.evidence import Moment
from splitbrain.linearizability.verdict import Fault, Verdict
from splitbrain.linearizability.zones import Unfit, Zones
from splitbrain.trace.history import Operation

Engine: TypeAlias = Zones | Search

_EASY: Final = 400_000  # steps, of each key, before any is given more


class Checker:
    """A history as it goes, fed in the order of its moments; at equal moments calls come before returns.

        checker = Checker(Register())
        checker.invoke(operation)
        fault = checker.complete(operation)

    The reply that completes a violation returns its fault. Of that key nothing more is said then.
    """

    def __init__(self, model: Model, bound: Bound = Bound()) -> None:  # noqa: B008 - it is frozen
        self._model = model
        self._bound = bound
        self._spent = Spent()
        self._engines: dict[Hashable, Engine | None] = {}  # None of a key of which a fault was told
        self._logs: dict[Hashable, list[Moment]] = {}  # of those that are searched

    def invoke(self, operation: Operation) -> None:
        """It was called; or asked again, after all attempts had been refused: its effect comes after that, then."""
        key = self._model.key(operation.command)
        engine = self._engines.get(key)
        if engine is None:
            if key in self._engines:
                return
            engine = self._engines[key] = Zones(self._model, key)
        try:
            engine.invoke(operation)
        except Unfit:
            self._searched(key).invoke(operation)
        if key in self._logs:
            self._logs[key].append(("invoke", operation))

    def complete(self, operation: Operation) -> Fault | None:
        """It returned, with its result: returns the fault where no order explains what has happened so far."""
        key = self._model.key(operation.command)
        engine = self._engines[key]
        if engine is None:
            return None
        try:
            fault = engine.complete(operation)
        except Unfit:
            fault = self._searched(key).complete(operation)
        log = self._logs.get(key)
        if log is not None:
            log.append(("complete", operation))
        if fault is None:
            return None
        self._engines[key] = None
        return fault if log is None else _completed(fault, self._model, self._logs.pop(key))

    def refuse(self, operation: Operation) -> Fault | None:
        """Every attempt at it so far was refused: it has had no effect. Returns the fault where somebody has seen one."""
        key = self._model.key(operation.command)
        engine = self._engines[key]
        if engine is None:
            return None
        fault = engine.refuse(operation)
        if key in self._logs:
            self._logs[key].append(("refuse", operation))
        if fault is not None:
            self._engines[key] = None
            self._logs.pop(key, None)
        return fault

    @property
    def inconclusive(self) -> str | None:
        """Which bound was reached, where one was: of what came behind nothing is known."""
        return next((why for each in self._engines.values() if each is not None and (why := each.inconclusive) is not None), None)

    @property
    def changed(self) -> bool:
        """Whether any answer was about more than what is there in the beginning: else none could be out of date.

        It needs the state to be changed: by what was answered itself, or before. Not quick where there was none.
        """
        return any(each is None or each.changed for each in self._engines.values())

    def _searched(self, key: Hashable) -> Search:
        """A search that knows what the zones of a key knew."""
        zones = self._engines[key]
        assert isinstance(zones, Zones)
        search = self._engines[key] = Search(self._model, self._bound, self._spent)
        log: list[Moment] = [*zones.log()]
        self._logs[key] = log
        for what, operation in log:
            getattr(search, what)(operation)
        return search


def _completed(fault: Fault, model: Model, log: list[Moment]) -> Fault:
    """A fault that a search found, at the last moment of a log, with what would have been right."""
    instead, only = alternatives(model, log)
    return msgspec.structs.replace(fault, instead=instead, only=only)


def check(operations: Iterable[Operation], model: Model, bound: Bound = Bound()) -> Verdict:  # noqa: B008 - it is frozen
    """Whether a whole history is linearizable, in any order of its operations; else with the fault that was there first.

    What is of unknown outcome may have happened at any time after its call, or never. What was refused has never happened; what was
    refused, and answered when it was asked again, may have at any time after its first call. Where one key alone takes many steps,
    faults of the others come before its own.
    """
    keys: dict[Hashable, list[Operation]] = {}
    for operation in operations:
        key = model.key(operation.command)
        if key in keys:
            keys[key].append(operation)
        else:
            keys[key] = [operation]
    first = _First()
    hard = []
    easily = Bound(configurations=bound.configurations, steps=min(_EASY, bound.steps))
    for key, asked in keys.items():
        asked.sort(key=attrgetter("called"))
        try:
            first.fold(Zones(model, key), asked)
        except Unfit:
            search = Search(model, easily, Spent())
            first.fold(search, asked)
            if search.inconclusive is not None:
                hard.append(asked)
    if first.fault is not None:
        return Verdict(False, first.told(model))
    spent, why = Spent(), None
    for asked in hard:
        search = Search(model, bound, spent)
        first.fold(search, asked)
        why = why or search.inconclusive
    if first.fault is not None:
        return Verdict(False, first.told(model))
    return Verdict(True) if why is None else Verdict(None, why=why)


class _First:
    """The fault that was there first, and when."""

    def __init__(self) -> None:
        self.fault: Fault | None = None
        self._moment = inf
        self._last: Operation | None = None
        self._searched: list[Operation] | None = None  # among these, by a search

    def fold(self, engine: Engine | _Log, asked: list[Operation]) -> None:
        """Go through what was asked of one key, in the order of the calls: as far as a fault would be the first."""
        returned = [operation for operation in asked if operation.returned is not None]
        returned.sort(key=attrgetter("returned"))
        at, end = 0, len(asked)
        invoke, complete = engine.invoke, engine.complete
        for operation in returned:
            moment = operation.returned
            assert moment is not None
            if moment >= self._moment:
                return
            while at < end and (called := asked[at]).called <= moment:
                invoke(called)
                if called.returned is None and called.outcome == "refused":
                    engine.refuse(called)
                at += 1
            fault = complete(operation)
            if fault is not None:
                self.fault, self._moment = fault, moment
                self._last, self._searched = operation, asked if isinstance(engine, Search) else None
                return

    def told(self, model: Model) -> Fault:
        """The fault, with what would have been right."""
        fault = self.fault
        assert fault is not None
        if self._searched is None:
            return fault
        log = _Log(fault, self._last)
        _First().fold(log, self._searched)
        return _completed(fault, model, log.moments)


class _Log:
    """An engine that only keeps what it is fed with, until what is last comes to its end with a fault."""

    def __init__(self, fault: Fault, last: Operation | None) -> None:
        self.moments: list[Moment] = []
        self._fault, self._last = fault, last

    def invoke(self, operation: Operation) -> None:
        self.moments.append(("invoke", operation))

    def complete(self, operation: Operation) -> Fault | None:
        self.moments.append(("complete", operation))
        return self._fault if operation is self._last else None

    def refuse(self, operation: Operation) -> None:
        self.moments.append(("refuse", operation))
