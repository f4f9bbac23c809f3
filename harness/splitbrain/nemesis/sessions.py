"""Sessions: clients that wait for an answer, follow redirects, ask again, give up, and go on asking a node that has led.

Everything that they know is in the history and in what nodes say of themselves, so that they can go on from any schedule.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count as counting
from typing import Any

import msgspec

from splitbrain.actions import Action, Request, Resend
from splitbrain.cluster.process import Process
from splitbrain.dice import Dice
from splitbrain.nemesis.clients import REFUSALS, Clients
from splitbrain.nemesis.picture import Picture
from splitbrain.node import NodeId, Refused
from splitbrain.trace.history import Operation
from splitbrain.world.clients import CALM, RESENDS
from splitbrain.world.world import World


class Manner(msgspec.Struct, frozen=True):
    """How the sessions of one run behave.

    most: how many ask at a time. patience: how often one that has no answer yet waits on; alarmed: the same, where it has reason to
    ask elsewhere: the node that it asked has lost its power, or somebody else leads. gives_up: how often one that does not wait
    gives up instead of asking again. follows: how often one that was refused asks whom the refusal names. stays: how often one asks
    the node that it asked last. late: how often, otherwise, one that has led or answered, be it overtaken by now; else any.
    """

    most: int
    patience: float = 0.9
    alarmed: float = 0.5
    gives_up: float = 0.2
    follows: float = 0.8
    stays: float = 0.7
    late: float = 0.5


def draw_manner(dice: Dice, sessions: int) -> Manner:
    """The manner of one run, all of it drawn."""
    return Manner(
        most=dice.between(1, sessions),
        patience=dice.pick((0.5, 0.9, 0.98)),
        alarmed=dice.pick((0.2, 0.5, 0.9)),
        gives_up=dice.pick((0.0, 0.2, 0.5)),
        follows=dice.pick((0.5, 0.9)),
        stays=dice.pick((0.2, 0.7, 0.95)),
        late=dice.pick((0.2, 0.5, 0.9)),
    )


class Sessions(Clients):
    """At most as many at a time as the scenario has, each with one operation outstanding."""

    def __init__(self, world: World, picture: Picture) -> None:
        super().__init__(world)
        self._history = world.history
        self._picture = picture
        self.manner = Manner(world.scenario.sessions or 1)
        self._known = 0  # operations of the history that are counted
        self._operations = 0  # of sessions
        self._live: tuple[str, ...] = ()
        self._failed: dict[str, None] = {}  # operations that were refused, as far as one knows
        self._hints: dict[str, Process] = {}  # whom the last refusal named, by session
        self._answered: dict[NodeId, None] = {}  # who has answered anything

    def draw(self, dice: Dice) -> None:
        """Draw the manner of this run."""
        self.manner = draw_manner(dice, self.world.scenario.sessions or 1)

    @property
    def requests(self) -> int:
        """How many operations there were, without those that were refused, as far as one knows."""
        return self._operations - len(self._failed) if self.live else 0

    @property
    def live(self) -> tuple[str, ...]:
        """The sessions that have asked, and not given up."""
        history = self._history
        if self._known < len(history):
            new = [each.session for each in history[self._known :] if each.session and not each.session.startswith(CALM)]
            self._known = len(history)
            self._operations += len(new)
            self._live = tuple(each for each in dict.fromkeys((*self._live, *new)) if each not in history.replaced)
        return self._live

    def places(self) -> int:
        """One for each node and each session."""
        return len(self.nodes) * self.manner.most if self.may_ask() else 0

    def may_ask(self) -> bool:
        """Whether one has anything left to ask for, or to ask again."""
        if not self.nodes or self._refusals >= REFUSALS * self.world.scenario.requests:
            return False
        live = self.live
        return self.requests < self.limit or any(self._last(session).returned is None for session in live)

    def next(self, dice: Dice) -> Action | None:
        """One of the sessions asks, asks again, or gives up, so that a new one asks; None where all of them wait on."""
        if not self.may_ask():
            return None
        live = self.live
        most = max(self.manner.most, len(live))
        first = dice.below(most)
        for place in (*range(first, most), *range(first)):
            action = self._turn(live[place], dice) if place < len(live) else self._first(dice, None)
            if action is not None:
                return action
        return None

    def ask(
        self, node: NodeId, dice: Dice, command: Any = None, session: str | None = None, replaces: str | None = None
    ) -> Request | None:
        """The next operation of a session: of this one, else of the first that waits for nothing, else of a new one.

        None where the workload has nothing for it to ask now.
        """
        if session is None and replaces is None:
            session = next((each for each in self.live if self._last(each).outcome != "unknown"), None)
        if session is None:
            session = self._new_name()
        if command is None:
            command = self.world.scenario.next_command(session, dice, self._history, self.payload)
            if command is None:
                return None
        return Request(node, self.next_id(session), command, session, replaces)

    def leave(self, requests: Iterable[Request]) -> None:
        """Nothing is to be done: whatever others ask is in the history, and names are free where they are not there."""

    def replied(self, request: str, result: Any) -> None:
        """A node has answered, or refused."""
        operation = self._history.named(request)
        if operation is None or operation.session is None:
            return
        if isinstance(result, Refused):
            self._refusals += 1
            hinted = self.world.processes.get(result.leader or "")
            if hinted in self.nodes:
                self._hints[operation.session] = hinted
            else:
                self._hints.pop(operation.session, None)
            if operation.outcome == "refused":  # it was not carried out, and so does not count
                self._failed[request] = None
        else:
            self._failed.pop(request, None)
            self._hints.pop(operation.session, None)
            if operation.node is not None:
                self._answered[operation.node] = None

    # One session

    def _last(self, session: str) -> Operation:
        return self._history.of_session(session)[-1]

    def _turn(self, session: str, dice: Dice) -> Action | None:
        """What it does now."""
        last = self._last(session)
        if last.outcome == "answered":
            return self._begin(dice, session)
        if last.outcome == "refused":
            again = len(last.attempts) <= RESENDS and dice.chance(self.manner.follows)
            return self._again(last, dice) if again else self._begin(dice, session)
        if dice.chance(self.manner.alarmed if self._alarming(last) else self.manner.patience):
            return None
        if len(last.attempts) > RESENDS or dice.chance(self.manner.gives_up):
            return self._first(dice, session)
        return self._again(last, dice)

    def _alarming(self, operation: Operation) -> bool:
        """Whether the node that was asked has forgotten it, or somebody else leads."""
        node = operation.attempts[-1].node
        return not self.world.processes[node].asked.get(operation.id) or self._picture.leader not in (None, node)

    def _begin(self, dice: Dice, session: str) -> Action | None:
        """It asks for something new."""
        node = self._whom(dice, session) if self.requests < self.limit else None
        return None if node is None else self.ask(node, dice, session=session)

    def _first(self, dice: Dice, replaces: str | None) -> Action | None:
        """A new session asks; in place of one that gives up, it goes on where that one is."""
        node = self._whom(dice, replaces) if self.requests < self.limit else None
        return None if node is None else self.ask(node, dice, session=self._new_name(), replaces=replaces)

    def _again(self, operation: Operation, dice: Dice) -> Action | None:
        """It asks again for the same."""
        node = self._whom(dice, operation.session)
        return None if node is None else Resend(node, operation.id)

    def _whom(self, dice: Dice, session: str | None) -> NodeId | None:
        """Whom a refusal named; the node that was asked last; one that has led or answered; any. None where that one is down."""
        manner = self.manner
        process = None if session is None else self._hints.get(session)
        if process is None or not process.idle() or not dice.chance(manner.follows):
            process = None
            attempt = None if session is None else self._last(session).attempts[-1]
            if attempt is not None and not attempt.refused and dice.chance(manner.stays):
                process = self.world.processes[attempt.node]
            if process is None or not process.idle():
                process = self._anew(dice)
        return process.id if process.idle() else None

    def _anew(self, dice: Dice) -> Process:
        """Whom one asks that has nobody to keep to: who leads; one that has led, or answered, be it overtaken by now; or any."""
        leader, led = self._picture.leader, self._picture.led
        if not dice.chance(self.manner.late):
            leading = [each for each in self.nodes if each.id == leader and each.idle()]
            return dice.pick(leading if leading and dice.chance(0.5) else self.nodes)
        overtaken = [each for each in self.nodes if each.id in led and each.id != leader and each.idle()]
        if overtaken and dice.chance(0.5):
            return dice.pick(overtaken)
        return dice.pick([each for each in self.nodes if each.id in led or each.id in self._answered] or self.nodes)

    def _new_name(self) -> str:
        history = self._history
        known = len(history.sessions())
        return next(name for number in counting(known + 1) if not history.of_session(name := f"s{number}"))
