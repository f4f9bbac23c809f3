"""What `hunt --json` prints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from splitbrain.counterexample.draft import Counterexample, Draft
    from splitbrain.search.hunt import Hunted

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
    "confirmation",
    "schedule",
    "coverage",
    "operations",
    "commands",
    "resent",
    "invariants",
    "inconclusive",
    "explanation",
)


def searched(options: argparse.Namespace, name: str, result: Hunted) -> dict[str, Any]:
    """What a hunt did, and what it found, before that is made smaller."""
    from splitbrain.trace.history import OUTCOMES  # noqa: PLC0415 - the keys above are for a --help, too, which is quick

    found = result.found
    violation = None if found is None else found.violation
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
        "strategy": None if found is None else found.strategy,
        "shares": dict(result.shares),
        "seconds": round(result.seconds, 4),
        "seconds_to_violation": None if result.seconds_to_violation is None else round(result.seconds_to_violation, 4),
        "actions_found": None if found is None else len(found.actions),
        "coverage": dict(sorted(result.coverage.items())),
        "operations": {outcome: result.operations[outcome] for outcome in OUTCOMES},  # of clients
        "commands": _commands(result),
        "resent": result.resent,  # operations that were answered once they had been asked for again
        "invariants": dict(sorted(result.saw.items())),  # how many events each saw
        "inconclusive": dict(sorted(result.inconclusive.items())),  # of how many runs each does not know whether they break it
    }


def _commands(result: Hunted) -> dict[str, dict[str, int]]:
    """What became of what clients asked for, by the kind of command."""
    from splitbrain.trace.history import OUTCOMES  # noqa: PLC0415

    kinds = sorted({kind for kind, _ in result.commands})
    return {kind: {outcome: result.commands[kind, outcome] for outcome in OUTCOMES} for kind in kinds}


def shrunk(counterexample: Counterexample) -> dict[str, Any]:
    """What becomes known of a hunt's violation once it is minimal, and saved."""
    minimised, smallest = counterexample.minimised, counterexample.minimised.smallest
    return {
        "invariant": smallest.violation.invariant,
        "fingerprint": smallest.violation.fingerprint,
        "summary": smallest.violation.summary,
        "actions": len(smallest.actions),
        "minimal": minimised.complete,
        "nodes": smallest.setup.size,
        "minimise_seconds": round(minimised.seconds, 4),
        "replays": minimised.replays,
        "removed": dict(minimised.removed),
        "confirmed": counterexample.confirmed,
        "confirmation": counterexample.confirmation,
        "schedule": None if counterexample.path is None else str(counterexample.path),
    }


def unfinished(draft: Draft) -> dict[str, Any]:
    """What is known of a hunt's violation while it is being made smaller, where that is all that will be known."""
    best, so_far = draft.best, draft.minimised
    return {
        "interrupted": True,
        "invariant": best.violation.invariant,
        "fingerprint": best.violation.fingerprint,
        "summary": best.violation.summary,
        "actions": len(best.actions),
        "minimal": so_far is not None and so_far.complete and so_far.smallest is best,
        "nodes": best.setup.size,
        "minimise_seconds": None if so_far is None else round(so_far.seconds, 4),
        "replays": None if so_far is None else so_far.replays,
        "message": None if draft.path is not None else draft.unsaved,
        "schedule": None if draft.path is None else str(draft.path),
    }


def interrupted(options: argparse.Namespace) -> dict[str, Any]:
    """A hunt that was interrupted before it began."""
    begun = {"bug": options.bug, "seed": options.seed, "outcome": "interrupted", "message": "interrupted", "interrupted": True}
    return dict.fromkeys(HUNTED) | begun


def failed(options: argparse.Namespace, message: str) -> dict[str, Any]:
    """A command that ended because the user has something to mend; one whose object has many keys has all of them then, too."""
    known: dict[str, Any] = dict.fromkeys(getattr(options, "keys", ()))
    known |= {key: getattr(options, key) for key in ("bug", "seed") if key in known}
    return known | {"outcome": "error", "message": message}
