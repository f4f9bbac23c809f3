"""Who promised and accepted what, from what acceptors said: the quorums behind Paxos' values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from splitbrain.events import Event, Observed
from splitbrain.invariant import Witness
from splitbrain.node import NodeId
from splitbrain.observations import Accepted, AcceptorStarted, Promised
from splitbrain_invariants.acceptors import Acceptors
from splitbrain_invariants.key import lower, number, same
from splitbrain_invariants.witnesses.phrase import at, ballot, in_slot, listed, quorum
from splitbrain_invariants.witnesses.trace import place


def acceptors(events: Sequence[Event]) -> Acceptors:
    """Who they are, and what is a quorum of them."""
    found = Acceptors()
    for event in events:
        if event.step > 0:
            break
        found.observe(event)
    return found.settled()


def accepted(events: Sequence[Event], slot: Any = None) -> Iterator[tuple[Observed, Any, Any]]:
    """Every acceptance in the slot with its ballot and value; what is found on a disk was accepted."""
    for event in events:
        if type(event) is Observed:
            said = event.observation
            if isinstance(said, Accepted):
                if same(said.slot, slot):
                    yield event, said.ballot, said.value
            elif isinstance(said, AcceptorStarted) and said.accepted_ballot is not None and same(said.slot, slot):
                yield event, said.accepted_ballot, said.accepted_value


def accepters(events: Sequence[Event], at_ballot: Any, value: Any, slot: Any = None) -> dict[NodeId, int]:
    """Who accepted the value at that ballot, and at which step first."""
    found: dict[NodeId, int] = {}
    for event, its_ballot, its_value in accepted(events, slot):
        if number(its_ballot) == number(at_ballot) and same(its_value, value):
            found.setdefault(event.node, event.step)
    return found


def promisers(events: Sequence[Event], at_ballot: Any, slot: Any = None) -> dict[NodeId, int]:
    """Who promised the ballot, in the slot or in all of them, and at which step first."""
    found: dict[NodeId, int] = {}
    for event in events:
        if type(event) is Observed and isinstance(event.observation, Promised):
            said = event.observation
            if number(said.ballot) == number(at_ballot) and (said.slot is None or same(said.slot, slot)):
                found.setdefault(event.node, event.step)
    return found


def support(events: Sequence[Event], value: Any, slot: Any = None) -> tuple[dict[NodeId, int], Witness | None]:
    """Who accepted the value at the ballot where most did, and that in words; nothing where acceptors do not speak (of slots)."""
    ballots = {number(its_ballot): its_ballot for _, its_ballot, its_value in accepted(events, slot) if same(its_value, value)}
    best: dict[NodeId, int] = {}
    at_ballot: Any = None
    for each in ballots.values():
        found = accepters(events, each, value, slot)
        if len(found) > len(best):
            best, at_ballot = found, each
    if not best:
        silent = next(accepted(events, slot), None) is None
        return best, None if silent else Witness(f"nobody has accepted {value!r}{in_slot(slot)}")
    who = acceptors(events)
    count = counted(best, who, who.decide)
    phrase = f"{value!r} was accepted at ballot {ballot(at_ballot)}{in_slot(slot)} by {at(best)}: {count}"
    return best, Witness(phrase, tuple(best), tuple(best.values()))


def counted(nodes: Iterable[NodeId], who: Acceptors, least: int) -> str:
    """``2 of 3, a majority``: those of the nodes that are acceptors; others are named as what they are."""
    others = [node for node in nodes if node not in who.members]
    none = f"; {listed(others)} {'is no acceptor' if len(others) == 1 else 'are no acceptors'}" if others else ""
    return quorum(sum(node in who.members for node in nodes), len(who.members), least) + none


def rivals(events: Sequence[Event], one: Any, other: Any, slot: Any = None) -> tuple[Witness, ...]:
    """Who accepted each of two values that cannot both be chosen, and who accepted both."""
    (for_one, by_one), (for_other, by_other) = support(events, one, slot), support(events, other, slot)
    told = (each for each in (by_one, by_other) if each is not None)
    return (*told, *_in_both(for_one, for_other, acceptors(events)))


def _in_both(one: dict[NodeId, int], other: dict[NodeId, int], who: Acceptors) -> tuple[Witness, ...]:
    both = [node for node in one if node in other]
    if both:
        steps = "; ".join(f"{node} at step {one[node]}, and at step {other[node]}" for node in both)
        return (Witness(f"in both: {steps}", tuple(both), tuple(s for node in both for s in (one[node], other[node]))),)
    if one and other:
        size = len(who.members)
        of = "majorities" if who.decide == size // 2 + 1 else "quorums"
        phrase = "no acceptor is in both" + (f"; of two {of}, one would have had to be" if 2 * who.decide > size else "")
        return (Witness(phrase, (*one, *other)),)
    return ()


def promise_quorum(events: Sequence[Event], proposed: Observed) -> tuple[Witness, ...]:
    """Who had promised the ballot of a proposal, and what they had accepted below it by then (P2c)."""
    at_ballot, slot = proposed.observation.ballot, proposed.observation.slot
    before = events[: place(events, proposed)]
    promised = promisers(before, at_ballot, slot)
    if not promised:
        return (Witness(f"nobody had promised ballot {ballot(at_ballot)}", (proposed.node,), (proposed.step,)),)
    they = acceptors(events)
    count = counted(promised, they, they.elect)
    who = Witness(
        f"ballot {ballot(at_ballot)} was promised by {at(promised)}: {count}", tuple(promised), (*promised.values(), proposed.step)
    )
    highest: dict[NodeId, tuple[Observed, Any, Any]] = {}
    for each in accepted(before, slot):
        node = each[0].node
        if node in promised and lower(each[1], at_ballot) and (node not in highest or lower(highest[node][1], each[1])):
            highest[node] = each
    if not highest:
        return (who, Witness("none of them had accepted anything below it", tuple(promised)))
    told = []
    best: tuple[Observed, Any, Any] | None = None
    for node in promised:
        if node in highest:
            event, its_ballot, value = highest[node]
            told.append(f"{node} had accepted {value!r} at {ballot(its_ballot)} (step {event.step})")
            if best is None or lower(best[1], its_ballot):
                best = highest[node]
    told += [f"{node} nothing" for node in promised if node not in highest]
    assert best is not None
    event, _, value = best
    return (
        who,
        Witness(
            f"of these, {listed(told)}: the value of the highest, {value!r}, is the one to propose", tuple(promised), (event.step,)
        ),
    )
