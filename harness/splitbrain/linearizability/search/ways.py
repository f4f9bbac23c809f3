"""The ways through one layer of an order: what is put into it, so that what returns there has its result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

from splitbrain.linearizability.search.layer import GONE, OPEN, Call, Configuration, Layer, Table, is_dead, is_new, merge
from splitbrain.linearizability.search.steps import NO_STEP, Goal, Steps

Node: TypeAlias = tuple[int, int, int, Call]  # a configuration, the number of the node before it, and what was put in between
Want: TypeAlias = tuple[int, int, Goal]  # the bit of what has to come yet; the bits of what may help; what it needs


def ways(
    layers: Sequence[Layer], calls: Sequence[Call], place: int, steps: Steps, count: Callable[[int], None]
) -> Iterator[Configuration]:
    """The configurations in which the next layer can begin, if this one begins as it does: those that put in least come first.

    What is put in while it is open is told where. Once all are told the layer knows that there is no other way.
    count: is told of each configuration how many steps there are from it, and may raise.
    """
    layer = layers[place]
    following = layers[place + 1] if place + 1 < len(layers) else None
    due, follow, ask = layer.call, steps.follow, steps.ask
    # What has returned by now, in the order of the returns, and then what has not.
    opened = sorted((call for call in layer.open if call.layer >= place and call is not due), key=_by_return)
    wanted = _wanted(layers, calls, place, opened, steps)
    idle = [(call.code, call.bit) for call in (due, *opened) if call.layer != OPEN and steps.is_idle(call.code)]
    optional = 0
    alike = {due.code: due.bit}
    candidates = []
    for call in opened:
        if call.layer == OPEN:
            optional |= call.bit
        # Of two that are alike, the one that returns first comes first: to swap them would do no harm.
        candidates.append((call, call.code, call.bit, alike.get(call.code, 0)))
        alike[call.code] = alike.get(call.code, 0) | call.bit
    table: Table = {}
    nodes: list[Node] = [(layer.state, _settled(idle, layer.state, layer.mask, steps), GONE, due)]
    is_new(table, layer.state, layer.mask, optional)
    is_new(table, layer.state, nodes[0][1], optional)
    for number, (state, mask, _, _) in enumerate(nodes):  # it grows while it is gone through
        count(len(candidates))
        if wanted and _is_hopeless(wanted, state, mask):
            continue
        moves = follow[state]
        if mask & due.bit:
            after, left = state, mask ^ due.bit
        else:
            found = moves.get(due.code)
            after, left = (ask(state, due.code) if found is None else found), mask
        if after != NO_STEP and not (following is not None and following.dead and is_dead(following.dead, after, left)):
            _tell(nodes, number, layer, place)
            yield after, left
        if mask & due.bit:
            continue
        for call, code, bit, first in candidates:
            if mask & bit or first & ~mask:
                continue
            found = moves.get(code)
            after = ask(state, code) if found is None else found
            # What need not come does not where it would change nothing.
            if after == NO_STEP or (after == state and call.layer == OPEN):
                continue
            then = _settled(idle, after, mask | bit, steps)
            if (layer.dead is None or not is_dead(layer.dead, after, then)) and is_new(table, after, then, optional):
                nodes.append((after, then, number, call))
    merge(layer, table, optional)


def _by_return(call: Call) -> int:
    return call.layer


def _settled(idle: Sequence[tuple[int, int]], state: int, mask: int, steps: Steps) -> int:
    """The bits, with those of what has its result here, and never changes anything: it stands in nobody's way."""
    moves = steps.follow[state]
    for code, bit in idle:
        if not mask & bit:
            after = moves.get(code)
            if after is None:
                after = steps.ask(state, code)
            if after == state:
                mask |= bit
    return mask


def _wanted(layers: Sequence[Layer], calls: Sequence[Call], place: int, opened: Sequence[Call], steps: Steps) -> list[Want]:
    """What has to come yet, each with the bits of what may help, unless something called later may."""
    layer = layers[place]
    wanted = [(0, 0, aim) for aim in layer.ahead]
    every = (layer.call, *opened)
    for call in every:
        if call.layer == OPEN:
            break
        for aim in steps.goals(call.code):
            if any(aim.is_helped(other.code) for other in calls[layer.calls : layers[call.layer].calls]):
                continue
            bits = 0
            for other in every:
                if other is not call and aim.is_helped(other.code):
                    if not other.bit:  # there is no end of it
                        break
                    bits |= other.bit
            else:
                wanted.append((call.bit, bits, aim))
    return wanted


def _is_hopeless(wanted: Sequence[Want], state: int, mask: int) -> bool:
    """Whether something has to come yet that cannot from this state on, and nothing is left that would help."""
    for bit, bits, aim in wanted:  # noqa: SIM110 - a generator would cost more than the test
        if not mask & bit and not bits & ~mask and not aim.is_near(state):
            return True
    return False


def _tell(nodes: Sequence[Node], number: int, layer: Layer, place: int) -> None:
    """Say what is put into a layer, and where."""
    placed: list[Call] = []
    while number != GONE:
        state, mask, before, call = nodes[number]
        bits = mask ^ (nodes[before][1] if before != GONE else layer.mask)
        if before != GONE:
            call.at, call.before, call.after = place, nodes[before][0], state
            bits &= ~call.bit
        if bits:
            placed += [other for other in layer.open if other.bit & bits]
        if before != GONE:
            placed.append(call)
        number = before
    layer.placed = tuple(reversed(placed))
