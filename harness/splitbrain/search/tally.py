"""A tally: what a search went through, whoever searches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from splitbrain.nemesis.portfolio import Portfolio
from splitbrain.scenario import Scenario


@dataclass
class Tally:
    """How many runs and steps, in how many seconds, and what they exercised.

    coverage: how often each observation and each action occurred, by name. shares: the steps that each strategy took. portfolio:
    the strategies with what they learnt, for further runs; None where they were not shared out by one.
    """

    scenario: Scenario
    seed: int
    runs: int = 0
    steps: int = 0
    seconds: float = 0.0
    coverage: Counter[str] = field(default_factory=Counter)
    shares: Counter[str] = field(default_factory=Counter)
    portfolio: Portfolio | None = None

    def count(self, steps: int, coverage: Mapping[str, int], strategy: str | None = None) -> None:
        """One run more."""
        self.runs += 1
        self.steps += steps
        self.coverage.update(coverage)
        if strategy is not None:
            self.shares[strategy] += steps

    @property
    def vacuous(self) -> bool:
        """Whether something of ``scenario.progress`` never happened in all these runs."""
        return self.runs > 0 and not all(self.coverage[kind.__name__] for kind in self.scenario.progress)
