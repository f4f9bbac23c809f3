"""A quick check of a scenario's nodes against the contract, before a hunt: what would make it pointless, in the user's terms."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from splitbrain.doctor.trial import Trial
from splitbrain.errors import SplitbrainError
from splitbrain.scenario import Scenario, expect_scenario


class ConformanceError(SplitbrainError):
    """A scenario's nodes break the contract; `problems` says how, each kind of problem in one sentence."""

    def __init__(self, scenario: str, problems: tuple[str, ...], notes: tuple[str, ...] = ()) -> None:
        self.problems = problems
        count = f"{len(problems)} problem{'' if len(problems) == 1 else 's'}"
        lines = [f"{scenario} does not keep the contract of a node: {count}", *(f"  * {each}" for each in problems)]
        super().__init__("\n".join([*lines, *(f"  note: {each}" for each in notes)]))

    @property
    def splitbrain_report(self) -> str:
        """What pytest prints instead of a traceback."""
        return str(self)


@dataclass(frozen=True)
class Conformance:
    """A scenario that keeps the contract: what was tried, and what is worth knowing."""

    scenario: str
    host: str
    counts: Counter[str]
    notes: tuple[str, ...] = ()

    def __str__(self) -> str:
        tried = ", ".join(f"{count:,} {what}" for what, count in self.counts.items())
        return "\n".join(
            [
                f"{self.scenario} keeps the contract of a node ({self.host} host): {tried}",
                *(f"  note: {each}" for each in self.notes),
            ]
        )


def conformance(scenario: Scenario, *, seed: int = 0) -> Conformance:
    """Check the contract: nodes can be made and restarted from their disk; effects are well-formed; equal schedules give
    equal traces, in other processes and on the other host, too; what is sent, written or said can be encoded, and is not changed
    afterwards; things are said in the order that invariants go by; what is called is awaited; no thread is started; the label
    works; something happens; clients are answered; a workload keeps no state, and has something to ask; a model knows what
    clients ask for.

        def test_the_contract_is_kept():
            print(conformance(MAJORITY))

    Takes a few seconds at most, but for nodes that take longer by themselves: it says then where the time went, and ends early.
    Equal seeds try equal runs. Raises `ConformanceError`, which lists all problems that were found, each kind of them once.
    """
    expect_scenario("conformance", scenario)
    tried = Trial(scenario, seed)
    tried.go()
    difference = tried.elsewhere.difference
    problems = (*tried.problems.told(), *(() if difference is None else (str(difference),)))
    if problems:
        raise ConformanceError(scenario.name, problems, tried.notes())
    return Conformance(scenario.name, tried.host or "", tried.counts, tried.notes())
