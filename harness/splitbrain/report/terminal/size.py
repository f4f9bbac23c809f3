"""What the place is like where a report is read: how large the terminal is, whether it has colours, what a path is called there."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TextIO

NARROWEST, WIDEST = 60, 140  # columns within which a report can be read
SCREEN = 40  # lines
_UNKNOWN = (100, SCREEN)  # what is assumed of a file, or a pipe


def screen_width() -> int:
    """Columns of the terminal, within what is readable."""
    return max(NARROWEST, min(shutil.get_terminal_size(_UNKNOWN).columns, WIDEST))


def wants_color(stream: TextIO) -> bool:
    """Whether to print colours there: on a terminal; never under ``NO_COLOR``, always under ``FORCE_COLOR``. As pytest does."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def as_typed(path: Path) -> Path:
    """The path as one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
