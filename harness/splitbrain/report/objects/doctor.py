"""What `doctor --json` prints."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse

    from splitbrain.doctor.examination.escapes import Escape
    from splitbrain.doctor.examination.examination import Examination
    from splitbrain.doctor.examination.exercise import Exercise
    from splitbrain.doctor.examination.speed import Speed
    from splitbrain.doctor.weakenings.records import Notice, Weakened

DOCTORED = (  # the keys
    "scenario",
    "bug",
    "outcome",
    "message",
    "seed",
    "runs",
    "host",
    "contract",
    "determinism",
    "escapes",
    "speed",
    "exercised",
    "weakened",
)


def examined(options: argparse.Namespace, name: str, found: Examination) -> dict[str, Any]:
    """All that an examination found; outcome: fit, or problem."""
    return ended(options) | {
        "scenario": name,
        "outcome": "fit" if found.fit else "problem",
        "message": found.failed or found.unweakened,
        "runs": None if found.speed is None else found.speed.runs,
        "host": found.host,
        "contract": {"problems": list(found.problems), "notes": list(found.notes), "tried": dict(found.tried)},
        "determinism": None if found.host is None else _determinism(found),
        "escapes": [_escape(each) for each in found.escapes],
        "speed": None if found.speed is None else _speed(found.speed),
        "exercised": None if found.exercise is None else _exercised(found.exercise),
        "weakened": None if found.weakened is None else _weakened(found.weakened),
    }


def ended(options: argparse.Namespace, outcome: str | None = None) -> dict[str, Any]:
    """All keys, of an examination that has found nothing out yet."""
    return dict.fromkeys(DOCTORED) | {"bug": options.bug, "seed": options.seed, "outcome": outcome, "message": outcome}


def _determinism(found: Examination) -> dict[str, Any]:
    """alike: None where that is not known."""
    asked, difference = found.confirmation, found.difference
    return {
        "alike": False if difference else None if asked is None or asked.trouble else True,
        "difference": None if difference is None else difference.what,
        "cause": None if difference is None else difference.cause,
        "processes": None if asked is None else asked.trouble is None,
        "host": None if asked is None or asked.unasked else asked.host,
        "pythons": [] if found.unasked else list(found.pythons),
        "notes": [each for each in (asked and asked.trouble, asked and asked.unasked, found.unasked) if each],
    }


def _escape(escape: Escape) -> dict[str, Any]:
    """call: of what ("uuid.uuid4"); times: how often it was seen."""
    told = _fields(escape)
    return {"kind": told.pop("kind"), "call": told.pop("what"), **told}


def _weakened(weakened: Weakened) -> dict[str, Any]:
    """hollow: whether none was noticed. broken: what breaks in the world as it is. noticed: by which invariant; node: by a node."""
    return {
        "hollow": weakened.hollow,
        "problems": list(weakened.problems),
        "broken": [_notice(each) for each in weakened.broken],
        "worlds": [
            {
                "name": row.name,
                "says": row.says,
                "why_not": row.why_not,
                "noticed": _notice(row.noticed),
                "node": _notice(row.node),
                "runs": row.runs,
                "steps": row.steps,
            }
            for row in weakened.rows
        ],
    }


def _notice(notice: Notice | None) -> dict[str, Any] | None:
    """runs: the number of the run in which it broke."""
    return None if notice is None else dataclasses.asdict(notice)


def _speed(speed: Speed) -> dict[str, Any]:
    """seconds: of CPU. Shares are of the time, from 0 to 1."""
    return {
        "steps": speed.steps,
        "seconds": round(speed.seconds, 4),
        "asleep": round(speed.asleep, 4),
        "steps_per_second": round(speed.steps / speed.seconds, 1) if speed.seconds > 0 else None,
        "ms_per_run": round(1000 * speed.seconds / speed.runs, 3) if speed.runs else None,
        "shares": {part: round(share, 4) for part, share in speed.shares.items()},
        "hottest": [_fields(each) | {"share": round(each.share, 4)} for each in speed.hottest],
    }


def _exercised(exercise: Exercise) -> dict[str, Any]:
    """never: what did not happen. lines: the ranges that never ran; whole: of all of a function."""
    return {
        "share": None if exercise.share is None else round(exercise.share, 4),
        "never": [{"area": each.area, "what": each.what, "advice": each.advice or None} for each in exercise.idle],
        "lines": [_fields(gap) for gap in exercise.lines],
    }


def _fields(record: Any) -> dict[str, Any]:
    from msgspec.structs import asdict  # noqa: PLC0415 - the keys above are for a --help, too, which is quick

    return asdict(record)
