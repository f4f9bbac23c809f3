"""Links that do what their model says they never do: they double messages, or lose them, and let them overtake each other."""

from __future__ import annotations

from dataclasses import replace

from splitbrain.budget import FaultBudget
from splitbrain.doctor.weakenings.weakening import Weakening
from splitbrain.scenario import Scenario


class _Beyond(FaultBudget):
    """A budget that goes beyond the link model, too."""

    def within(self, _: str) -> FaultBudget:
        """All of it, on whatever links."""
        return self


def _beyond(scenario: Scenario, **allowed: bool) -> Scenario:
    """The same, but that its links may do this as well; on streams, to the data of a connection that stays open."""
    of_roles = {role: FaultBudget(**{**vars(budget), **allowed}) for role, budget in scenario.budgets.items()}
    return replace(scenario, budget=_Beyond(**{**vars(scenario.budget), **allowed}), budgets=of_roles)


TWICE = Weakening(
    name="twice",
    says="messages arrive twice",
    unfelt="no message arrived twice",
    scenario=lambda scenario: _beyond(scenario, duplicate=True),
    pointless=lambda scenario: "its fault budget lets messages arrive twice anyway" if scenario.budget.duplicate else None,
)


def _disorder(scenario: Scenario) -> str | None:
    budget = scenario.budget
    return "its fault budget lets messages overtake each other, and be lost, anyway" if budget.reorder and budget.drop else None


ORDER = Weakening(
    name="order",
    says="messages of one link overtake each other, and are lost one by one",
    unfelt="no message was lost, nor overtaken by another",
    scenario=lambda scenario: _beyond(scenario, reorder=True, drop=True),
    pointless=_disorder,
)
