"""A part of what an examination found: a verdict, what it goes by, and what to do."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from splitbrain.report.terminal.size import as_typed

Verdict: TypeAlias = Literal["ok", "PROBLEM", "warning", "unknown"]


@dataclass(frozen=True)
class Part:
    """lines: of prose, which is wrapped; one that begins with a blank stays a line, without that. next: what to do."""

    name: str
    verdict: Verdict
    lines: Sequence[str]
    next: str = ""


def place(file: str, line: int) -> str:
    """As one would type it here; elsewhere by the file's own name."""
    path = Path(os.path.realpath(file))
    typed = as_typed(path)
    return f"{path.name if typed.is_absolute() else typed}:{line}"


def listed(words: Sequence[str]) -> str:
    """Words, with an "and" before the last."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
