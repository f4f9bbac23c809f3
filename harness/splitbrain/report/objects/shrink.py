"""What `shrink --json` prints."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from splitbrain.counterexample.minimiser.minimised import Minimised
    from splitbrain.schedule.replay import Replay


def minimised(first: Replay, best: Minimised, found: int, path: Path) -> dict[str, Any]:
    """What became of a schedule of ``found`` actions; ``first`` is its replay, ``path`` where the smaller one is."""
    return {
        "outcome": first.outcome,
        "message": first.message,
        "interrupted": best.interrupted,
        "actions_found": found,
        "actions": len(best.smallest.actions),
        "minimal": best.complete,
        "replays": best.replays,
        "minimise_seconds": round(best.seconds, 4),
        "removed": dict(best.removed),
        "schedule": str(path),
    }


def not_minimised(outcome: str, message: str, found: int) -> dict[str, Any]:
    """A schedule that was left as it is, and why."""
    nothing = dict.fromkeys(("actions", "minimal", "replays", "minimise_seconds", "removed", "schedule"))
    return {"outcome": outcome, "message": message, "interrupted": False, "actions_found": found} | nothing
