"""Who promised and accepted what, from what acceptors said: the quorums behind Paxos' values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants.witnesses.phrase import at, ballot, listed, quorum
from splitbrain_invariants.witnesses.trace import cluster, place


def acceptors(events: Sequence[Event]) -> list[NodeId]:
    """Who said that it is an acceptor when it first started; all nodes, where nobody did."""
    said = [e.node for e in events if type(e) is Observed and isinstance(e.observation, AcceptorStarted) and e.step == 0]
    return said or cluster(events)


def accepted(events: Sequence[Event]) -> Iterator[tuple[Observed, Any, Any]]:
    """Every acceptance with its ballot and value; what is found on a disk was accepted."""
    for event in events:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Accepted):
                yield event, said.ballot, said.value
            elif isinstance(said, AcceptorStarted) and said.accepted_ballot is not None:
                yield event, said.accepted_ballot, said.accepted_value


def accepters(events: Sequence[Event], number: Any, value: Any) -> dict[NodeId, int]:
    """Who accepted the value at that ballot, and at which step first."""
    found: dict[NodeId, int] = {}
    for event, its_ballot, its_value in accepted(events):
        if its_ballot == number and its_value == value:
            found.setdefault(event.node, event.step)
    return found


def promisers(events: Sequence[Event], number: Any) -> dict[NodeId, int]:
    """Who promised the ballot, and at which step first."""
    found: dict[NodeId, int] = {}
    for event in events:
        if type(event) is Observed and isinstance(event.observation, Promised) and event.observation.ballot == number:
            found.setdefault(event.node, event.step)
    return found


def support(events: Sequence[Event], value: Any) -> tuple[dict[NodeId, int], Witness | None]:
    """Who accepted the value at the ballot where most did, and that in words; nothing where acceptors do not speak."""
    ballots: list[Any] = []
    for _, its_ballot, its_value in accepted(events):
        if its_value == value and its_ballot not in ballots:
            ballots.append(its_ballot)
    best: dict[NodeId, int] = {}
    number: Any = None
    for each in ballots:
        found = accepters(events, each, value)
        if len(found) > len(best):
            best, number = found, each
    if not best:
        silent = next(accepted(events), None) is None
        return best, None if silent else Witness(f"nobody has accepted {value!r}")
    phrase = f"{value!r} was accepted at ballot {ballot(number)} by {at(best)}: {quorum(len(best), len(acceptors(events)))}"
    return best, Witness(phrase, tuple(best), tuple(best.values()))


def rivals(events: Sequence[Event], one: Any, other: Any) -> tuple[Witness, ...]:
    """Who accepted each of two values that cannot both be chosen, and who accepted both."""
    (for_one, by_one), (for_other, by_other) = support(events, one), support(events, other)
    return (*(each for each in (by_one, by_other) if each is not None), *_in_both(for_one, for_other))


def _in_both(one: dict[NodeId, int], other: dict[NodeId, int]) -> tuple[Witness, ...]:
    both = [node for node in one if node in other]
    if both:
        steps = "; ".join(f"{node} at step {one[node]}, and at step {other[node]}" for node in both)
        return (Witness(f"in both: {steps}", tuple(both), tuple(s for node in both for s in (one[node], other[node]))),)
    if one and other:
        return (Witness("no acceptor is in both; of two majorities, one would have had to be", (*one, *other)),)
    return ()


def promise_quorum(events: Sequence[Event], proposed: Observed) -> tuple[Witness, ...]:
    """Who had promised the ballot of a proposal, and what they had accepted below it by then (P2c)."""
    number = proposed.observation.ballot
    before = events[: place(events, proposed)]
    promised = promisers(before, number)
    if not promised:
        return (Witness(f"nobody had promised ballot {ballot(number)}", (proposed.node,), (proposed.step,)),)
    count = quorum(len(promised), len(acceptors(events)))
    who = Witness(
        f"ballot {ballot(number)} was promised by {at(promised)}: {count}", tuple(promised), (*promised.values(), proposed.step)
    )
    below = [
        (event, its_ballot, value)
        for event, its_ballot, value in accepted(before)
        if event.node in promised and its_ballot < number
    ]
    if not below:
        return (who, Witness("none of them had accepted anything below it", tuple(promised)))
    told = []
    for node in promised:
        mine = [each for each in below if each[0].node == node]
        if mine:
            event, its_ballot, value = max(mine, key=itemgetter(1))
            told.append(f"{node} had accepted {value!r} at {ballot(its_ballot)} (step {event.step})")
    told += [f"{node} nothing" for node in promised if all(event.node != node for event, _, _ in below)]
    event, _, value = max(below, key=itemgetter(1))
    highest = Witness(
        f"of these, {listed(told)}: the value of the highest, {value!r}, is the one to propose", tuple(promised), (event.step,)
    )
    return (who, highest)
