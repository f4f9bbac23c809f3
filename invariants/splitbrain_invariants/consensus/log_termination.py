"""Termination of a replicated log: what must happen when faults have stopped, and who lags behind when it has not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from splitbrain.events import CalmBegan, CalmEnded, Crashed, Declared, Event, Failed, Observed, Replied, Requested, Started
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId, Refused
from splitbrain.observations import Appended, Applied, Committed, EnteredTerm, Executed, Led, SteppedDown
from splitbrain_invariants.configurations import Configurations
from splitbrain_invariants.key import key
from splitbrain_invariants.witnesses.waiting import elections

_NAMED = 3  # requests of many


class LogTermination(Invariant):
    """By the end of a fair phase a command that its client asked for is applied by every node of its core.

    It is one that was asked for in the fair phase, and learners have to apply it, too. Answers are enough where nothing that was
    asked for came into any log: such commands are not logged (reads, for instance). Then each request but the last must have been
    answered, unless its client gave it up; and where some were refused for good, somebody must refuse nothing more since it began
    to answer: who leads, where that is said. Where nobody could be asked, or nothing was asked for, nothing is to be done.

    Where nodes change their configuration (`Voters`), a core is asked for progress only if it has a quorum of every configuration
    that one of it may count by; and of those that were voters once, only who is a voter in all of these has to apply anything.

    It assumes that a node says Applied, with the command as it was asked for, and Appended where it logs it. One that says Executed
    has executed the request that this names, and no other one that asked for the same. For nodes of which one sees only answers
    there is ClientsAnswered.
    """

    watches = (
        *(Requested, Replied, Appended, Applied, Led, SteppedDown, EnteredTerm, Committed),
        *(Crashed, Failed, CalmBegan, CalmEnded, *Configurations.WATCHES),
    )
    kind = "eventually"
    source = "Raft (extended version), 5.6: a steady leader is elected and makes progress, given the timing requirement"

    def __init__(self) -> None:
        self._began: CalmBegan | None = None
        self._asked: dict[Any, dict[NodeId, None]] = {}  # command of the fair phase -> who applied it
        self._executed: dict[str, dict[NodeId, None]] = {}  # request of the fair phase -> who executed it
        self._commands: list[Any] = []
        self._requests: dict[str, Literal["", "refused", "answered"]] = {}  # the fair phase's, and what became of each so far
        self._answers: dict[NodeId, bool] = {}  # who answered one of these, and whether it has refused none since
        self._spoke = False  # whether anybody ever said anything that is watched
        self._elects = False  # whether nodes say who leads
        self._logged = False  # whether anybody has one of the commands in its log
        self._configurations = Configurations()
        self._led: dict[NodeId, int] = {}  # who leads which term
        self._term: dict[NodeId, int] = {}
        self._applied: dict[NodeId, int] = {}
        self._committed: dict[NodeId, int] = {}

    def observe(self, event: Event) -> Violation | None:
        if type(event) is Observed:
            self._spoke = True
            self._said(event.node, event.observation)
            return None
        match event:
            case Started() | Declared():
                self._configurations.observe(event)
            case Requested():
                if event.calm:
                    self._give_up(event.replaces)
                    if event.request not in self._requests:
                        self._commands.append(event.command)
                    self._asked.setdefault(key(event.command), {})
                    self._executed.setdefault(event.request, {})
                    self._requests[event.request] = ""
            case Replied():
                self._replied(event)
            case Crashed() | Failed():
                for known in (self._led, self._applied, self._committed):
                    known.pop(event.node, None)
            case CalmBegan():
                self._began = event
                self._logged = False
                for fair in (self._asked, self._executed, self._commands, self._requests, self._answers):
                    fair.clear()
            case CalmEnded():
                return self._ended(event)
        return None

    def satisfied(self) -> bool:
        if self._began is None:
            return False
        return not self._asked or self._applied_by_all(self._began.core) or not self._may_progress(self._began.core)

    def _give_up(self, session: str | None) -> None:
        """What a session of the fair phase has no answer to is asked for no more, where another one goes on for it."""
        last = next(reversed(self._requests), "")  # the fair phase has one client, and that waits for one answer at a time
        if session is not None and last.startswith(f"{session}.") and not self._requests[last]:
            del self._requests[last]

    def _replied(self, event: Replied) -> None:
        before = self._requests.get(event.request)
        if before is None:
            return
        if not isinstance(event.result, Refused):
            self._requests[event.request] = "answered"
            self._answers.setdefault(event.node, True)
        else:
            self._requests[event.request] = before or "refused"
            if event.node in self._answers:
                self._answers[event.node] = False

    def _applied_by_all(self, core: tuple[NodeId, ...]) -> bool:
        bound = self._bound(core)
        return any(all(node in appliers for node in bound) for appliers in (*self._asked.values(), *self._executed.values()))

    def _unanswered(self) -> str | None:
        """Why answers are not enough; None where what was asked for is not logged, but answered. The last one may be under way."""
        if self._logged:
            return "it came into a log"
        if not self._answers:
            return "no client was answered"
        unheard = [request for request, outcome in list(self._requests.items())[:-1] if not outcome]
        if unheard:
            return f"nothing was logged, and nobody answered {_some(unheard)}"
        leaders = self._led if self._elects else self._answers
        refused = [request for request, outcome in self._requests.items() if outcome == "refused"]
        if not refused or any(more and node in leaders for node, more in self._answers.items()):
            return None
        who = "no leader has answered without refusing" if self._elects else "whoever answered anything has refused"
        return f"nothing was logged, all that {_some(refused)} met was refusals, and {who} something afterwards"

    def _may_progress(self, core: tuple[NodeId, ...]) -> bool:
        """Whether the core has a quorum of whatever its nodes count by; where nobody said `Voters`, the scenario saw to that."""
        known = self._configurations
        if not known.change:
            return True
        return all(known.elects(groups, core) and known.decides(groups, core) for node in core for groups in known.of(node))

    def _bound(self, core: tuple[NodeId, ...]) -> Sequence[NodeId]:
        """Who of the core has to apply: not those that others take for removed."""
        known = self._configurations
        if not known.change:
            return core
        once = {node for groups in known.ever() for group in groups for node in group}
        present = [{node for group in groups for node in group} for each in core for groups in known.of(each)]
        return [node for node in core if node not in once or all(node in voters for voters in present)]

    def _said(self, node: NodeId, said: Any) -> None:
        match said:
            case EnteredTerm():
                self._term[node] = said.term
                if self._led.get(node, said.term) < said.term:
                    del self._led[node]
            case Applied():
                self._applied[node] = said.index
                if self._asked:
                    appliers = self._appliers(said)
                    if appliers is not None:
                        appliers[node] = None
                        self._logged = True
            case Appended():
                if self._asked and not self._logged:
                    self._logged = key(said.command) in self._asked
            case Committed():
                self._committed[node] = said.index
            case Led():
                self._led[node] = self._term[node] = said.term
                self._elects = True
                self._answers.pop(node, None)  # what it refused before, it refused as a follower
            case SteppedDown():
                self._led.pop(node, None)
            case _:
                self._configurations.said(node, said)

    def _appliers(self, said: Applied) -> dict[NodeId, None] | None:
        """Who has applied this of the fair phase so far; None where it was not asked for in it."""
        return self._executed.get(said.request) if isinstance(said, Executed) else self._asked.get(key(said.command))

    def _ended(self, event: CalmEnded) -> Violation | None:
        # Where the client found nobody to ask, nothing was to happen.
        if self._began is None or not self._asked or not self._may_progress(event.core):
            return None
        why = None if self._applied_by_all(event.core) else self._unanswered()
        if why is None:
            return None
        commands = ", ".join(repr(command) for command in self._commands)
        leaders = [f"{node} leads term {self._led[node]}" for node in event.core if node in self._led]
        parts = [
            f"after {event.elapsed} fair ms none of {commands} was applied by all of {', '.join(event.core)}",
            *([] if self._logged else [why]),
            ", ".join(leaders) or "nobody leads",
            *(self._state(node) for node in event.core),
        ]
        if not self._spoke:
            parts[2:] = ["no node has said anything of a log or a leader: by answers alone goes ClientsAnswered"]
        return self.violation("; ".join(parts), self._began, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        _, ended = violation.evidence
        assert type(ended) is CalmEnded
        return elections(events, ended)

    def _state(self, node: NodeId) -> str:
        term = f"in term {self._term[node]}" if node in self._term else "in no known term"
        return f"{node} is {term}, commit index {self._committed.get(node, 0)}, applied up to {self._applied.get(node, 0)}"


def _some(requests: Sequence[str]) -> str:
    """The first of them by name."""
    named = ", ".join(requests[:_NAMED])
    return named if len(requests) <= _NAMED else f"{named} and {len(requests) - _NAMED:,} more"
