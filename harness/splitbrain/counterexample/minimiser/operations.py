"""Control operations: plainer arguments, and how far one is from the plainest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from splitbrain.actions import Operate
from splitbrain.trace.saving import same

_ODD = 8  # and no further


def plainer_arguments(action: Operate, operations: Mapping[str, Any]) -> Iterator[Any]:
    """What a node might be told instead, the plainest first.

    Of arguments that the scenario names, those that stand before this one; of what a function draws, a number nearer to 0, or a
    list of less.
    """
    known, argument = operations.get(action.operation, ()), action.argument
    if not callable(known):
        place = next((place for place, each in enumerate(known) if same(each, argument)), len(known))
        yield from known[:place]
    elif type(argument) is int:
        yield from dict.fromkeys(each for each in (0, 1, argument // 2, argument - 1) if 0 <= each < argument)
    elif type(argument) is list:
        yield from (argument[:place] + argument[place + 1 :] for place in range(len(argument)))


def oddity(action: Operate, operations: Mapping[str, Any]) -> int:
    """How far its argument is from the plainest: for `cost`."""
    known, argument = operations.get(action.operation, ()), action.argument
    if not callable(known):
        return next((place for place, each in enumerate(known) if same(each, argument)), len(known))
    if type(argument) is int:
        return min(abs(argument).bit_length() + 1 if argument else 0, _ODD)
    return min(len(argument), _ODD) if type(argument) is list else 0
