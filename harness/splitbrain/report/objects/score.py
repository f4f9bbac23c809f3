"""What `score --json` prints."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from splitbrain.report.targets import assess

if TYPE_CHECKING:
    from splitbrain.search.row import Row
    from splitbrain.search.score import Score
    from splitbrain.search.trial import Scored


def scored(score: Score) -> dict[str, Any]:
    """The whole score, with what it was measured with, and held against its targets."""
    return {
        "outcome": "alarm" if score.alarm else "error" if score.errors else "ok",
        "message": "; ".join(score.errors) or None,
        "interrupted": score.interrupted,
        "seconds": score.seconds,
        "seeds": score.seeds,
        "uniform_seeds": score.uniform_seeds,
        "workers": score.workers,
        "cores": score.cores,
        "python": score.python,
        "elapsed": round(score.elapsed, 1),
        "exhibits": [figures(row) for row in score.exhibits],
        "unbroken": [_unbroken(each) for each in score.unbroken],
        "summary": [asdict(each) for each in assess(score)],
    }


def figures(row: Row) -> dict[str, Any]:
    """One exhibit's figures, side by side; what the uniform walk made of it is called so."""
    return {
        "id": row.id,
        "protocol": row.protocol,
        "control": row.control,
        "sizes": row.sizes,
        **asdict(row.finding),
        **asdict(row.length),
        **{f"uniform_{name}": value for name, value in asdict(row.uniform).items()},
        "errors": row.errors,
    }


def _unbroken(done: Scored) -> dict[str, Any]:
    return {
        "scenario": done.trial.subject,
        "outcome": done.outcome,
        "invariant": done.invariant,
        "seed": done.trial.seed,
        "runs": done.runs,
        "steps": done.steps,
        "seconds": round(done.seconds, 4),
    }
