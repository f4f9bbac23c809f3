"""A verdict on a history, with its evidence."""

from __future__ import annotations

from typing import Any

import msgspec

from splitbrain.linearizability.values import shown
from splitbrain.trace.history import Operation


class Fault(msgspec.Struct, frozen=True):
    """Why a history is not linearizable: the operations that cannot all be as they are, and no more of them than needed.

    key: of the model's keys the one that they are about, as they name it. sentence: why, in the words of whoever called them.
    operations: in the order of their calls. values: where written values are unique, the one or two that it is about. stale: of a
    read that found what had been overwritten before it was called, by how many later writes. instead: where they are not unique,
    with which results the reply that completed the fault would be none, as far as they were found; only: there are no others.
    """

    key: Any
    sentence: str
    operations: tuple[Operation, ...]
    values: tuple[Any, ...] = ()
    stale: int | None = None
    instead: tuple[Any, ...] = ()
    only: bool = False

    @property
    def summary(self) -> str:
        """The sentence, and what would have been right, where that is known."""
        if not self.instead:
            return self.sentence
        *most, last = map(shown, self.instead)
        results = f"{', '.join(most)} or {last}" if most else last
        could = f"could only have been {results}" if self.only else f"could have been {results}, among others"
        return f"{self.sentence}; the answer {could}"


class Verdict(msgspec.Struct, frozen=True):
    """linearizable: None where a bound was reached before that was known, and ``why`` says which; fault: where it is False."""

    linearizable: bool | None
    fault: Fault | None = None
    why: str | None = None
