"""The real clock, for budgets and figures alone; no run's outcome depends on it."""

from __future__ import annotations

import time


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def seconds(self) -> float:
        """Elapsed wall-clock seconds."""
        return time.perf_counter() - self._began
