"""What a Raft node commits is in its log, and what it applies it has committed."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Crashed, Event, Failed, Observed
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Appended, Applied, Committed, Installed, Recovered, Truncated
from splitbrain_invariants.witnesses.copies import terms
from splitbrain_invariants.witnesses.trace import place


class CommitWithinLog(Invariant):
    """A node commits nothing that is not in its log.

    It assumes that a node says Recovered first of all, and then every change of its log (Appended, Truncated, Installed) before the
    Committed that goes by it. One that has not said what it recovered, or that removes what it never told of, is not held to it.
    """

    watches = (Committed, Appended, Truncated, Installed, Recovered, Crashed, Failed)
    source = (
        "Raft (extended version), Figure 2: commit_index = min(leader_commit, index of last new entry); 5.3: an N that it holds"
    )

    def __init__(self) -> None:
        self._last: dict[NodeId, int] = {}  # where each log ends, of the nodes that told

    def observe(self, event: Event) -> Violation | None:
        last = self._last
        if type(event) is not Observed:
            last.pop(event.node, None)  # type: ignore[union-attr]
            return None
        said, node = event.observation, event.node
        end = last.get(node)
        if isinstance(said, Recovered):
            last[node] = said.base_index + len(said.entries)
            return None
        if end is None:
            return None
        if isinstance(said, Appended):
            if said.index > end:
                last[node] = said.index
        elif isinstance(said, Committed):
            if said.index > end:
                return self.violation(f"{node} committed up to entry {said.index}, but its log ends with entry {end}", event)
        elif isinstance(said, Truncated):
            if said.index <= end:
                last[node] = max(said.index, 1) - 1
            elif said.index > end + 1:
                del last[node]
        else:
            last[node] = max(said.index, end) if said.rest else said.index
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (then,) = violation.evidence
        assert type(then) is Observed
        held = terms(events[: place(events, then)], then.node)
        return (Witness(f"at step {then.step} {held}", (then.node,), (then.step,)),)


class AppliedIsCommitted(Invariant):
    """A node applies only what it has committed.

    What it had committed before a restart counts, for that stays committed.

    It assumes that a node says Committed, when its commit index has risen, before the Applied of what it then applies. One that
    never says Committed is not held to it.
    """

    watches = (Applied, Committed)
    kind = "step"
    source = "Raft (extended version), Figure 2: if commit_index > last_applied, increment last_applied, apply log[last_applied]"

    def __init__(self) -> None:
        self._committed: dict[NodeId, Observed] = {}  # how far each node has committed

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        known = self._committed.get(event.node)
        if isinstance(said, Applied):
            if known is None or said.index <= known.observation.index:
                return None
            upto = f"and had committed up to entry {known.observation.index} only"
            return self.violation(f"{event.node} applied entry {said.index} ({said.command!r}), {upto}", known, event)
        if known is None or said.index > known.observation.index:
            self._committed[event.node] = event
        return None

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        then = violation.evidence[-1]
        assert type(then) is Observed
        held = terms(events[: place(events, then)], then.node)
        return (Witness(f"at step {then.step} {held}", (then.node,), (then.step,)),)
