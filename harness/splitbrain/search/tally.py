"""A tally: what a search went through, whoever searches, and whether it means anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from splitbrain.events import Observed, Replied
from splitbrain.invariant import EVENTS, awaited, goes_by_answers, sees
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario
from splitbrain.trace.history import History, Outcome


@dataclass
class Tally:
    """How many runs and steps, in how many seconds, and what they exercised; answered: of the runs those in which a client was.

    coverage: how often each observation and each action occurred, by name. heard: how often each type of observation did, and each
    type of event that an invariant looks at. operations: how many that clients asked for were answered, refused, or are of unknown
    outcome; commands: the same by kinds of command, where these have names; resent: how many were answered once they had been asked
    for again. shares: the steps that each strategy took. portfolio: the strategies with what they learnt, for further runs; None
    where they were not shared out by one. inconclusive: the runs of which an invariant does not know whether they break it, by its
    name; doubts: why, for the last such run of each. untested, and excuses: the same for those that a run did not put to the test.
    """

    scenario: Scenario
    seed: int
    runs: int = 0
    answered: int = 0
    steps: int = 0
    seconds: float = 0.0
    coverage: Counter[str] = field(default_factory=Counter)
    heard: Counter[type] = field(default_factory=Counter)
    operations: Counter[Outcome] = field(default_factory=Counter)
    commands: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    resent: int = 0
    shares: Counter[str] = field(default_factory=Counter)
    portfolio: Portfolio | None = None
    inconclusive: Counter[str] = field(default_factory=Counter)
    doubts: dict[str, str] = field(default_factory=dict)
    untested: Counter[str] = field(default_factory=Counter)
    excuses: dict[str, str] = field(default_factory=dict)

    def count(
        self,
        steps: int,
        coverage: Mapping[str, int],
        heard: Mapping[type, int] | None = None,
        strategy: str | None = None,
        history: History | None = None,
        undecided: Mapping[str, str] | None = None,
        untested: Mapping[str, str] | None = None,
    ) -> None:
        """One run more."""
        self.runs += 1
        self.steps += steps
        self.coverage.update(coverage)
        self.heard.update(heard or {})
        if history is not None:
            self.answered += history.outcomes()["answered"] > 0
            for (kind, outcome), count in history.kinds().items():
                self.operations[outcome] += count
                if kind:
                    self.commands[kind, outcome] += count
            self.resent += history.resent()
        self.inconclusive.update((undecided or {}).keys())
        self.doubts.update(undecided or {})
        self.untested.update((untested or {}).keys())
        self.excuses.update(untested or {})
        if strategy is not None:
            self.shares[strategy] += steps

    @property
    def vacuous(self) -> bool:
        """Whether it says nothing.

        Something of ``scenario.progress``, or all that an invariant waits for, never happened; or one knew of no run what it is, or
        was put to the test by none.
        """
        return self.runs > 0 and bool(self.missing or self.idle or self.unsettled or self.untried)

    @property
    def missing(self) -> tuple[type, ...]:
        """What of ``scenario.progress`` nobody ever said."""
        return tuple(kind for kind in self.scenario.progress if not self._said(kind))

    @property
    def idle(self) -> dict[str, tuple[type, ...]]:
        """The invariants, by name, that had nothing to judge, with the types of observations none of which anybody ever said.

        One that goes by what clients are told is idle where nobody was answered: with `Replied`. One that goes by other events
        alone has always enough, and so has one that is muted.
        """
        found: dict[str, tuple[type, ...]] = {}
        for each in self.scenario.monitor().invariants:
            kinds = awaited(each)
            if kinds and not any(map(self._said, kinds)):
                found[type(each).__name__] = kinds
            elif goes_by_answers(each) and not self.operations["answered"]:
                found[type(each).__name__] = (Replied,)
        return found

    @property
    def unsettled(self) -> tuple[str, ...]:
        """The invariants, by name, that know of no run in which they had something to judge whether it breaks them.

        One that goes by what clients are told knows it of each run without an answer, which means nothing.
        """
        by_answers = {type(each).__name__ for each in self.scenario.monitor().invariants if goes_by_answers(each)}
        return tuple(
            name for name, runs in sorted(self.inconclusive.items()) if runs >= (self.answered if name in by_answers else self.runs)
        )

    @property
    def untried(self) -> tuple[str, ...]:
        """The invariants, by name, that no run at all put to the test."""
        return tuple(name for name, runs in sorted(self.untested.items()) if runs >= self.runs)

    @property
    def saw(self) -> dict[str, int]:
        """How many events each invariant was fed, by name."""
        found: Counter[str] = Counter()
        for each in self.scenario.monitor().invariants:
            found[type(each).__name__] += sum(count for kind, count in self.heard.items() if sees(each, kind))
        return dict(found)

    def _said(self, wanted: type) -> bool:
        """Whether anybody said something of this type, or of one that adds to it."""
        return any(
            count and kind not in EVENTS and (wanted is Observed or issubclass(kind, wanted)) for kind, count in self.heard.items()
        )
