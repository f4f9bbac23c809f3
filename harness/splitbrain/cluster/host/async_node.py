"""Ordinary async trio nodes: ``async def run(self, env)``, with nurseries, named timers and cancel scopes, in virtual time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from splitbrain.cluster.host.env import Env
from splitbrain.cluster.host.inputs import Asked, Connected, Disconnected, Operated, Received
from splitbrain.cluster.place import at, defined_at
from splitbrain.cluster.process import Process
from splitbrain.node import Effects, NodeId, RequestId


class AsyncNode:
    """An async node seen as one of handlers: each hands its input over to the node's tasks."""

    def __init__(self, node: Any, process: Process) -> None:
        self._node = node
        self._process = process
        self._env = Env(process)
        self._incarnation = process.incarnation
        process.unheard = deque()

    @property
    def close(self) -> Callable[[], object]:
        """The node's own, where it has one."""
        close: Callable[[], object] = self._node.close
        return close

    def receive(self, sender: NodeId, message: Any) -> Effects:
        """Hand a message over."""
        self._env._put(Received(sender, message))
        return ()

    def request(self, request: RequestId, command: Any) -> Effects:
        """Hand a request over."""
        self._env._put(Asked(request, command))
        return ()

    def timeout(self, timer: str) -> Effects:
        """Wake what waits for a named timer."""
        self._env._fire(timer)
        return ()

    def connected(self, peer: NodeId) -> Effects:
        """Hand over that a connection is open."""
        self._env._put(Connected(peer))
        return ()

    def disconnected(self, peer: NodeId) -> Effects:
        """Hand over that a connection has ended."""
        self._env._put(Disconnected(peer))
        return ()

    def operate(self, operation: str, argument: Any) -> Effects:
        """Hand over what somebody tells the node to do."""
        self._env._put(Operated(operation, argument))
        return ()

    def synced_all(self) -> None:
        """Wake what waits for the disk."""
        self._env._synced()

    def cut(self) -> None:
        """Let what waits for the world notice that the power is gone."""
        self._env._cut()

    async def live(self) -> None:
        """The node's own code."""
        await self._node.run(self._env)

    def place(self) -> str:
        """Where the node's `run` is defined, in brackets."""
        return at(defined_at(self._node.run))

    def settled(self) -> None:
        """All is quiet: what the node does from now on, something else makes it do."""
        self._env._settled()

    def failed(self, error: BaseException) -> None:
        """The node's code raised."""
        if self._env._alive():
            self._process.raised("run", error)

    def returned(self) -> None:
        """The node's code came to its end, which a server's never does."""
        if self._env._alive():
            self._process.fail("raised", f"run returned{self.place()}; a node runs until its power is cut")
