"""Operations of clients as --json prints them."""

from __future__ import annotations

from collections.abc import Iterable
from math import isfinite
from typing import TYPE_CHECKING, Any

from splitbrain.trace.history import History
from splitbrain.trace.readable import showing, shown, value

if TYPE_CHECKING:
    from splitbrain.trace.history import Operation
    from splitbrain.world.run import Run


def listed(operations: Iterable[Operation]) -> list[dict[str, Any]]:
    """The operations, in the order of their calls. called, returned: moments; step, replied: of a schedule, or lines of a file."""
    return [
        {
            "id": each.id,
            "client": each.session,
            "command": plain(each.command),
            "outcome": each.outcome,
            "result": plain(each.result) if each.outcome == "answered" else None,
            "called": each.called,
            "returned": each.returned,
            "step": each.step,
            "replied": each.replied,
            "node": each.node,
            "attempts": [{"node": a.node, "step": a.step, "refused": a.refused} for a in each.attempts if a.node],
        }
        for each in operations
    ]


def history(run: Run) -> dict[str, Any]:
    """The history of a run whose trace is kept: how its operations came out, who went on for whom, and each of them."""
    told = History.of(run.events)
    outcomes = told.outcomes()
    with showing(run.setup.scenario.show):
        operations = listed(told)
    return {
        "message": run.stopped,
        "invariant": None if run.violation is None else run.violation.invariant,
        "answered": outcomes["answered"],
        "refused": outcomes["refused"],
        "unknown": outcomes["unknown"],
        "replaced": dict(told.replaced),
        "operations": operations,
    }


def plain(thing: Any) -> Any:
    """A command or a result as JSON has it, and what JSON does not have in words."""
    thing = shown(thing)
    if thing is None or isinstance(thing, (bool, int, str)) or (isinstance(thing, float) and isfinite(thing)):
        return thing
    if isinstance(thing, (tuple, list)) and not hasattr(thing, "_fields"):
        return [plain(each) for each in thing]
    if isinstance(thing, dict) and all(isinstance(key, str) for key in thing):
        return {key: plain(each) for key, each in thing.items()}
    return value(thing)
