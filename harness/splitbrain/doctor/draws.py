"""Whether a workload is fit: it keeps no state, leaves the history as it is, draws something, and that comes back from a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from copy import deepcopy
from typing import Any

from msgspec import structs

from splitbrain.actions import Request
from splitbrain.dice import Dice
from splitbrain.errors import ScenarioError
from splitbrain.events import Event
from splitbrain.filed.commands import check
from splitbrain.node import Workload
from splitbrain.scenario import Scenario
from splitbrain.trace.history import History
from splitbrain.trace.saving import same

_PLACES = 4  # of each trace: so long are the histories that commands are drawn from


class Aside:
    """A workload that is handed copies of histories: one that writes to them spoils no run before that is told."""

    def __init__(self, workload: Workload) -> None:
        self._workload = workload
        if hasattr(workload, "commands"):
            self.commands = workload.commands

    def next(self, session: str, dice: Dice, history: History) -> Any:
        """The session's next command."""
        with suppress(Exception, SystemExit):  # what commands and results are is the user's own
            history = deepcopy(history)
        return self._workload.next(session, dice, history)


class Draws:
    """Draws commands from a scenario's workload, if it has one, as they would be at some places of a trace."""

    def __init__(self, scenario: Scenario, complain: Callable[[str], None]) -> None:
        self._scenario = scenario
        self._complain = complain
        self._drawn = self._commands = 0

    def look(self, events: Sequence[Event], dice: Dice) -> None:
        """Draw for each session, from histories as long as the trace's and shorter."""
        if self._scenario.workload is None:
            return
        try:
            for place in range(_PLACES):
                seen = events[: len(events) * place // (_PLACES - 1)]
                for number in range(1, (self._scenario.sessions or 0) + 1):
                    self._draw(f"s{number}", seen, dice)
        except ScenarioError as error:
            self._complain(str(error))

    def conclude(self) -> None:
        """Say so where there was never anything to ask."""
        if self._drawn and not self._commands:
            self._complain(
                f"workload.next returned None each of the {self._drawn:,} times that it was asked, so that no client ever asks "
                "anything; let it return commands"
            )

    def _draw(self, session: str, seen: Sequence[Event], dice: Dice) -> None:
        seed, between = dice.seed(), dice.seed()
        command = self._next(session, seed, seen)
        self._next(f"{session}0", between, ())  # what another session asks of another history must not count
        again = self._next(session, seed, seen)
        self._drawn += 1
        if command is None and again is None:
            return
        self._commands += 1
        for each in (command, again):
            check(self._scenario, Request("n1", f"{session}.1", each, session))
        if not same(command, again):
            self._complain(
                f"workload.next({session!r}, dice, history) returned {command!r:.80}, and then {again!r:.80}, for equal dice and "
                "equal histories: it keeps state, and would ask for something else in a replay's fair phase; let it draw from the "
                "dice alone, and look up in the history what was asked before"
            )

    def _next(self, session: str, seed: int, seen: Sequence[Event]) -> Any:
        history = History.of(seen)
        before = _picture(history)
        command = self._scenario.next_command(session, Dice(seed), history)
        after = _picture(history)
        if after != before:
            changed = next(name for name in {**after, **before} if after.get(name) != before.get(name))
            self._complain(
                f"workload.next({session!r}, dice, history) changed the history: {changed} is no longer what it was; the run goes "
                "on with it, and its clients are judged by what they were told; let the workload look things up there, and copy "
                "what it wants to change"
            )
        return command


def _picture(history: History) -> dict[str, str]:
    """All that it says, by operation: as text, for what it holds may be written to as well."""
    return {each.id: f"{structs.astuple(each)!r}" for each in history} | {"who replaces whom": f"{history.replaced!r}"}
