"""Mend an order by a change long before its end, and keep the rest as it was: what came first is often seen only much later.

Which of two enqueues at once came first is seen when somebody dequeues. To go back layer by layer until then would try all orders
of all that was enqueued since. So before that, an operation that may help what does not fit is put into the order earlier, and what
comes behind is gone through as it was kept. Where it goes further than before, that is the order to be mended next.

Nothing is learnt where none is found: the order is what it was, and the search goes on as if nothing had been tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final, TypeAlias

from splitbrain.linearizability.search.layer import GONE, OPEN, Call, Configuration, Layer
from splitbrain.linearizability.search.steps import NO_STEP, Steps

_FAR: Final = 400  # layers back, for what may help
_NEXT: Final = 4  # for what may, whether it helps or not
_NEAR: Final = 16  # for what was put in to help another
_MOST: Final = 4_000  # layers that are gone through again
_FEW: Final = 50  # configurations on the way through a layer whose return does not fit as it did

Change: TypeAlias = tuple[int, int, Call]  # what is put in; in which layer, behind how many that are there
Kept: TypeAlias = tuple[int, int, tuple[Call, ...]]  # a layer's configuration, and what is put in there
Ways: TypeAlias = Callable[[int, Callable[[int], None]], Iterator[Configuration]]


class _TiredError(Exception):
    """It takes too long."""


class Repair:
    """Of an order whose last layer has no way on. ways: those through a layer, and who counts the configurations on them."""

    __slots__ = ("_fuse", "_goal", "_kept", "_layers", "_left", "_steps", "_way", "_ways")

    def __init__(self, layers: Sequence[Layer], steps: Steps, ways: Ways) -> None:
        self._layers, self._steps, self._ways = layers, steps, ways
        self._left, self._fuse = _MOST, _FEW
        self._goal = len(layers) - 1  # the first layer that does not fit
        self._way: Configuration | None = None  # behind the last one
        self._kept: dict[int, Kept] = {}

    def mend(self, place: int) -> Configuration | None:
        """The configuration behind the last layer, of an order that was found, and that the layers have then.

        place: from where on the order is not one any more; the last layer, where only that does not fit.
        """
        layers = self._layers
        end = len(layers) - 1
        told = [(call, call.at, call.before, call.after) for call in layers[-1].open]
        if place < end:
            self._goal = place
            self._try(place, None, GONE)
        else:
            self._way = self._way_through(end)
        while self._way is None and self._left > 0 and self._is_furthered():
            pass
        if self._way is None:
            self._restore(self._kept)
            for call, at, before, after in told:
                call.at, call.before, call.after = at, before, after
        return self._way

    @property
    def steps(self) -> int:
        """How many it took, roughly."""
        return _MOST - self._left

    def _is_furthered(self) -> bool:
        goal = self._goal
        # First what is near, then what helps, as the model says.
        if self._is_any_of(self._changes(goal, every=True, far=_NEXT)) or self._found(goal):
            return True
        # Or what was put in so that another fits was wrong, and that other wants a change instead.
        if any(self._layers[place].placed and self._found(place) for place in range(goal - 1, max(-1, goal - _NEAR), -1)):
            return True
        # Or the wrong one of several that are alike was put in, and what is to be put in elsewhere helps another.
        return self._is_any_of(self._changes(goal, every=True))

    def _is_any_of(self, changes: Iterator[Change]) -> bool:
        """Whether one of these leads beyond what did not fit, tried one by one."""
        goal = self._goal
        for change in changes:
            if self._left <= 0:
                return False
            self._try(change[0], change, goal)
            if self._goal > goal or self._way is not None:
                return True
        return False

    def _found(self, wanting: int) -> bool:
        """Whether a change that helps what returns in a layer leads beyond what did not fit."""
        goal = self._goal
        changes = self._changes(wanting)
        # To put it in too early does not fit before that layer, and too late does not fit there: so the place is in between.
        some: list[Change] = []
        size = 1
        while self._left > 0:
            some = [change for _, change in zip(range(size), changes, strict=False)]
            if not some:
                return False
            ended = self._try(some[-1][0], some[-1], wanting)
            if self._goal > goal or self._way is not None:
                return True
            if ended < wanting:
                some.pop()
                break
            size *= 2
        while some and self._left > 0:
            middle = len(some) // 2
            ended = self._try(some[middle][0], some[middle], wanting)
            if self._goal > goal or self._way is not None:
                return True
            some = some[:middle] if ended < wanting else some[middle + 1 :]
        return False

    def _changes(self, wanting: int, *, every: bool = False, far: int = _FAR) -> Iterator[Change]:
        """What may be put in earlier, the latest places first.

        every: also what does not help as the model says; from afar only what has returned. far: how many layers back.
        """
        layers, steps = self._layers, self._steps
        aims = () if every else steps.goals(layers[wanting].call.code)
        for place in range(wanting, max(-1, wanting - far), -1):
            layer = layers[place]
            for call in layer.open:
                bit = call.bit
                if not bit or layer.mask & bit or call.layer < place or (every and far == _FAR and call.layer == OPEN):
                    continue
                if aims and not any(aim.is_helped(call.code) for aim in aims):
                    continue
                places = len(layer.placed)
                if call in layer.placed:
                    places = layer.placed.index(call)
                elif call is not layer.call:
                    places += 1
                for before in range(places - 1, -1, -1):
                    yield place, before, call

    def _try(self, place: int, change: Change | None, wanting: int) -> int:
        """The layer that does not fit now; the order is as it was, if that is no further than before."""
        layers, steps = self._layers, self._steps
        follow, ask = steps.follow, steps.ask
        goal, end = self._goal, len(layers) - 1
        state, mask = layers[place].state, layers[place].mask
        kept: dict[int, Kept] = {}
        for number in range(place, end + 1):
            self._left -= 1
            layer = layers[number]
            due = layer.call
            placed = layer.placed if number != wanting or wanting == goal else ()
            if number == place:
                if change is not None:
                    placed = (*placed[: change[1]], change[2], *placed[change[1] :])
            elif number <= goal and change is not None and state == layer.state and mask == layer.mask:
                self._restore(kept)
                return goal  # it changes nothing
            kept[number] = layer.state, layer.mask, layer.placed
            layer.state, layer.mask, layer.placed = state, mask, ()
            for call in placed:
                if mask & call.bit or call.layer < number:
                    continue
                after = follow[state].get(call.code)
                if after is None:
                    after = ask(state, call.code)
                if after == NO_STEP or (after == state and call.layer == OPEN):
                    if number == place and change is not None and call is change[2]:
                        self._restore(kept)
                        return place - 1
                    continue
                layer.placed = (*layer.placed, call)
                call.at, call.before, call.after = number, state, after
                state = after
                mask |= call.bit
            if mask & due.bit:
                mask ^= due.bit
                continue
            after = follow[state].get(due.code)
            if after is None:
                after = ask(state, due.code)
            if after != NO_STEP:
                state = after
                continue
            if fits_earlier(layers, number, place, due, steps):
                continue
            way = self._way_through(number) if number != wanting or wanting == goal else None
            if way is None:
                if number > goal or change is None:
                    self._goal = number
                    self._kept = {**kept, **self._kept}
                else:
                    self._restore(kept)
                return number
            state, mask = way
        self._way = state, mask
        return end + 1

    def _way_through(self, place: int) -> Configuration | None:
        self._fuse = _FEW
        try:
            return next(self._ways(place, self._count), None)
        except _TiredError:
            return None

    def _count(self, _steps: int) -> None:
        self._left -= 1
        self._fuse -= 1
        if self._left < 0 or self._fuse < 0:
            raise _TiredError

    def _restore(self, kept: dict[int, Kept]) -> None:
        for number, (state, mask, placed) in kept.items():
            layer = self._layers[number]
            layer.state, layer.mask, layer.placed = state, mask, placed


def fits_earlier(layers: Sequence[Layer], place: int, first: int, call: Call, steps: Steps) -> bool:
    """Whether a call fits where the order stood at a time since it was called, and changes nothing: then it is put there."""
    code, bit = call.code, call.bit
    for earlier in range(place - 1, max(call.since, first) - 1, -1):
        state = layers[earlier].state
        after = steps.follow[state].get(code)
        if after is None:
            after = steps.ask(state, code)
        if after == state:
            layers[earlier].placed = (call, *layers[earlier].placed)
            for layer in layers[earlier + 1 : place + 1]:
                layer.mask |= bit
            return True
    return False
