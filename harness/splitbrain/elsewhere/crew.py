"""The crew: processes under three other hash seeds, kept for the next question."""

from __future__ import annotations

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager

from splitbrain.elsewhere.question import Answer, Question
from splitbrain.elsewhere.worker import LASTING, Worker
from splitbrain.errors import ScenarioError

# Under these three every two of n1 to n9 come in both orders, in the set of both and in those of all nodes of 3, 5, 7 and 9:
# whatever a set of names does here, one of them does otherwise (found by trying the first sixty).
HASH_SEEDS = (19, 38, 57)
_SPARE = 1  # for the one of them that is our own

among_them = False  # whether this process is one of a crew: it must not ask others
_idle: list[Crew] = []


class Crew:
    """Three workers, begun at once. trouble: why there are none."""

    cause: str | None = None  # of what they do otherwise: that has to be found out

    def __init__(self, lasting: bool = LASTING) -> None:
        self.trouble: str | None = None
        self.owner = os.getpid()
        self._lasting = lasting
        self._workers: list[Worker] = []
        self._muster()

    @property
    def pids(self) -> list[int]:
        """Of its processes, as far as they were begun."""
        return [worker.pid for worker in self._workers]

    @property
    def places(self) -> tuple[str, ...]:
        """Where each of them runs what it is asked, for the middle of a sentence."""
        return tuple(f"in another process (PYTHONHASHSEED={seed})" for seed in hash_seeds())

    def ask(self, question: Question, seconds: float) -> list[Answer]:
        """What each of them answers; they work at the same time, in at most so many seconds of wall clock each."""
        try:
            self._muster()
            if self.trouble is not None:
                return [Answer(trouble=self.trouble)] * len(HASH_SEEDS)
            for worker in self._workers:
                worker.ask(question)
            answers = [worker.answer(seconds) for worker in self._workers]
        except BaseException:
            self.dismiss()  # what they answer now is no answer to the next question
            raise
        if not all(worker.fit for worker in self._workers):
            self.dismiss()
        return answers

    def _muster(self) -> None:
        """Begin anew, unless all are there."""
        if self._workers and all(worker.alive for worker in self._workers):
            return
        self.dismiss()
        try:
            self._workers.extend(Worker(seed, self._lasting) for seed in hash_seeds())
            self.trouble = None
        except OSError as error:
            self.dismiss()
            self.trouble = f"no other process can be started: {error}"

    def dismiss(self) -> None:
        """End them."""
        for worker in self._workers:
            if self.owner == os.getpid():
                worker.stop()
            else:
                worker.disown()
        self._workers = []


@contextmanager
def mustered() -> Iterator[Crew]:
    """A crew: one that is idle, or a new one.

    Raises `ScenarioError` in a process of a crew, whose user's module runs a search while it is imported.
    """
    if among_them:
        raise ScenarioError(
            "it searches, or runs a check, while it is imported; let it do so in a test, or behind `if __name__ == '__main__':`"
        )
    crew = None
    while crew is None or crew.owner != os.getpid():  # a fork has its parent's
        if crew is not None:
            crew.dismiss()
        crew = _idle.pop() if _idle else Crew()
    try:
        yield crew
    finally:
        _idle.append(crew)


@atexit.register
def dismiss() -> None:
    """End all that are idle."""
    while _idle:
        _idle.pop().dismiss()


def hash_seeds() -> tuple[int, ...]:
    """Those of a crew; none of them is this process' own."""
    own = os.environ.get("PYTHONHASHSEED")
    return tuple(_SPARE if str(seed) == own else seed for seed in HASH_SEEDS)
