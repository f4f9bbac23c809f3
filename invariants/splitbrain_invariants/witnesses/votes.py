"""Who led which term, and who voted for whom: the quorums behind Raft's leaders, from what nodes said."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Event, Observed
from splitbrain.invariant import Witness
from splitbrain.node import NodeId
from splitbrain.observations import Led, Recovered, Voted
from splitbrain_invariants.witnesses.phrase import at, quorums, when
from splitbrain_invariants.witnesses.trace import configurations, place


def votes(events: Sequence[Event], term: int, candidate: NodeId) -> dict[NodeId, int]:
    """Who gave that vote, and at which step first; a vote that is found on a disk counts."""
    given: dict[NodeId, int] = {}
    for event in events:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Voted):
                if (said.term, said.candidate) == (term, candidate):
                    given.setdefault(event.node, event.step)
            elif isinstance(said, Recovered) and (said.term, said.voted_for) == (term, candidate):
                given.setdefault(event.node, event.step)
    return given


def electorate(events: Sequence[Event], led: Observed) -> tuple[dict[NodeId, int], tuple[Witness, ...]]:
    """Who had voted for this leader of its term by then; and that, in words: none, where nobody ever speaks of votes."""
    term, leader = led.observation.term, led.node
    before = events[: place(events, led)]
    voters = votes(before, term, leader)
    if not voters:
        if not any(map(_votes, events)):
            return voters, ()
        return voters, (Witness(f"nobody had said that it voted for {leader} in term {term}", (leader,), (led.step,)),)
    known = configurations(before)
    groups = known.of(leader)[-1]
    phrase = f"{leader} became leader of term {term} with the votes of {at(voters)}: {quorums(groups, voters, known.quorums.elect)}"
    if not known.elects(groups, voters):
        phrase += _stale(before, term, leader)
    return voters, (Witness(phrase, tuple(voters), (*voters.values(), led.step)),)


def leaders(events: Sequence[Event], term: int) -> tuple[Witness, ...]:
    """Who led the term of an entry, which a leader alone writes; nothing, where nobody ever says that it leads."""
    led = {e.node: e.step for e in events if type(e) is Observed and isinstance(e.observation, Led) and e.observation.term == term}
    if not led:
        silent = not any(type(event) is Observed and isinstance(event.observation, Led) for event in events)
        return () if silent else (Witness(f"nobody became leader of term {term}, whose entry it is"),)
    alone = " alone" if len(led) == 1 else ""
    return (Witness(f"leader of term {term}, whose entry it is, was {at(led)}{alone}", tuple(led), tuple(led.values())),)


def _votes(event: Event) -> bool:
    """Whether it speaks of a vote."""
    if type(event) is not Observed:
        return False
    said = event.observation
    return isinstance(said, Voted) or (isinstance(said, Recovered) and said.voted_for is not None)


def _stale(events: Sequence[Event], term: int, leader: NodeId) -> str:
    """Votes of earlier terms that it may have counted; a leader that had led before, and did not step down."""
    for earlier in range(term - 1, 0, -1):
        others = {node: step for node, step in votes(events, earlier, leader).items() if node != leader}
        led = [event for event in events if _leads(event, earlier, leader)]
        if led:
            return f"; it had been leader of term {earlier} ({when(led[0].step)})"
        if others:
            return f"; it had the vote of {at(others)} in term {earlier} only"
    return ""


def _leads(event: Event, term: int, leader: NodeId) -> bool:
    return type(event) is Observed and isinstance(event.observation, Led) and (event.node, event.observation.term) == (leader, term)
