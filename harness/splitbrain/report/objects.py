"""What --json prints: one object a command, with the same keys however it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable

    from splitbrain.counterexample.counterexample import Counterexample
    from splitbrain.counterexample.explanation import Explanation
    from splitbrain.events import Event
    from splitbrain.schedule.file import SavedSchedule
    from splitbrain.schedule.replay import Replay
    from splitbrain.search.hunt import Hunt

HUNTED = (  # the keys of a hunt
    "scenario",
    "bug",
    "outcome",
    "message",
    "interrupted",
    "invariant",
    "fingerprint",
    "summary",
    "seed",
    "runs",
    "steps",
    "seconds",
    "seconds_to_violation",
    "strategy",
    "shares",
    "actions_found",
    "actions",
    "minimal",
    "nodes",
    "minimise_seconds",
    "replays",
    "removed",
    "confirmed",
    "schedule",
    "coverage",
    "explanation",
)


def searched(options: argparse.Namespace, name: str, result: Hunt) -> dict[str, Any]:
    """What a hunt did, and what it found, before that is made smaller."""
    violation = result.violation
    return dict.fromkeys(HUNTED) | {
        "scenario": name,
        "bug": options.bug,
        "outcome": result.outcome,
        "interrupted": result.interrupted,
        "invariant": None if violation is None else violation.invariant,
        "fingerprint": None if violation is None else violation.fingerprint,
        "summary": None if violation is None else violation.summary,
        "seed": result.seed,
        "runs": result.runs,
        "steps": result.steps,
        "strategy": result.strategy,
        "shares": dict(result.shares),
        "seconds": round(result.seconds, 4),
        "seconds_to_violation": None if result.seconds_to_violation is None else round(result.seconds_to_violation, 4),
        "actions_found": None if violation is None else len(result.actions),
        "coverage": dict(sorted(result.coverage.items())),
    }


def shrunk(counterexample: Counterexample) -> dict[str, Any]:
    """What becomes known of a hunt's violation once it is minimal, and saved."""
    minimised = counterexample.minimised
    return {
        "invariant": minimised.violation.invariant,
        "fingerprint": minimised.violation.fingerprint,
        "summary": minimised.violation.summary,
        "actions": len(minimised.actions),
        "minimal": minimised.complete,
        "nodes": minimised.setup.size,
        "minimise_seconds": round(minimised.seconds, 4),
        "replays": minimised.replays,
        "removed": dict(minimised.removed),
        "confirmed": counterexample.confirmed,
        "schedule": str(counterexample.path),
    }


def failed(options: argparse.Namespace, message: str) -> dict[str, Any]:
    """A command that ended because the user has something to mend; a hunt has all its keys then, too."""
    hunt = dict.fromkeys(HUNTED) | {"bug": options.bug, "seed": options.seed} if "scenario" in options else {}
    return hunt | {"outcome": "error", "message": message}


def explained(explanation: Explanation | None) -> dict[str, Any] | None:
    """Why an invariant broke: all numbers are of steps; events are told in words, for what they hold may be anything."""
    if explanation is None:
        return None
    from splitbrain.report.wording import words  # noqa: PLC0415

    def told(events: Iterable[Event]) -> list[str]:
        return [words(event) for event in events]

    meeting, nearest = explanation.meeting, explanation.nearest
    return {
        "witnesses": [
            {"phrase": each.phrase, "nodes": list(each.nodes), "steps": list(each.steps)} for each in explanation.witnesses
        ],
        "chains": [list(chain) for chain in explanation.chains],
        "meeting": None
        if meeting is None
        else {"node": meeting.node, "first": meeting.first, "then": meeting.then, "between": list(meeting.between)},
        "repeated": [
            {"from": each.last.sender, "to": list(each.receivers), "kind": each.last.kind, "count": each.count}
            for each in explanation.repeated
        ],
        "nearest": None
        if nearest is None
        else {
            "left_out": nearest.left_out,
            "crash_only": nearest.crash_only,
            "fallen": list(nearest.fallen),
            "step": nearest.step,
            "lost": told(nearest.lost),
            "new": told(nearest.new),
        },
        "trouble": explanation.trouble,
    }


def replayed(result: Replay, saved: SavedSchedule, explanation: Explanation | None = None) -> dict[str, Any]:
    """A replay."""
    return {
        "outcome": result.outcome,
        "invariant": None if result.violation is None else result.violation.invariant,
        "fingerprint": result.fingerprint,
        "summary": None if result.violation is None else result.violation.summary,
        "digest": result.digest,
        "actions": result.actions,
        "skipped": result.skipped,
        "of": len(saved.actions),
        "at": result.at,
        "message": result.message,
        "explanation": explained(explanation),
    }
