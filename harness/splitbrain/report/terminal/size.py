"""How large a terminal is."""

from __future__ import annotations

import shutil

NARROWEST, WIDEST = 60, 140  # columns within which a report can be read
SCREEN = 40  # lines
_UNKNOWN = (100, SCREEN)  # what is assumed of a file, or a pipe


def screen_width() -> int:
    """Columns of the terminal, within what is readable."""
    return max(NARROWEST, min(shutil.get_terminal_size(_UNKNOWN).columns, WIDEST))
