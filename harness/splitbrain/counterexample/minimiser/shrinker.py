"""The shrinker: runs candidates, keeps the best, and stops when its budget is used up."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

import msgspec

from splitbrain.actions import Action, Calm
from splitbrain.counterexample.minimiser.minimised import Cost, Minimised, Progress, cost
from splitbrain.stopwatch import Stopwatch
from splitbrain.world.lenient import Outcome, attempt
from splitbrain.world.run import Run, Setup, run

_BUILD = 64  # actions or messages that cost about as much as building a small cluster
SMALL = 96  # ... as a run of a small schedule
_REMEMBERED = 400  # actions of a candidate of which the idle ones are remembered


class SpentError(Exception):
    """The budget of a minimisation is used up."""


class NoActionsError(Exception):
    """``outcome`` breaks the invariant in the same way before the first action: nothing is shorter."""

    def __init__(self, outcome: Outcome | Minimised) -> None:
        super().__init__("it breaks at the start")
        self.outcome = outcome


class Budget:
    """What a minimisation may take: so much work, counted so that it is the same on every machine, and so many seconds.

    replays: how many runs of small schedules; a run of many actions or messages counts as several.
    """

    def __init__(self, seconds: float, replays: int) -> None:
        self._watch = Stopwatch()
        self._seconds = seconds
        self._most = replays * SMALL
        self.runs = 0
        self.work = 0

    def seconds(self) -> float:
        """Seconds since it began."""
        return self._watch.seconds()

    def left(self) -> float:
        """The share of the work that is left, 0 to 1."""
        return max(0.0, 1 - self.work / self._most)

    def check(self) -> None:
        """Raise `SpentError` when there is nothing left."""
        if self.work >= self._most or self._watch.seconds() >= self._seconds:
            raise SpentError

    def charge(self, actions: int, sent: int) -> None:
        """One run more, of so many actions and messages."""
        self.runs += 1
        self.work += _BUILD + actions + sent


class Shrinker:
    """One failing schedule on its way down.

    Every method that runs something raises `SpentError` when the budget is used up; `best` is then what there is. One that
    runs a candidate raises `NoActionsError` when that needs no action: no pass has to reckon with an empty schedule.
    """

    def __init__(self, best: Minimised, budget: Budget, host: str, progress: Progress | None) -> None:
        self.best = best
        self.budget = budget
        self.host = host
        self.progress = progress
        self.fingerprint = best.violation.fingerprint
        self.longest = len(best.actions)
        # What was run and did not break the invariant in the same way, with the places that were idle in it.
        self.failed: dict[bytes, tuple[int, ...]] = {}

    def fork(self, best: Minimised) -> Shrinker:
        """A shrinker of another failing run, which knows what this one has tried."""
        other = Shrinker(best, self.budget, self.host, None)
        other.failed = self.failed
        return other

    def cost(self) -> Cost:
        """Of the best."""
        return cost(self.best.setup, self.best.actions)

    def attempt(self, what: str, actions: Sequence[Action], setup: Setup | None = None) -> bool:
        """Run a candidate, unless it was run before; keep it when it fails in the same way and is better than the best."""
        outcome = self.outcome(actions, setup)
        return outcome is not None and self.accept(what, outcome)

    def outcome(self, actions: Sequence[Action], setup: Setup | None = None) -> Outcome | None:
        """What comes of a candidate; None when it does not break the invariant in the same way."""
        setup = setup or self.best.setup
        key = _key(setup, actions)
        if key in self.failed:
            return None
        self.budget.check()
        outcome = attempt(setup, actions, self.host)
        self.budget.charge(len(outcome.actions), outcome.sent)
        if self.alike(outcome):
            if not outcome.actions:
                raise NoActionsError(outcome)
            return outcome
        if key is not None:
            self.failed[key] = outcome.idle if len(actions) <= _REMEMBERED else ()
        return None

    def idle(self, actions: Sequence[Action], setup: Setup | None = None) -> tuple[int, ...]:
        """The places that were idle in a candidate that failed to break the invariant."""
        return self.failed.get(_key(setup or self.best.setup, actions) or b"", ())

    def trace(self, setup: Setup, actions: Sequence[Action]) -> Run:
        """Run with a trace, but for a fair phase at the end: it may be dear, and what happens in it is of no use."""
        self.budget.check()
        outcome = run(setup, actions[:-1] if isinstance(actions[-1], Calm) else actions, host=self.host, keep=True, lenient=True)
        self.budget.charge(len(outcome.actions), len(outcome.events) // 2)
        return outcome

    def alike(self, outcome: Outcome | Run) -> bool:
        """Whether the same invariant broke in the same way."""
        return outcome.violation is not None and outcome.violation.fingerprint == self.fingerprint

    def accept(self, what: str, outcome: Outcome | Run) -> bool:
        """Keep what fails in the same way, if it is better."""
        if not self.alike(outcome) or len(outcome.actions) > self.longest:
            return False
        if cost(outcome.setup, outcome.actions) >= self.cost():
            return False
        self.replace(what, outcome)
        return True

    def replace(self, what: str, outcome: Outcome | Run | Minimised) -> None:
        """Go on from ``outcome``."""
        assert outcome.violation is not None
        best = self.best
        gone = len(best.actions) - len(outcome.actions)
        if gone:
            best.removed[what] += gone
        best.setup, best.actions, best.violation = outcome.setup, outcome.actions, outcome.violation
        best.complete = False
        self.tell()

    def adopt(self, what: str, other: Shrinker) -> bool:
        """Go on from what another shrinker has, if that is better."""
        if len(other.best.actions) > self.longest or other.cost() >= self.cost():
            return False
        self.replace(what, other.best)
        return True

    def tell(self) -> None:
        """Show the best so far."""
        self.best.replays, self.best.seconds = self.budget.runs, self.budget.seconds()
        if self.progress is not None:
            self.progress(self.best)


_ENCODER = msgspec.msgpack.Encoder()


def _key(setup: Setup, actions: Sequence[Action]) -> bytes | None:
    """Equal for equal candidates; None for what cannot be told apart so."""
    try:
        told = _ENCODER.encode((setup.size, setup.seed, _plain(setup), list(actions)))
    except (TypeError, ValueError, RecursionError):
        return None
    return hashlib.blake2b(told, digest_size=16).digest()


def _plain(setup: Setup) -> list[Any]:
    return [values.index(setup.options[name]) if name in setup.options else 0 for name, values in setup.scenario.options.items()]
