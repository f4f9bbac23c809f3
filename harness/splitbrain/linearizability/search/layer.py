"""What the order of a history is made of: operations as they were asked, and a layer for each that returned."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, TypeAlias

from splitbrain.linearizability.search.steps import Goal
from splitbrain.trace.history import Operation

OPEN: Final = 1 << 62  # the layer of what has not returned
GONE: Final = -1  # of what was refused

Configuration: TypeAlias = tuple[int, int]  # a state, and the bits of what is in the order of all that is open


class Call:
    """An operation as it was asked: its bit among those that are open; what is known of it, as a code; the layer of its return.

    since: how many layers there were when it was called. at, before, after: where it was put into the order while it was open,
    and between which states.
    """

    __slots__ = ("after", "at", "before", "bit", "code", "layer", "operation", "since")

    def __init__(self, operation: Operation, code: int, bit: int, since: int) -> None:
        self.operation, self.code, self.bit, self.since = operation, code, bit, since
        self.layer = OPEN
        self.at = self.before = self.after = GONE


class Layer:
    """A return, what was open then, and where the order that is kept comes into it.

    calls: how many operations had been called by then. placed: what the order has here before what returns, in its order. ahead:
    what returns later needs, where nothing that would help is asked for meanwhile. told: how much was known when ``ways`` began,
    which go through all ways on from here. dead: configurations from which there is no way on.
    """

    __slots__ = ("ahead", "call", "calls", "dead", "mask", "open", "placed", "state", "told", "ways")

    def __init__(self, call: Call, opened: tuple[Call, ...], state: int, mask: int, calls: int) -> None:
        self.call, self.open, self.state, self.mask, self.calls = call, opened, state, mask, calls
        self.placed: tuple[Call, ...] = ()
        self.ahead: tuple[Goal, ...] = ()
        self.told = -1
        self.ways: Iterator[Configuration] | None = None
        self.dead: Tables | None = None


# Configurations by their states, and by their bits but for those that are optional; then which optional ones: to have more of these
# in the order is never better, for none of them has to come.
Table: TypeAlias = dict[Configuration, list[int]]
# By what was optional when they were made: as time goes by, that gets less.
Tables: TypeAlias = dict[int, Table]


def is_new(table: Table, state: int, mask: int, optional: int) -> bool:
    """Put a configuration into a table, unless one is there that is no worse."""
    more = mask & optional
    masks = table.get((state, mask ^ more))
    if masks is None:
        table[state, mask ^ more] = [more]
        return True
    for less in masks:
        if less & more == less:
            return False
    masks.append(more)
    return True


def is_dead(tables: Tables, state: int, mask: int) -> bool:
    """Whether a configuration, or one that is no worse, is in one of these."""
    for optional, table in tables.items():
        more = mask & optional
        masks = table.get((state, mask ^ more))
        if masks is not None:
            for less in masks:
                if less & more == less:
                    return True
    return False


def merge(layer: Layer, table: Table, optional: int) -> None:
    """There is no way on from what is in a table."""
    if layer.dead is None:
        layer.dead = {}
    dead = layer.dead.setdefault(optional, table)
    if dead is not table:
        for configuration, masks in table.items():
            dead.setdefault(configuration, []).extend(masks)
