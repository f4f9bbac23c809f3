"""The exit codes: what a shell, or CI, learns of a command without reading."""

from __future__ import annotations

OK = 0  # clean, or fixed
VIOLATION = 1  # a node that raises is one
BAD_INPUT = 2  # or usage
DIVERGED = 3  # or vacuous, or nondeterministic
INCONCLUSIVE = 3  # a history that no bound sufficed for
INTERRUPTED = 130  # as shells have it
