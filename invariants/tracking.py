"""What a leader believes of its followers' logs: it moves one way, and what is sent next lies above what has matched."""

from __future__ import annotations

from harness.events import Crashed, Event, Observed
from harness.invariant import Invariant, Violation
from harness.node import NodeId
from harness.observations import Led, Tracked


class MatchIndexNeverGoesBack(Invariant):
    """As long as a node leads, its match_index of a follower never decreases; a new leader starts anew, from 0."""

    watches = (Tracked, Led, Crashed)
    kind = "step"
    source = "Raft (extended version), Figure 2: match_index[] increases monotonically"

    def __init__(self) -> None:
        self._matched: dict[NodeId, dict[NodeId, Observed]] = {}  # leader -> follower -> the highest that was said

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed or type(event.observation) is Led:
            self._matched.pop(event.node, None)  # type: ignore[union-attr]
            return None
        said = event.observation
        matched = self._matched.setdefault(event.node, {})
        earlier = matched.get(said.follower)
        if earlier is None or said.match_index >= earlier.observation.match_index:
            matched[said.follower] = event
            return None
        back = f"from {earlier.observation.match_index} to {said.match_index}"
        return self.violation(f"{event.node}'s match_index of {said.follower} went back {back}", earlier, event)


class NextIndexAboveMatchIndex(Invariant):
    """A leader's next_index of a follower is above its match_index: what has matched is not sent again."""

    watches = (Tracked,)
    source = "Raft (extended version), Figure 2 and 5.3: next_index starts behind the last entry, and falls until the logs match"

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        if said.next_index > said.match_index:
            return None
        where = f"next_index {said.next_index} for {said.follower}, whose log it knows to match up to {said.match_index}"
        return self.violation(f"{event.node} has {where}", event)
