"""The one exception to "public API only": trio's own seam for deterministic scheduling.

An async node may make several of its tasks runnable at once; trio then orders them by a coin of its own. Trio's
Hypothesis plug-in uses a flag and a random source in `trio._core._run` to make that repeatable; so does this module, and
its test fails loudly on the day when trio changes them.
"""

from __future__ import annotations

import random  # noqa: TID251 - trio wants a random.Random, seeded here from the schedule's header
from collections.abc import Iterator
from contextlib import contextmanager

from trio._core import _run


@contextmanager
def deterministic_scheduling(seed: int) -> Iterator[None]:
    """Tasks that are runnable at once run in an order that depends on ``seed`` and their age alone."""
    before = _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r
    mine = random.Random(seed)
    try:
        _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r = True, mine  # type: ignore[misc]
        yield
    finally:
        if _run._r is mine:  # else it ends late, collected as garbage, and has been put back by another
            _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r = before  # type: ignore[misc]
