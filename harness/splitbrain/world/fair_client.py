"""The client of the fair phase: it asks the core until it is answered, and as long as something that must happen has not."""

from __future__ import annotations

from typing import Any

from splitbrain.actions import Action, Calm, Request, Resend
from splitbrain.cluster.cluster import Cluster
from splitbrain.cluster.process import Process
from splitbrain.dice import Dice
from splitbrain.events import Acted
from splitbrain.filed.commands import check
from splitbrain.node import NodeId, Refused
from splitbrain.trace.history import Operation
from splitbrain.world.clients import CALM, RESENDS

RETRY = 100  # virtual ms from one turn of the client to the next
CONTENT = 10  # turns in a row at which a workload has nothing to ask, and its client is taken to want nothing


class FairClient:
    """It asks at each of its turns, each time the next node, and each time as a client of its own.

    answered: whether it waits for nothing any more: it has had an answer. content: whether it asked for nothing, and wants nothing.
    """

    content = False

    def __init__(self, cluster: Cluster, action: Calm) -> None:
        self._cluster = cluster
        self._first = 1_000 * cluster.step  # its commands are numbered past the schedule's own, so that no two of a run are alike
        self._nodes = [process for process in cluster.clients() if process.id in action.core]
        self._turns = 0
        self.answered = False

    @property
    def asks(self) -> bool:
        """Whether there is anybody in the core whom it may ask."""
        return bool(self._nodes)

    def turn(self) -> bool:
        """Ask, if there is anything left to ask for; returns whether it will have another turn."""
        # One answer may not be enough: a new leader without a no-op commits what its predecessor left only along with an entry
        # of its own term (Raft, 5.4.2 and 8), and so waits for the next request.
        if self.answered and not self._cluster.recorder.awaits():
            return False
        process = self._whom()
        self._turns += 1
        if process.idle():
            self._ask(process)
        return True

    def replied(self, request: str, result: object) -> None:
        """A node of the core replies to somebody."""
        if request.startswith(CALM) and not isinstance(result, Refused):
            self.answered = True

    def _whom(self) -> Process:
        return self._nodes[self._turns % len(self._nodes)]

    def _ask(self, process: Process) -> None:
        number = self._first + self._turns
        self._request(Request(process.id, f"{CALM}{number}", self._cluster.scenario.commands(number)), process)

    def _request(self, action: Request, process: Process) -> None:
        check(self._cluster.scenario, action)
        self._acted(action)
        self._cluster.ask(process, action.id, action.command, calm=True, session=action.session, replaces=action.replaces)

    def _acted(self, action: Action) -> None:
        recorder = self._cluster.recorder
        if recorder.keep:
            recorder.emit(Acted(recorder.step, self._cluster.now, action))


class FairSession(FairClient):
    """The same where clients are sessions: it waits for its answer until its next turn, and then asks for the same again.

    It follows redirects, and keeps to who answered. Where an operation was asked for again as often as clients do, it goes on: as a
    new session, if the outcome is unknown. It asks what the workload has, with dice of its own; one that has nothing to ask is
    asked again at the next turn. One that has nothing `CONTENT` times in a row leaves its client content: that waits for nothing,
    and so the phase ends as soon as what else must happen has.
    """

    def __init__(self, cluster: Cluster, action: Calm) -> None:
        super().__init__(cluster, action)
        self._dice = Dice(f"calm/{action.seed}/client")
        self._session: str | None = None
        self._number = 0  # of its last operation
        self._asked = 0  # operations, of all its sessions
        self._nothing = 0  # turns in a row
        self._hint: NodeId | None = None  # who answered last, or was named by who refused

    def replied(self, request: str, result: object) -> None:
        super().replied(request, result)
        operation = self._last()
        if operation is not None and request == operation.id:
            self._hint = result.leader if isinstance(result, Refused) else operation.node

    def _last(self) -> Operation | None:
        return self._cluster.history.named(f"{self._session}.{self._number}")

    def _whom(self) -> Process:
        hint, self._hint = self._hint, None
        return next((process for process in self._nodes if process.id == hint), None) or super()._whom()

    def _ask(self, process: Process) -> None:
        last = self._last()
        if last is not None and last.returned is None and len(last.attempts) <= RESENDS:
            self._acted(Resend(process.id, last.id))
            self._cluster.ask(process, last.id, last.command, calm=True, session=last.session)
            return
        given_up = self._session if last is not None and last.outcome == "unknown" else None
        fresh = self._session is None or given_up is not None
        session = f"{CALM}{self._first + self._asked}" if fresh else self._session
        assert session is not None
        command = self._draw(session)
        if command is None:
            self._nothing += 1
            if self._nothing >= CONTENT:
                self.answered, self.content = True, self._asked == 0
            return
        self._session, self._number, self._nothing = session, 1 if fresh else self._number + 1, 0
        self._asked += 1
        self.content = False
        self._request(Request(process.id, f"{session}.{self._number}", command, session, given_up), process)

    def _draw(self, session: str) -> Any:
        scenario = self._cluster.scenario
        if scenario.workload is None:
            return scenario.commands(self._first + self._asked + 1)
        return scenario.next_command(session, self._dice, self._cluster.history)
