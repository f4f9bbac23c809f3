"""How far a search may go before it says that it does not know.

It counts what a search does, not seconds or bytes, so that a verdict is the same on every machine.
"""

from __future__ import annotations

import msgspec

from splitbrain.errors import ScenarioError


class Bound(msgspec.Struct, frozen=True):
    """What a search may use; where values are unique nothing is searched, and no bound is ever reached.

    configurations: how many it may remember at once, of each key; one is what has taken effect so far, and the state after it. Each
    new state counts as one, and a long one as more. steps: the work that it may do, of all keys together: to try a step that is
    known counts as one, and to ask the model for a new one as twenty, for a model is slow.
    """

    configurations: int = 800_000
    steps: int = 8_000_000

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            number = getattr(self, name)
            if type(number) is not int or number < 1:
                raise ScenarioError(f"a bound of {number!r} {name} leaves nothing to search with; give a whole number from 1 on")


class Spent:
    """The work that was done so far: the searches of a history's keys share one."""

    __slots__ = ("steps",)

    def __init__(self) -> None:
        self.steps = 0
