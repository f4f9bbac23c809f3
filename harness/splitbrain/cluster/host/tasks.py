"""Tasks of trio's: the one that an incarnation of a node lives in, those that descend from it, and which of all run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import trio
from outcome import Outcome

from splitbrain.cluster.breach import Call
from splitbrain.cluster.host.async_node import AsyncNode
from splitbrain.cluster.process import Process, Rest


class Go(Outcome[None]):
    """Wakes a task with nothing. Unlike outcome's own values it can be used again and again: one is made, not one an input."""

    __slots__ = ()

    def unwrap(self) -> None:
        """Nothing to say."""

    def send(self, gen: Any) -> Any:
        return gen.send(None)

    async def asend(self, agen: Any) -> Any:
        return await agen.asend(None)


GO = Go()


class Running:
    """One incarnation's task: the next call for it (sans-I/O nodes take one at a time), and what cancels it."""

    __slots__ = ("call", "facade", "process", "root", "scope", "task")

    def __init__(self, process: Process) -> None:
        self.process = process
        self.facade: AsyncNode | None = None
        self.root: trio.lowlevel.Task | None = None  # of an async node, the task that all its tasks descend from
        self.call: Call | None = None
        self.task: trio.lowlevel.Task | None = None  # while it waits for a call
        self.scope = trio.CancelScope()

    def put(self, call: Call) -> None:
        """Give the task its next call, and wake it."""
        self.call = call
        task = self.task
        if task is not None:
            self.task = None
            trio.lowlevel.reschedule(task, GO)

    def abort(self, _: object) -> trio.lowlevel.Abort:
        """Trio cancels the wait."""
        self.task = None
        return trio.lowlevel.Abort.SUCCEEDED


class Steps(trio.abc.Instrument):
    """Notes which tasks run."""

    def __init__(self) -> None:
        self.tasks: dict[trio.lowlevel.Task, None] = {}

    def before_task_step(self, task: trio.lowlevel.Task) -> None:
        self.tasks[task] = None


def family(task: trio.lowlevel.Task) -> Iterator[trio.lowlevel.Task]:
    """The task, and its ancestors."""
    yield task
    while task.parent_nursery is not None:
        task = task.parent_nursery.parent_task
        yield task


class Resumed:
    """Stands where a handler would in a call: the rest of a handler that waited for its disk."""

    __slots__ = ("rest",)

    def __init__(self, rest: Rest) -> None:
        self.rest = rest

    def __call__(self) -> Any:
        return self.rest
