"""What a check takes, and for what: so that one that takes long says why, and one that takes too long ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal, TypeAlias, get_args

from splitbrain.stopwatch import Stopwatch

# For the runs of one check: ordinary nodes take a tenth of that.
ENOUGH_CPU = 6.0  # seconds
ENOUGH_BYTES = 200_000_000  # of large things in traces, each of which is encoded a dozen times
ENOUGH_ASLEEP = 20.0  # seconds of wall clock, of nodes that sleep
_ASLEEP = 0.05  # of the wall clock at most is CPU time then; on a busy machine it is more
_WORTH_A_WORD = 4.0  # seconds of CPU

# The nodes at work; what happened, as it is encoded; all of that twice again, and compared; and whatever else is waited for.
Part: TypeAlias = Literal["nodes", "traces", "again", "elsewhere"]


class Effort:
    """Times what a check does."""

    def __init__(self) -> None:
        self._watch = Stopwatch()
        self._spent: dict[Part, float] = dict.fromkeys(get_args(Part), 0.0)
        self._bytes, self._largest, self._what = 0, 0, ""

    @contextmanager
    def on(self, part: Part) -> Iterator[None]:
        """Count what is done meanwhile as a part of the whole."""
        watch = Stopwatch()
        try:
            yield
        finally:
            self._spent[part] += watch.seconds()

    def weigh(self, what: str, size: int) -> None:
        """Something takes so many bytes in the trace."""
        self._bytes += size
        if size > self._largest:
            self._largest, self._what = size, what

    @property
    def enough(self) -> bool:
        """Whether so much was done that no more is to be begun."""
        return self._bytes >= ENOUGH_BYTES or self._watch.cpu() >= ENOUGH_CPU or self._asleep

    @property
    def _asleep(self) -> bool:
        seconds = self._watch.seconds()
        return seconds >= ENOUGH_ASLEEP and self._watch.cpu() < _ASLEEP * seconds

    def note(self, tried: int, planned: int) -> str | None:
        """Where the time went, if it is worth a word, and what came of it: how many runs were tried of those that were planned."""
        seconds = self._watch.seconds()
        if self._watch.cpu() < _WORTH_A_WORD and not self._asleep and tried == planned:
            return None
        spent = self._spent
        again = min(spent["again"], 2 * spent["nodes"])  # the nodes do the same twice again
        parts = {
            "in the nodes": spent["nodes"] + again,
            "encoding and comparing what happened": spent["traces"] + spent["again"] - again,
            "in other processes": spent["elsewhere"],
        }
        told = ", ".join(
            f"{taken:.1f} s {what}" for what, taken in sorted(parts.items(), key=lambda each: -each[1]) if taken >= 0.1
        )
        large = f" (the largest is {self._what}, of {self._largest / 1e6:.1f} MB)" if self._largest >= 100_000 else ""
        early = f"; so no more runs were begun than {tried} of {planned}" if tried < planned else ""
        return f"it took {seconds:.1f} s: {told}{large}{early}"
