"""One trial of the score: an exhibit, or an unbroken protocol, hunted blind with one seed; what is found is minimised."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from splitbrain.actions import Action, Restart
from splitbrain.catalogue.museum import find_bug
from splitbrain.catalogue.scenarios import find_scenario
from splitbrain.elsewhere.determinism import check
from splitbrain.errors import SplitbrainError
from splitbrain.nemesis.names import UNIFORM
from splitbrain.scenario import Scenario
from splitbrain.search.hunt import Hunted, hunt
from splitbrain.search.pursuit import shortest
from splitbrain.stopwatch import Stopwatch
from splitbrain.world.run import Found


@dataclass(frozen=True)
class Trial:
    """What to hunt, in names alone: it goes to another process.

    subject: an exhibit's id; or, if `unbroken`, a scenario's name. strategy: None for all of them. museum: the "module:NAME" that
    has the exhibit; None for those that are installed.
    """

    subject: str
    seed: int
    seconds: float
    strategy: str | None = None
    museum: str | None = None
    unbroken: bool = False

    def scenario(self) -> Scenario:
        """What is hunted; nothing else of the exhibit is told to the hunt."""
        return find_scenario(self.subject)[1] if self.unbroken else find_bug(self.subject, self.museum).scenario


@dataclass(frozen=True)
class Scored:
    """What came of a trial: violation, clean, vacuous, or error (then `message` says which); what is not known is None.

    seconds: until the violation, or the whole hunt. actions_found, actions: the failing run's length and the minimised one's, where
    a crash with its restart counts as one. minimise_seconds: from the first failing run to the last, with looking for others.
    """

    trial: Trial
    outcome: str
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    strategy: str | None = None
    invariant: str | None = None
    actions_found: int | None = None
    actions: int | None = None
    minimal: bool = False
    minimise_seconds: float | None = None
    replays: int | None = None
    message: str | None = None

    @property
    def found(self) -> bool:
        """Whether an invariant broke."""
        return self.outcome == "violation"


def length(actions: Sequence[Action]) -> int:
    """How long a schedule is, as exhaustive searches count: a crash with its restart is one action.

    A crash inside a handler is one as well: the handled input is a part of it. (For the minimiser's `cost` it is two.)
    """
    return len(actions) - sum(isinstance(action, Restart) for action in actions)


def attempt(trial: Trial) -> Scored:
    """Hunt; and minimise what is found, exactly as `splitbrain hunt` does, but for uniform walks."""
    try:
        hunted = hunt(trial.scenario(), seed=trial.seed, seconds=trial.seconds, strategy=trial.strategy)
        done = Scored(trial, hunted.outcome, hunted.runs, hunted.steps, hunted.seconds)
        found = hunted.found
        if found is None:
            return done
        done = replace(
            done,
            strategy=found.strategy,
            invariant=found.violation.invariant,
            actions_found=length(found.actions),
        )
        return done if trial.strategy == UNIFORM else _minimised(done, found, hunted)
    except SplitbrainError as error:
        return Scored(trial, "error", seconds=trial.seconds, message=str(error))  # as bad as a hunt that finds nothing
    except (Exception, SystemExit) as error:  # noqa: BLE001 - one trial's trouble must not lose all others
        return Scored(trial, "error", seconds=trial.seconds, message=f"{type(error).__name__}: {error}")


def _minimised(done: Scored, found: Found, hunted: Hunted) -> Scored:
    watch = Stopwatch()
    check(found.setup, found.actions, found.violation)
    best = shortest(found, hunted)
    return replace(
        done,
        invariant=best.smallest.violation.invariant,
        actions=length(best.smallest.actions),
        minimal=best.complete,
        minimise_seconds=watch.seconds(),
        replays=best.replays,
    )


def ready() -> None:
    """Make a new process ready for trials: no trial is to pay for what is imported late."""
    import networkx  # noqa: F401, PLC0415
