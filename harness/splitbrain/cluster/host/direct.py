"""The direct host: calls the handlers of sans-I/O nodes in place. For searches that want speed."""

from __future__ import annotations

from splitbrain.cluster.clock import NEVER
from splitbrain.cluster.process import Process
from splitbrain.errors import ScenarioError
from splitbrain.node import is_async


class DirectHost:
    """Runs handlers where it is called."""

    rounds = 0

    def start(self, process: Process) -> None:
        """Begin the incarnation that was just launched."""
        if is_async(process.node):
            raise AsyncNodeError("this scenario's nodes are async (they have `async def run`): they need the trio host")
        process.handle((process.handler("start"), ()))

    # Give a node its next input: that is no more than to run its handler, so no call stands in between.
    feed = staticmethod(Process.handle)

    def resume(self, process: Process) -> None:
        """Go on with a handler whose sync has completed."""
        rest = process.resume()
        if rest is not None:
            process.pull(*rest)

    def stop(self, process: Process) -> None:
        """Forget a node that was cut off."""

    def next_deadline(self) -> float:
        """Sans-I/O nodes have no deadlines of their own."""
        return NEVER

    def wake(self) -> None:
        """So nothing wakes."""

    def settle(self) -> None:
        """Nothing runs in the background."""

    def current(self) -> None:
        """It has no tasks."""

    def close(self) -> None:
        """Nothing to close."""


class AsyncNodeError(ScenarioError):
    """Only the trio host can run async nodes."""
