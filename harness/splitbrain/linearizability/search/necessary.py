"""What must hold where there is an order, and needs no search to be seen: values are written, and not overwritten yet."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from splitbrain.linearizability.model import Model
from splitbrain.linearizability.search.layer import GONE, OPEN, Call, Layer
from splitbrain.linearizability.search.steps import FIRST, Steps

_AHEAD: Final = 32  # layers that an operation looks back beyond its call
_MOST: Final = 2  # operations that a layer hears of


def out_of_reach(model: Model, layers: Sequence[Layer], calls: Sequence[Call], steps: Steps, call: Call) -> tuple[Call, ...] | None:
    """Why ``call``, which has returned, cannot have its result: None where that is not so easily seen.

    Either nothing that was asked helps, and then it is all. Or all that helps had returned, and then something was asked, and
    returned before ``call`` was called, after which it cannot be, from whichever state on: then these.
    """
    for aim in steps.goals(call.code):
        helpers = [other for other in calls if other is not call and other.layer != GONE and aim.is_helped(other.code)]
        if not helpers and not aim.is_near(FIRST):
            return (call,)
        latest = max((other.layer for other in helpers), default=GONE)
        if latest == OPEN:
            continue
        for layer in layers[latest + 1 : call.since]:
            other = layer.call
            if other.since > latest:
                said = model.zone(*steps.asked(other.code))
                if said is not None and said[0] == "write" and not aim.is_near(steps.ask(FIRST, other.code)):
                    return (*helpers, other, call)
    return None


def look_ahead(layers: Sequence[Layer], steps: Steps, looked: int) -> None:
    """Tell layers what the next that return need, where nothing that would help is asked for meanwhile; from ``looked`` on."""
    for place in range(looked, len(layers)):
        call = layers[place].call
        for aim in steps.goals(call.code):
            if any(aim.is_helped(other.code) for other in layers[place].open if other is not call):
                continue
            first = max(0, call.since - _AHEAD)
            for back in range(place - 1, first - 1, -1):
                if aim.is_helped(layers[back].call.code):
                    first = back + 1
                    break
            for layer in layers[first : call.since]:
                if len(layer.ahead) < _MOST:
                    layer.ahead = (*layer.ahead, aim)
