"""What `check --json` prints."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from splitbrain.linearizability.verdict import Fault
    from splitbrain.report.judged import Judged


CHECKED = (  # the keys of a check
    "outcome",
    "verdict",
    "message",
    "file",
    "format",
    "model",
    "operations",
    "empty",
    "unknown",
    "seconds",
    "evidence",
    "skipped",
    "histories",
)


def checked(path: Path, form: str, judged: Sequence[Judged], *, several: bool) -> dict[str, Any]:
    """The verdict on a file; several: it holds more histories than one, and each is told, too.

    empty: there was nothing to judge. evidence is that of the first that is not linearizable. skipped: how many lines of the file
    are no operation, and were passed over.
    """
    from splitbrain.report.judged import worst  # noqa: PLC0415 - the keys above are for a --help, too, which is quick

    models = list(dict.fromkeys(each.model for each in judged))
    verdict = worst(judged)
    return {
        "outcome": verdict,
        "verdict": verdict,
        "message": next((each.verdict.why for each in judged if each.word == verdict), None),
        "file": str(path),
        "format": form,
        "model": models[0] if len(models) == 1 else None,
        "operations": sum(len(each.operations) for each in judged),
        "empty": all(each.empty for each in judged),
        "unknown": sum(each.unknown for each in judged),
        "seconds": round(sum(each.seconds for each in judged), 6),
        "evidence": next((evidence(each.verdict.fault) for each in judged if each.verdict.fault is not None), None),
        "skipped": sum(len(each.skipped) for each in judged),
        "histories": [_one(each) for each in judged] if several else None,
    }


def interrupted() -> dict[str, Any]:
    """A check that was interrupted: a half is no verdict."""
    return dict.fromkeys(CHECKED) | {"outcome": "interrupted", "message": "interrupted", "interrupted": True}


def _one(judged: Judged) -> dict[str, Any]:
    return {
        "name": judged.name,
        "verdict": judged.word,
        "expected": judged.expected,
        "message": judged.verdict.why,
        "model": judged.model,
        "operations": len(judged.operations),
        "empty": judged.empty,
        "unknown": judged.unknown,
        "seconds": round(judged.seconds, 6),
        "evidence": evidence(judged.verdict.fault),
    }


def evidence(fault: Fault | None) -> dict[str, Any] | None:
    """Why not; step and replied of the operations are lines of the file."""
    if fault is None:
        return None
    from splitbrain.report.objects.clients import listed, plain  # noqa: PLC0415

    return {
        "sentence": fault.sentence,
        "key": plain(fault.key),
        "values": [plain(each) for each in fault.values],
        "stale": fault.stale,
        "instead": [plain(each) for each in fault.instead],
        "only": fault.only,
        "operations": listed(fault.operations),
    }
