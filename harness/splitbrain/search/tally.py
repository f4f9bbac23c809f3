"""A tally: what a search went through, whoever searches, and whether it means anything."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from splitbrain.events import Observed
from splitbrain.invariant import EVENTS, awaited, sees
from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario


@dataclass
class Tally:
    """How many runs and steps, in how many seconds, and what they exercised.

    coverage: how often each observation and each action occurred, by name. heard: how often each type of observation did, and each
    type of event that an invariant looks at. shares: the steps that each strategy took. portfolio: the strategies with what they
    learnt, for further runs; None where they were not shared out by one.
    """

    scenario: Scenario
    seed: int
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    coverage: Counter[str] = field(default_factory=Counter)
    heard: Counter[type] = field(default_factory=Counter)
    shares: Counter[str] = field(default_factory=Counter)
    portfolio: Portfolio | None = None

    def count(
        self, steps: int, coverage: Mapping[str, int], heard: Mapping[type, int] | None = None, strategy: str | None = None
    ) -> None:
        """One run more."""
        self.runs += 1
        self.steps += steps
        self.coverage.update(coverage)
        self.heard.update(heard or {})
        if strategy is not None:
            self.shares[strategy] += steps

    @property
    def vacuous(self) -> bool:
        """Whether it says nothing: something of ``scenario.progress``, or all that an invariant waits for, never happened."""
        return self.runs > 0 and bool(self.missing or self.idle)

    @property
    def missing(self) -> tuple[type, ...]:
        """What of ``scenario.progress`` nobody ever said."""
        return tuple(kind for kind in self.scenario.progress if not self._said(kind))

    @property
    def idle(self) -> dict[str, tuple[type, ...]]:
        """The invariants, by name, that had nothing to judge, with the types of observations none of which anybody ever said.

        One that goes by events alone has always enough, and so has one that is muted.
        """
        judges = self.scenario.monitor().invariants
        wanted = ((type(each).__name__, awaited(each)) for each in judges)
        return {name: kinds for name, kinds in wanted if kinds and not any(map(self._said, kinds))}

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
