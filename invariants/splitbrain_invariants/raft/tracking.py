"""What a leader believes of its followers' logs: it moves one way, and what is sent next lies above what has matched."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Acted, Crashed, Event, Failed, Observed, Sent
from splitbrain.invariant import Invariant, Violation, Witness
from splitbrain.node import NodeId
from splitbrain.observations import Led, Tracked, Voters
from splitbrain_invariants.witnesses.copies import copies, fate, log, terms
from splitbrain_invariants.witnesses.trace import conflict, place


class MatchIndexNeverGoesBack(Invariant):
    """As long as a node leads, its match_index of a follower never decreases; a new leader starts anew, from 0.

    So does a leader with a follower that it removes, or adds again.

    It assumes that a leader says Tracked when its match_index changes, Led when it is elected, and Voters when it removes or adds a
    follower.
    """

    watches = (Tracked, Led, Voters, Crashed, Failed)
    kind = "step"
    source = "Raft (extended version), Figure 2: match_index[] increases monotonically"

    def __init__(self) -> None:
        self._matched: dict[NodeId, dict[NodeId, Observed]] = {}  # leader -> follower -> the highest that was said
        self._voters: dict[NodeId, set[NodeId]] = {}  # by whom each node counts, where it says so

    def observe(self, event: Event) -> Violation | None:
        if type(event) is not Observed or isinstance(event.observation, Led):
            self._matched.pop(event.node, None)  # type: ignore[union-attr]
            return None
        said = event.observation
        matched = self._matched.setdefault(event.node, {})
        if isinstance(said, Voters):
            voters = {node for group in said.groups for node in group}
            stay = voters & self._voters.get(event.node, voters)
            self._voters[event.node] = voters
            self._matched[event.node] = {follower: matched[follower] for follower in matched if follower in stay}
            return None
        earlier = matched.get(said.follower)
        if earlier is None or said.match_index >= earlier.observation.match_index:
            matched[said.follower] = event
            return None
        back = f"from {earlier.observation.match_index} to {said.match_index}"
        return self.violation(f"{event.node}'s match_index of {said.follower} went back {back}", earlier, event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        first, then = conflict(violation)
        led = [e for e in events if type(e) is Observed and e.node == then.node and isinstance(e.observation, Led)]
        term = f"{then.node} has led term {led[-1].observation.term} since step {led[-1].step}" if led else ""
        told = (Witness(term, (then.node,), (led[-1].step,)),) if led else ()
        return (*told, *_heard(events, first), *_heard(events, then), *_held(events, first))


class NextIndexAboveMatchIndex(Invariant):
    """A leader's next_index of a follower is above its match_index: what has matched is not sent again.

    It assumes that a leader says both (Tracked) when one of them has changed.
    """

    watches = (Tracked,)
    source = "Raft (extended version), Figure 2 and 5.3: next_index starts behind the last entry, and falls until the logs match"

    def observe(self, event: Observed) -> Violation | None:
        said = event.observation
        if said.next_index > said.match_index:
            return None
        where = f"next_index {said.next_index} for {said.follower}, whose log it knows to match up to {said.match_index}"
        return self.violation(f"{event.node} has {where}", event)

    def witnesses(self, violation: Violation, events: Sequence[Event]) -> tuple[Witness, ...]:
        (then,) = violation.evidence
        assert type(then) is Observed
        return (*_before(events, then), *_heard(events, then), *_held(events, then))


def _before(events: Sequence[Event], tracked: Observed) -> tuple[Witness, ...]:
    """What the leader believed of this follower until then."""
    leader, follower = tracked.node, tracked.observation.follower
    for event in reversed(events[: place(events, tracked)]):
        if type(event) is Observed and event.node == leader:
            said = event.observation
            if isinstance(said, Led):
                break
            if isinstance(said, Tracked) and said.follower == follower:
                phrase = f"until then {leader} took {follower} to match up to entry {said.match_index}"
                return (Witness(f"{phrase}, and next was {said.next_index} (step {event.step})", (leader,), (event.step,)),)
    return ()


def _heard(events: Sequence[Event], tracked: Observed) -> tuple[Witness, ...]:
    """The message that made the leader believe it, what it answered, and the follower's log when it was sent."""
    sent = _handled(events, tracked)
    if sent is None:
        return ()
    said = tracked.observation
    phrase = (
        f"match {said.match_index}, next {said.next_index} comes of the {sent.kind} that {sent.sender} sent at step {sent.step}"
    )
    asked = _handled(events, sent)
    answer = "" if asked is None else f" on the {asked.kind} of step {asked.step}"
    then = terms(events[: place(events, sent)], sent.sender)
    steps = (sent.step, tracked.step) if asked is None else (asked.step, sent.step, tracked.step)
    return (Witness(f"{phrase}{answer}; then {then}", (tracked.node, sent.sender), steps),)


def _handled(events: Sequence[Event], event: Event) -> Sent | None:
    """The message at whose delivery this happened; None where it was no delivery."""
    where = place(events, event)
    action = next((each.action for each in reversed(events[:where]) if type(each) is Acted), None)
    names = ("sender", "receiver", "kind", "epoch", "ordinal")
    message = [getattr(action, name, None) for name in names]  # only what is done to a message has all of these
    return next((e for e in events[:where] if type(e) is Sent and [getattr(e, name) for name in names] == message), None)


def _held(events: Sequence[Event], tracked: Observed) -> tuple[Witness, ...]:
    """What became at the follower of the entry up to which it was taken to match."""
    index, follower = tracked.observation.match_index, tracked.observation.follower
    term = log(events, tracked.node).term(index) if index else None
    copy = None if term is None else copies(events, index, term).get(follower)
    if copy is None:
        return ()
    return (Witness(f"entry {index} of term {term}: {fate(follower, copy)}", (follower,), (copy.since,)),)
