"""Linearizability under any model, of one key, as its history grows: an order is kept, and mended where it must be.

After Wing and Gong (Testing and verifying concurrent objects, 1993) and Lowe (Testing for linearizability, 2017). What has returned
has to be in the order; so it has one layer for each return: what comes into it just before that moment, because otherwise what
returned could not have its result, and then what returned, unless it was in there already. Operations of which nobody knows an
outcome come in only where they are needed.

A layer begins at a configuration: a state, and which of the open operations are in the order already. Where a return fits behind
the order kept so far, that is all. Else it is tried whether it does after a change of that order, with the rest as it is. Else the
search goes back layer by layer, the last first, and tries other ways through each.
A configuration from which no way led on is remembered with its layer, and never tried again: what did not fit with what was known
then does not fit when more is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from splitbrain.linearizability.bound import Bound, Spent
from splitbrain.linearizability.model import UNKNOWN, Model
from splitbrain.linearizability.search.evidence import Moment, TiredError, fault_of, least
from splitbrain.linearizability.search.layer import GONE, Call, Configuration, Layer
from splitbrain.linearizability.search.necessary import look_ahead, out_of_reach
from splitbrain.linearizability.search.repair import Repair, fits_earlier
from splitbrain.linearizability.search.steps import FIRST, NO_STEP, Steps
from splitbrain.linearizability.search.ways import ways
from splitbrain.linearizability.verdict import Fault
from splitbrain.trace.history import Operation

_EVIDENCE: Final = 5_000  # steps to look for it, for each moment of the history; and of all
_LONGEST: Final = 2_000_000
_QUESTION: Final = 200_000  # of them for each question
_REPEATED: Final = 10_000  # configurations to remember where what was asked may take effect more than once
_ASK: Final = 20  # steps that it takes as long as to ask the model for a new one
_PATIENCE: Final = 200  # configurations that are tried before it is thought about
_SOON: Final = 40  # before it is tried to repair the order
_NEAR: Final = 4  # layers that are gone back until then
_NEVER: Final = 1 << 62


class _ReachedError(Exception):
    """A bound."""


class _ImpatientError(Exception):
    """It takes long."""


class Search:
    """Whether one key's history so far is linearizable; fed in the order of moments. It ends with its first fault.

    inconclusive: which bound was reached, where one was: it says nothing more, then. explain: whether a fault says which operations
    it needs, which takes longer than to find it; else it names the last one alone.
    """

    def __init__(self, model: Model, bound: Bound = Bound(), spent: Spent | None = None, *, explain: bool = True) -> None:  # noqa: B008 - it is frozen
        self.inconclusive: str | None = None
        self._model, self._bound, self._explain = model, bound, explain
        self._spent = spent if spent is not None else Spent()
        self._over = False
        self._forget()

    def _forget(self) -> None:
        self._log: list[Moment] = []
        self._steps = Steps(self._model)
        self._open: dict[Operation, Call] = {}
        self._calls: list[Call] = []
        self._layers: list[Layer] = []
        self._free: list[int] = []  # bits that nobody has
        self._bits = 0
        self._repeated: set[int] = set()
        self._state, self._mask = FIRST, 0  # behind the last layer
        self._told = 0  # how much is known: it grows with each return
        self._looked = 0  # layers that were told what comes behind them
        self._remembered = 0
        self._counted = 0  # asks
        self._fuse = _NEVER
        self._cause: tuple[Call, ...] | None = None  # why what returned last cannot be, where that is easily seen

    @property
    def changed(self) -> bool:
        """Whether what was answered needs another state than the first; where the search has ended, that is not known: it may."""
        return self._over or self._state != FIRST or any(layer.state != FIRST for layer in self._layers)

    def invoke(self, operation: Operation) -> None:
        """It was called; or asked again, after all attempts had been refused."""
        if not self._over and operation not in self._open:
            self._log.append(("invoke", operation))
            self._call(operation, self._steps.code(operation.command, UNKNOWN), self._bit())

    def offer(self, operation: Operation) -> None:
        """It was called, and may take effect at any time from now on, if ever, but with its result."""
        if not self._over and operation not in self._open:
            self._call(operation, self._steps.code(operation.command, operation.result), self._bit())

    def repeat(self, operation: Operation) -> None:
        """The same, and as often as that helps."""
        code = self._steps.code(operation.command, operation.result)
        if not self._over and code not in self._repeated:
            self._repeated.add(code)
            self._call(operation, code, 0)

    def _call(self, operation: Operation, code: int, bit: int) -> None:
        call = self._open[operation] = Call(operation, code, bit, len(self._layers))
        self._calls.append(call)

    def _bit(self) -> int:
        if self._free:
            return self._free.pop()
        self._bits += 1
        return 1 << (self._bits - 1)

    def complete(self, operation: Operation) -> Fault | None:
        """It returned, and has its result: returns the fault if the history so far is not linearizable."""
        if self._over or operation not in self._open:
            return None
        self._log.append(("complete", operation))
        layers, steps = self._layers, self._steps
        start = len(layers)
        opened = tuple(self._open.values())
        call = self._open.pop(operation)
        code = call.code = steps.code(operation.command, operation.result)
        bit = call.bit
        self._free.append(bit)
        call.layer = start
        state, mask = self._state, self._mask
        layers.append(Layer(call, opened, state, mask, len(self._calls)))
        self._told += 1
        if mask & bit:  # it is in the order; with this result?
            before = call.before
            after = steps.follow[before].get(code)
            if after is None:
                after = steps.ask(before, code)
            if after == call.after:
                self._mask = mask ^ bit
                return None
            start = call.at
        else:
            after = steps.follow[state].get(code)
            if after is None:
                after = steps.ask(state, code)
            if after != NO_STEP:
                self._state = after
                return None
            if fits_earlier(layers, start, 0, call, steps):
                return None
        return self._settle(start, call)

    def refuse(self, operation: Operation) -> Fault | None:
        """Every attempt so far was refused: it has had no effect. Returns the fault if the history is not linearizable without."""
        if self._over or operation not in self._open:
            return None
        self._log.append(("refuse", operation))
        call = self._open.pop(operation)
        self._free.append(call.bit)
        call.layer = GONE
        self._told += 1
        return self._settle(call.at, call) if self._mask & call.bit else None

    def _settle(self, start: int, call: Call) -> Fault | None:
        try:
            found = self._mend_near(start, call) or self._repair(start)
            self._fuse = self._remembered + _PATIENCE
            found = found or self._mend(start, call)
            while not found and self._cause is None and self._steps.was_mistaken():
                for layer in self._layers:
                    layer.dead = None
                self._told += 1
                found = self._mend(0, call)
        except _ReachedError as bound:
            self.inconclusive = str(bound)
            self._over = True
            self._forget()
            return None
        if found:
            return None
        fault = self._fault(call)
        self._over = True
        self._forget()
        return fault

    def _mend_near(self, place: int, last: Call) -> bool:
        """Whether the last few layers alone can be mended, soon; else they are as they were."""
        first = max(0, place - _NEAR)
        kept = [(layer, layer.state, layer.mask, layer.placed) for layer in self._layers[first:]]
        told = [(call, call.at, call.before, call.after) for call in self._layers[-1].open]
        self._fuse = self._remembered + _SOON
        if self._mend(place, last, first):
            return True
        for layer, state, mask, placed in kept:
            layer.state, layer.mask, layer.placed, layer.ways = state, mask, placed, None
        for call, at, before, after in told:
            call.at, call.before, call.after = at, before, after
        return False

    def _repair(self, place: int) -> bool:
        """Whether it fits after a change, with the order kept else."""
        repair = Repair(self._layers, self._steps, self._ways)
        way = repair.mend(place)
        self._spend(repair.steps)
        if way is not None:
            self._state, self._mask = way
        return way is not None

    def _mend(self, place: int, last: Call, first: int = 0) -> bool:
        """Find an order of all layers that is as the one kept below ``place``; else below the one before it, and so on."""
        layers = self._layers
        end = len(layers) - 1
        while place >= first:
            layer = layers[place]
            if layer.told != self._told or layer.ways is None:
                layer.ways, layer.told = self._ways(place, self._count), self._told
            try:
                way = next(layer.ways, None)
            except _ImpatientError:
                if first:
                    return False
                self._cause = self._why_not(last)
                if self._cause is not None:
                    return False
                look_ahead(layers, self._steps, self._looked)
                self._looked = len(layers)
                self._told += 1
                continue
            if way is None:
                layer.ways = None
                place -= 1
            elif place == end:
                self._state, self._mask = way
                return True
            else:
                place += 1
                layer = layers[place]
                layer.state, layer.mask = way
                layer.ways = None
        return False

    def _ways(self, place: int, count: Callable[[int], None]) -> Iterator[Configuration]:
        return ways(self._layers, self._calls, place, self._steps, count)

    def _count(self, steps: int) -> None:
        self._remembered += 1
        self._spend(steps + 1)
        if self._remembered > self._fuse:
            self._fuse = _NEVER
            raise _ImpatientError

    def _spend(self, steps: int) -> None:
        spent, bound = self._spent, self._bound
        asks = self._steps.asks
        spent.steps += steps + _ASK * (asks - self._counted)
        self._counted = asks
        if self._remembered + self._steps.weight > bound.configurations:
            raise _ReachedError(f"the search of one key remembered {bound.configurations:,} configurations, its bound")
        if spent.steps > bound.steps:
            raise _ReachedError(f"the search did the work of {bound.steps:,} steps, its bound")

    def _why_not(self, call: Call) -> tuple[Call, ...] | None:
        return None if call.layer == GONE else out_of_reach(self._model, self._layers, self._calls, self._steps, call)

    def _fault(self, call: Call) -> Fault:
        """The fault that ``call`` completed."""
        last, log = call.operation, self._log
        if not self._explain:
            return fault_of(self._model, (last,), last)
        calls = self._cause or self._why_not(call)
        if calls is not None:
            return fault_of(self._model, [each.operation for each in calls], last, plain=True)
        spent = Spent()

        def is_fault(moments: Sequence[Moment], repeated: bool) -> bool:
            spent.steps += len(moments)
            if spent.steps > min(_EVIDENCE * len(log), _LONGEST):
                raise TiredError
            bound = Bound(_REPEATED if repeated else self._bound.configurations, spent.steps + _QUESTION)
            search = Search(self._model, bound, spent, explain=False)
            return any(getattr(search, what)(operation) is not None for what, operation in moments)

        return fault_of(self._model, least(log, is_fault), last, refused=log[-1][0] == "refuse")
