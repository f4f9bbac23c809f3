"""What a fault budget forbids: the scenario's assumptions hold for every action, whoever chose it."""

from __future__ import annotations

from splitbrain.actions import Action, Crash, Cut, Drop, Duplicate
from splitbrain.budget import FaultBudget


def forbidden(budget: FaultBudget, action: Action, size: int, down: int) -> str | None:
    """Why the budget forbids ``action`` in a cluster of ``size`` nodes of which ``down`` are down; None when it does not."""
    match action:
        case Drop() if not budget.drop:
            return "messages are never lost"
        case Duplicate() if not budget.duplicate:
            return "messages are never doubled"
        case Cut() if not budget.partition:
            return "links are never cut"
        case Crash() if down >= budget.may_be_down(size):
            return f"at most {budget.may_be_down(size)} of {size} nodes may be down at a time"
        case Crash() if action.during is not None and not budget.mid_handler:
            return "no crash comes inside a handler"
        case Crash() if action.keep and not budget.torn:
            return "a crash loses all unsynced writes"
        case _:
            return None
