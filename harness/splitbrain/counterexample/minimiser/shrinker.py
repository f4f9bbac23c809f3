"""The shrinker: runs candidates, keeps the best, and stops when its budget is used up."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from splitbrain.actions import Action, Calm
from splitbrain.counterexample.minimiser.minimised import Cost, cost
from splitbrain.stopwatch import Deadline, Stopwatch
from splitbrain.world.run import Found, Run, Setup, run

_BUILD = 64  # actions or messages that cost about as much as building a small cluster
SMALL = 96  # ... as a run of a small schedule
_REMEMBERED = 400  # actions of a candidate of which the idle ones are remembered


class SpentError(Exception):
    """The budget of a minimisation is used up."""


class NoActionsError(Exception):
    """``found`` breaks the invariant in the same way before the first action: nothing is shorter."""

    def __init__(self, found: Found) -> None:
        super().__init__("it breaks at the start")
        self.found = found


class Budget:
    """What a minimisation may take: so much work, counted so that it is the same on every machine; and, as a net, CPU seconds.

    replays: how many runs of small schedules; a run of many actions or messages counts as several.
    """

    def __init__(self, seconds: float, replays: int) -> None:
        self._watch = Stopwatch()
        self._net = Deadline(seconds, cpu=True)
        self._most = replays * SMALL
        self.runs = 0
        self.work = 0

    def seconds(self) -> float:
        """Wall-clock seconds since it began."""
        return self._watch.seconds()

    def left(self) -> float:
        """The share of the work that is left, 0 to 1."""
        return max(0.0, 1 - self.work / self._most)

    def check(self) -> None:
        """Raise `SpentError` when there is nothing left."""
        if self.work >= self._most or self._net.passed():
            raise SpentError

    def charge(self, actions: int, sent: int) -> None:
        """One run more, of so many actions and messages."""
        self.runs += 1
        self.work += _BUILD + actions + sent


class Shrinker:
    """One failing run on its way down: `best` is what it has come to.

    Every method that runs something raises `SpentError` when the budget is used up; `best` is then what there is. One that
    runs a candidate raises `NoActionsError` when that needs no action: no pass has to reckon with an empty schedule.
    """

    def __init__(self, found: Found, budget: Budget, on_better: Callable[[Shrinker], None] | None = None) -> None:
        self.best = found
        self.budget = budget
        self.removed: Counter[str] = Counter()  # how many actions of the best each pass took away
        self.complete = False  # whether neither one action of the best nor two can be left out, as far as one knows
        self._on_better = on_better
        self._longest = len(found.actions)
        self.original = found.actions
        # What was run and did not break the invariant in the same way, with the places that were idle in it.
        self._failed: dict[bytes, tuple[int, ...]] = {}

    def fork(self, found: Found) -> Shrinker:
        """A shrinker of another failing run, which knows what this one has tried."""
        other = Shrinker(found, self.budget)
        other._failed = self._failed
        return other

    def cost(self) -> Cost:
        """Of the best."""
        return cost(self.best.setup, self.best.actions)

    # Running

    def attempt(self, what: str, actions: Sequence[Action], setup: Setup | None = None) -> bool:
        """Run a candidate, unless it was run before; keep it when it fails in the same way and is better than the best."""
        found = self.failing(actions, setup)
        return found is not None and self.accept(what, found)

    def failing(self, actions: Sequence[Action], setup: Setup | None = None) -> Found | None:
        """The failing run that comes of a candidate; None when it does not break the invariant in the same way."""
        done = self.failing_run(actions, setup)
        return None if done is None else done.found()

    def failing_run(self, actions: Sequence[Action], setup: Setup | None = None) -> Run | None:
        """The same, with all that is known of the run."""
        setup = setup or self.best.setup
        key = _key(setup, actions)
        if key in self._failed:
            return None
        self.budget.check()
        done = run(setup, actions, lenient=True)
        self.budget.charge(len(done.actions), done.sent)
        if self.best.alike(done.violation):
            if not done.actions:
                found = done.found()
                assert found is not None
                raise NoActionsError(found)
            return done
        if key is not None:
            self._failed[key] = _idle(done, actions) if len(actions) <= _REMEMBERED else ()
        return None

    def idle(self, actions: Sequence[Action], setup: Setup | None = None) -> tuple[int, ...]:
        """The places that were idle in a candidate that failed to break the invariant."""
        return self._failed.get(_key(setup or self.best.setup, actions) or b"", ())

    def trace(self, setup: Setup, actions: Sequence[Action]) -> Run:
        """Run with a trace, but for a fair phase at the end: it may be dear, and what happens in it is of no use."""
        self.budget.check()
        done = run(setup, actions[:-1] if isinstance(actions[-1], Calm) else actions, keep=True, lenient=True)
        self.budget.charge(len(done.actions), len(done.events) // 2)
        return done

    # Keeping

    def accept(self, what: str, found: Found) -> bool:
        """Keep what fails in the same way, if it is better."""
        if not self.may_keep(found) or cost(found.setup, found.actions) >= self.cost():
            return False
        self.replace(what, found)
        return True

    def may_keep(self, found: Found) -> bool:
        """Whether it fails in the same way, and is no longer than what was to be minimised."""
        return self.best.alike(found.violation) and len(found.actions) <= self._longest

    def replace(self, what: str, found: Found) -> None:
        """Go on from ``found``."""
        gone = len(self.best.actions) - len(found.actions)
        if gone:
            self.removed[what] += gone
        self.best = found
        self.complete = False
        self.tell()

    def tell(self) -> None:
        """Show the best so far."""
        if self._on_better is not None:
            self._on_better(self)


def _idle(done: Run, actions: Sequence[Action]) -> tuple[int, ...]:
    """The places of actions that were not enabled, or came too late: without any of them the same would have happened."""
    return (*done.idle, *range(len(done.actions) + done.skipped, len(actions)))


_ENCODER = msgspec.msgpack.Encoder()


def _key(setup: Setup, actions: Sequence[Action]) -> bytes | None:
    """Equal for equal candidates; None for what cannot be told apart so."""
    whole = (setup.size, setup.seed, _places(setup), list(actions))
    try:
        told = _ENCODER.encode(whole)
    except OverflowError:  # of numbers beyond 64 bits; JSON, which takes longer, has no bound
        told = msgspec.json.encode(whole)
    except (TypeError, ValueError, RecursionError):
        return None
    return hashlib.blake2b(told, digest_size=16).digest()


def _places(setup: Setup) -> list[Any]:
    return [values.index(setup.options[name]) if name in setup.options else 0 for name, values in setup.scenario.options.items()]
