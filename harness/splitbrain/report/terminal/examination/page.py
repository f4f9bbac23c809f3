"""What an examination found, for people: a verdict a part, what it goes by, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING

from splitbrain.report.terminal.examination.part import Part
from splitbrain.report.terminal.examination.quality import escapes, exercise, invariants, speed
from splitbrain.report.terminal.examination.soundness import contract, determinism
from splitbrain.report.values import counted

if TYPE_CHECKING:
    from splitbrain.doctor.examination.examination import Examination

_PROSE = 100  # columns
_MARGIN = 22


def examination_text(found: Examination, name: str, width: int = _PROSE) -> str:
    """All of it, in at most ``width`` columns but for names and places that are longer. name: what the user calls the scenario."""
    parts = list(_parts(found))
    width = min(width, _PROSE)
    lines = [_verdict(found.scenario.name, parts), ""]
    for part in parts:
        lines += _told(part, width)
    steps = [part.next for part in parts if part.next]
    if not any(part.verdict == "PROBLEM" for part in parts):
        steps.append(f"hunt it: splitbrain hunt {name}")
    else:
        steps.append(f"look again: splitbrain doctor {name}")
    lines += ["", "What to do next:"]
    for step in steps:
        lines += _wrapped(step, width, "  * ")
    return "\n".join(lines)


def _verdict(name: str, parts: Sequence[Part]) -> str:
    problems, warnings = (sum(part.verdict == word for part in parts) for word in ("PROBLEM", "warning"))
    also = f", {counted(warnings, 'warning')}" if warnings else ""
    if problems:
        return f"{name}: NOT fit to be hunted: {counted(problems, 'problem')}{also}"
    return f"{name}: fit to be hunted{also}"


def _wrapped(text: str, width: int, before: str = "") -> list[str]:
    """Lines of a sentence, or of a bullet."""
    bullet = before or ("- " if text.startswith("- ") else "")
    hanging = " " * len(bullet)
    text = text.removeprefix("- ")
    return wrap(text, width, initial_indent=bullet, subsequent_indent=hanging, break_long_words=False, break_on_hyphens=False)


def _told(part: Part, width: int) -> list[str]:
    told: list[str] = []
    for line in part.lines:
        if line.startswith(" "):
            told.append(line[1:])
        else:
            told += _wrapped(line, width - _MARGIN)
    head = f"{part.verdict:<9}{part.name:<{_MARGIN - 9}}"
    return [f"{head if place == 0 else ' ' * _MARGIN}{line}".rstrip() for place, line in enumerate(told or [""])]


def _parts(found: Examination) -> Iterator[Part]:
    yield contract(found)
    if found.host is None:
        return
    yield determinism(found)
    yield escapes(found.escapes)
    if found.speed is not None:
        yield speed(found.speed, found.failed)
    if found.exercise is not None:
        yield exercise(found.exercise)
    if found.weakened is not None:
        yield invariants(found.weakened)
    elif found.unweakened is not None:
        yield Part("invariants", "unknown", [f"Weaker worlds could not be tried: {found.unweakened}."])


# One part after the other
