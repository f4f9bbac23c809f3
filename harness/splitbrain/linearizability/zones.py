"""Linearizability of reads and writes of one key, where no value is written twice: nothing has to be searched.

After Gibbons and Korach, Testing Shared Memories (SIAM J. Comput., 1997). The operations of a value are its write and the reads
that found it. Its zone runs from the first return among them to the last call. One value has to come before another where the
first return of the one is before the last call of the other. Where each of two has to come before the other no order is left; where
no two are so there is one. A zone is forward where its first return is before its last call: the value was there all the time
between. Forward zones are disjoint, then, and no other zone lies inside one.

Folded over time, only a read can make a difference that was called later than all else of its value before it. What its zone then
reaches into lies between the old end and the new one, or is the last forward zone that began before: found by bisection. As forward
zones are disjoint, each zone is passed once.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Iterator
from typing import Any, Final, Literal, TypeAlias

from splitbrain.linearizability.blame import misread
from splitbrain.linearizability.conflict import BEFORE, NEVER, Span, Zone, never_written, overwritten, refused
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.values import PLAIN, canonical
from splitbrain.linearizability.verdict import Fault
from splitbrain.trace.history import Operation

_ENOUGH: Final = 8  # values to choose from, for the words of a fault

Moment: TypeAlias = tuple[Literal["invoke", "complete", "refuse"], Operation]


class Unfit(Exception):  # noqa: N818 - not an error: a question for the search
    """What is asked is no read or write, or a value is written twice: nothing of it has been taken in."""


class Zones:
    """One key's history so far; fed as `Checker` is, until it raises `Unfit`."""

    inconclusive: str | None = None

    def __init__(self, model: Model, key: Hashable = None) -> None:
        self._model, self._zone, self._key = model, model.zone, key
        # What each moment was about: the call of what was not open, the return of what was, or one of the refusals.
        self._log: list[Operation] = []
        self._refusals: set[int] = set()
        self._open: dict[Operation, Any] = {}  # of a write, its zone; of a read, the moment of its call
        self._of: dict[Hashable, Zone] = {}  # by what was written
        self._initial = Zone(None, None, BEFORE, BEFORE)
        # All of which anything has returned, and the forward ones: by their first returns.
        self._firsts, self._begun = [BEFORE], [self._initial]
        self._forward_firsts: list[int] = []
        self._forward: list[Zone] = []

    @property
    def changed(self) -> bool:
        """Whether anything was answered that is more than a read of what was there in the beginning."""
        return len(self._begun) > 1

    def invoke(self, operation: Operation) -> None:
        """It was called; or asked again, after all attempts had been refused: its effect comes after that, then."""
        said = self._zone(operation.command, UNKNOWN)
        if said is None:
            raise Unfit
        try:
            kind, value = said
        except (TypeError, ValueError):
            raise misread(self._model, operation, UNKNOWN, said) from None
        if kind == "read":
            self._open[operation] = len(self._log)
        elif kind != "write":
            raise misread(self._model, operation, UNKNOWN, said)
        else:
            stands = value if type(value) in PLAIN else canonical(value)
            known = self._of.get(stands)
            if known is not None and not known.refused:
                raise Unfit
            self._open[operation] = self._of[stands] = Zone(value, operation, len(self._log))
        self._log.append(operation)

    def complete(self, operation: Operation) -> Fault | None:
        """It returned, and has its result: returns the fault where the history is not linearizable from here on."""
        opened = self._open.get(operation)
        if opened is None:  # refused, and acknowledged nevertheless: meanwhile somebody else was free to write its value
            raise Unfit
        if type(opened) is not Zone:
            return self._found(operation, opened)
        del self._open[operation]
        if opened.first == NEVER:
            self._begin(opened, len(self._log))
        self._log.append(operation)
        return None

    def refuse(self, operation: Operation) -> Fault | None:
        """Every attempt at it was refused: it has had no effect, and has none before it is asked again."""
        opened = self._open.pop(operation)
        self._refusals.add(len(self._log))
        self._log.append(operation)
        if type(opened) is not Zone:
            return None
        opened.refused = True
        return None if opened.first == NEVER else refused(self._key, self._log[opened.first], opened)

    def log(self) -> Iterator[Moment]:
        """All that it was fed with, for whoever goes on."""
        opened: set[Operation] = set()
        for moment, operation in enumerate(self._log):
            if moment in self._refusals:
                opened.remove(operation)
                yield "refuse", operation
            elif operation in opened:
                yield "complete", operation
            else:
                opened.add(operation)
                yield "invoke", operation

    def _found(self, read: Operation, called: int) -> Fault | None:
        said = self._zone(read.command, read.result)
        if said is None or said[0] != "read":
            raise misread(self._model, read, read.result, said, "read")
        value = said[1]
        stands = value if type(value) in PLAIN else canonical(value)
        zone = self._of.get(stands)
        if zone is None or not zone.seen:
            if self._model.step(self._model.initial, read.command, read.result) is not None:
                if zone is not None:  # it was there in the beginning, and was written: which of both was found?
                    raise Unfit
                zone = self._of[stands] = self._initial
                zone.value = value
            if zone is not None:
                zone.seen = True
        del self._open[read]
        moment = len(self._log)
        self._log.append(read)
        if zone is None:
            return never_written(self._key, read, value)
        if zone.refused:
            return refused(self._key, read, zone)
        if zone.first == NEVER:
            self._begin(zone, moment)
        return self._reach(zone, called) if called > zone.last else None

    def _begin(self, zone: Zone, moment: int) -> None:
        zone.first = moment
        self._firsts.append(moment)
        self._begun.append(zone)

    def _reach(self, zone: Zone, call: int) -> Fault | None:
        """A read of what was there before was called later than all else of that value."""
        before, first = zone.last, zone.first
        zone.last = call
        if call < first:
            place = bisect_left(self._forward_firsts, call)
        elif before > first:
            place = 0
        else:
            # Forward from now on. Its place is near the end: behind it are only zones that began while this read was under way.
            before, place = first, bisect_left(self._forward_firsts, first)
            self._forward_firsts.insert(place, first)
            self._forward.insert(place, zone)
        if place and self._forward[place - 1].last > first:
            return self._fault(zone)
        firsts, begun = self._firsts, self._begun
        for at in range(bisect_right(firsts, before), bisect_left(firsts, call)):
            if begun[at].last > first:
                return self._fault(zone)
        return None

    def _fault(self, mine: Zone) -> Fault:
        """The read that returned last is at fault."""
        later = [zone for zone in self._begun if zone is not mine and mine.first < zone.last and zone.first < mine.last]
        # Those that were written only after something of it had returned say it best, and the first of them as well as all.
        others = ([zone for zone in later if zone.called > mine.first] or later)[:_ENOUGH]
        spans = self._spans((mine, *others))
        return overwritten(self._key, spans[mine].pop(), mine, others, spans, stale=len(later))

    def _spans(self, zones: Iterable[Zone]) -> dict[Zone, list[Span]]:
        """All that has returned of some values, in that order."""
        spans: dict[Zone, list[Span]] = {zone: [] for zone in zones}
        since = max(0, min(zone.first for zone in spans))
        last = {operation: since + place for place, operation in enumerate(self._log[since:])}
        returned = {}
        for operation, moment in last.items():
            if operation not in self._open and moment not in self._refusals:
                # The result of a write does not matter; that of a read was seen to be one of a read.
                said = self._zone(operation.command, UNKNOWN)
                if said is not None and said[0] == "read":
                    said = self._zone(operation.command, operation.result)
                assert said is not None
                zone = self._of[canonical(said[1])]
                if zone in spans:
                    returned[operation] = (moment, zone)
        called = {each: moment for moment, each in enumerate(self._log) if each in returned and moment < returned[each][0]}
        for operation, (moment, zone) in sorted(returned.items(), key=lambda item: item[1][0]):
            spans[zone].append(Span(called[operation], moment, operation))
        return spans
