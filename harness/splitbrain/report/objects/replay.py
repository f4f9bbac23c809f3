"""What `replay --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from splitbrain.report.objects.explanation import explained
from splitbrain.schedule.replay import decisive

if TYPE_CHECKING:
    from splitbrain.counterexample.explanation import Explanation
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay


def replayed(result: Replay, saved: SavedSchedule, explanation: Explanation | None = None) -> dict[str, Any]:
    """What a replay came to; ``explanation`` is of its run. skipped_at: which actions were skipped, from 1; decisive: of these."""
    return {
        "outcome": result.outcome,
        "invariant": None if result.violation is None else result.violation.invariant,
        "fingerprint": result.fingerprint,
        "summary": None if result.violation is None else result.violation.summary,
        "digest": result.digest,
        "actions": result.actions,
        "skipped": result.skipped,
        "skipped_at": [place + 1 for place in result.run.idle],
        "decisive": [place + 1 for place in decisive(saved, result.run)],
        "of": len(saved.actions),
        "at": result.at,
        "message": result.message,
        "explanation": explained(explanation, result.run.setup.scenario.show),
    }
