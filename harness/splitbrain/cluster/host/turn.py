"""Whose turn it is: one trio world at a time a process, for the order of trio's tasks is one setting of the whole process."""

from __future__ import annotations

import gc
import threading
import weakref
from contextlib import ExitStack
from typing import Protocol

from splitbrain.cluster.host.seam import deterministic_scheduling
from splitbrain.errors import ScenarioError


class Closable(Protocol):
    """What runs trio."""

    def close(self) -> None:
        """End that."""


class Turn:
    """The right to be the one trio world that is open in this process.

    world: whose it is; once that is gone, so is the turn, even where nobody closed it. Raises
    `ScenarioError` while another one lasts.
    """

    def __init__(self, host: Closable, world: object) -> None:
        self._host, self._world = weakref.ref(host), weakref.ref(world, self._restored)
        self._thread = threading.current_thread()
        self._seam = ExitStack()
        with _lock:
            before = _holder[0] if _holder else None
            if before is not None:
                before._yield_to_another()
            _holder[:] = [self]

    def order(self, seed: int) -> None:
        """Let what is runnable at once run in an order that depends on ``seed``, until the turn ends."""
        self._seam.enter_context(deterministic_scheduling(seed))

    def restore(self) -> None:
        """Give trio its own order back."""
        self._seam.close()

    def end(self) -> None:
        """It is anybody's turn."""
        self.restore()
        with _lock:
            if self in _holder:
                _holder.clear()

    def _restored(self, _: object) -> None:
        self.restore()

    def _lasts(self) -> bool:
        return self._thread.is_alive() and self._world() is not None

    def _yield_to_another(self) -> None:
        if self._lasts():
            gc.collect()  # a world that nobody can reach any more may still be there
        if self._lasts():
            raise ScenarioError(
                f"a trio world is open already (in thread {self._thread.name}), and one a process can be: the order of trio's "
                "tasks is one setting of the whole process; close the other world first (`with World(...)`), or run the second "
                "one in another process"
            )
        self.restore()
        host = self._host()
        if host is not None and self._thread is threading.current_thread():
            host.close()  # its world is gone, but trio still runs


_holder: list[Turn] = []  # one at most
_lock = threading.RLock()  # taken again where the collector ends a turn meanwhile
