"""The exit codes: what a shell, or CI, learns of a command without reading."""

from __future__ import annotations

OK = 0  # clean, or fixed
VIOLATION = 1
BAD_INPUT = 2  # usage, input, or a node that raises, say
DIVERGED = 3  # or vacuous
INTERRUPTED = 130  # as shells have it
