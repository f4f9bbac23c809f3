"""Hosts: what runs a node's code, two behind one interface.

Read ``direct``, which is short. Then what async nodes have: their ``inputs``, their ``env``, which watches over ``calls``, and
``async_node``, which makes them nodes of handlers; and ``trio_host`` with its ``tasks``, its ``virtual_clock``, the ``seam`` to
trio that it needs, and whose ``turn`` it is.
"""

from __future__ import annotations

from typing import Protocol

from splitbrain.cluster.breach import Call
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host.direct import DirectHost
from splitbrain.cluster.process import Process
from splitbrain.errors import ScenarioError


class Host(Protocol):
    """Runs the code of nodes; a `Process` performs their effects. `rounds`: of a scheduler, where it has one."""

    rounds: int

    def start(self, process: Process) -> None:
        """Begin the incarnation that was just launched, and let it settle."""

    def feed(self, process: Process, call: Call) -> None:
        """Give a node its next input, and let it settle."""

    def resume(self, process: Process) -> None:
        """Go on with a handler whose sync has completed."""

    def stop(self, process: Process) -> None:
        """Throw away the code of a node that was cut off."""

    def next_deadline(self) -> float:
        """The earliest virtual ms at which an async node wants to wake (now, where it is late); `clock.NEVER` if none does."""

    def wake(self) -> None:
        """Let that deadline come, and no other, and let it settle."""

    def settle(self) -> None:
        """Let what was begun come to rest."""

    def current(self) -> Process | None:
        """Whose task runs, of an async node."""

    def close(self) -> None:
        """Stop everything."""


def open_host(kind: str, clock: Clock, seed: int, world: object) -> Host:
    """The host called ``"direct"`` or ``"trio"``, for a world."""
    if kind == "direct":
        return DirectHost()
    if kind == "trio":
        from splitbrain.cluster.host.trio_host import TrioHost  # noqa: PLC0415 - trio is loaded only where it is used

        return TrioHost(clock, seed, world)
    raise ScenarioError(f"there is no host {kind!r}; use 'direct' or 'trio'")
