"""Clients: who asks one world, and what. Here each request is of a client of its own, which asks once."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count as counting
from typing import Any

from splitbrain.actions import Action, Request
from splitbrain.cluster.process import Process
from splitbrain.dice import Dice
from splitbrain.node import NodeId, Refused, RequestId
from splitbrain.requests import number_in_session
from splitbrain.world.world import World

REFUSALS = 4  # times as many as there may be requests: then clients give up


class Clients:
    """Whom they may ask (`nodes`), and how much is asked.

    limit: how many requests there may be, without those that were refused. payload: how many characters longer than the workload
    has them the commands are.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.nodes = tuple(world.clients())
        self.limit = world.scenario.requests
        self.payload = 0
        self._requests = 0
        self._refusals = 0
        self._refused: dict[NodeId, bool] = {}  # did this node refuse what it was asked last?
        self._asked: dict[str, NodeId] = {}
        self._hinted: Process | None = None  # whom the last refusal named
        for process in world.processes.values():
            process.on_reply = self.replied

    @property
    def requests(self) -> int:
        """How many there were, without those that were refused; of sessions, operations."""
        return self._requests

    def draw(self, dice: Dice) -> None:
        """Draw what is peculiar to the clients of one run: of those that ask once, nothing."""

    def places(self) -> int:
        """How many different things they may do now, as far as one can tell cheaply."""
        return len(self.nodes) if self.may_ask() else 0

    def may_ask(self) -> bool:
        """Whether they have anything left to ask for."""
        return bool(self.nodes) and self.requests < self.limit and self._refusals < REFUSALS * self.world.scenario.requests

    def next(self, dice: Dice) -> Action | None:
        """A client asks a node; mostly one that did not refuse the last time, or that a refusal named."""
        if not self.may_ask():
            return None
        process = dice.pick(self.nodes)
        if self._refused.get(process.id) and dice.chance(0.7):
            willing = [each for each in self.nodes if not self._refused.get(each.id)]
            process = self._hinted or dice.pick(willing or self.nodes)
        if not process.idle():
            return None
        return self.ask(process.id, dice)

    def ask(
        self,
        node: NodeId,
        dice: Dice,  # noqa: ARG002 - of a workload, which only sessions have
        command: Any = None,
        session: str | None = None,
        replaces: str | None = None,
    ) -> Request | None:
        """The next request, for this node; counted, and numbered, so that no two of a run are alike.

        command: None: the workload's next one. session: whose it is, where somebody says so.
        """
        self._requests += 1
        if session is not None:
            name = self.next_id(session)
            self._asked[name] = node
            return Request(node, name, self._command(self._requests) if command is None else command, session, replaces)
        number = self._requests + self._refusals
        name = f"r{number}"
        if name in self._asked:  # a schedule that is edited has numbers of its own
            number = next(free for free in counting(1) if f"r{free}" not in self._asked)
            name = f"r{number}"
        self._asked[name] = node
        return Request(node, name, self._command(number) if command is None else command)

    def next_id(self, session: str) -> RequestId:
        """What its next operation is called; in a schedule that was edited, there may be gaps before it."""
        past = self.world.history.of_session(session)
        return f"{session}.{((number_in_session(past[-1].id) or 0) if past else 0) + 1}"

    def leave(self, requests: Iterable[Request]) -> None:
        """Count these requests, which others make, and leave their numbers to them."""
        for request in requests:
            self._requests += request.id not in self._asked
            self._asked[request.id] = request.node

    def replied(self, request: str, result: Any) -> None:
        """A node has answered, or refused."""
        node = self._asked.get(request)
        if node is None:
            return
        refused = isinstance(result, Refused)
        self._refused[node] = refused
        hinted = self.world.processes.get(result.leader or "") if refused else None
        self._hinted = hinted if hinted in self.nodes else None
        if refused:  # it was not carried out, and so does not count
            self._requests -= 1
            self._refusals += 1

    def _command(self, number: int) -> Any:
        return self.world.scenario.command(number, self.payload)
