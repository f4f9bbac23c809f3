"""Why a counterexample breaks its invariant, as data: how the conflict came about, its witnesses, and the nearest passing schedule.

Computed from the kept trace of one run, which is minimal as a rule. Words are made of it in ``splitbrain.report.why``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import structs

from splitbrain.actions import Action, Advance, Calm, Complete, Restart
from splitbrain.counterexample.passing import Nearest, nearest_passing
from splitbrain.errors import ScenarioError, SplitbrainError, told
from splitbrain.events import CalmEnded, Event, Replied, Requested, Sent
from splitbrain.invariant import Violation, Witness
from splitbrain.node import NodeId
from splitbrain.trace.causality import happens_before
from splitbrain.trace.readable import readable, showing
from splitbrain.world.run import Run

if TYPE_CHECKING:
    import networkx as nx

CHAINS_AT_MOST = 3
SELDOM = 5  # a message so many times rarer than the most frequent one is not what goes on


class Meeting(msgspec.Struct, frozen=True):
    """The node through which both chains go: at step ``first``, and then at step ``then``; what it did in between."""

    node: NodeId
    first: int
    then: int
    between: tuple[int, ...]


class Repeated(msgspec.Struct, frozen=True):
    """One kind of message that a node sent during a fair phase: to whom, how many, and the last of them."""

    receivers: tuple[NodeId, ...]
    count: int
    last: Sent


class Explanation(msgspec.Struct, frozen=True):
    """Why.

    chains: for each conflicting event the steps that led to it: from what nobody had sent (a timer, a request) along messages. Of a
    client's call that was answered: those that led to its answer, with the call. Steps that a chain shares with the first one stand
    there alone, but for the last of them. meeting: where two chains come together; None where no node is in both. repeated: what
    went on in the fair phase in which a node waited in vain. trouble: what went wrong where a part is missing.
    """

    chains: tuple[tuple[int, ...], ...] = ()
    meeting: Meeting | None = None
    repeated: tuple[Repeated, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    nearest: Nearest | None = None
    trouble: str | None = None


def explain(run: Run) -> Explanation | None:
    """Explain a run, with its trace kept, that breaks an invariant; None for one that breaks nothing.

    Never fails: `Explanation.trouble`.
    """
    if run.violation is None:
        return None
    whole = _chains(run)
    witnesses, trouble = _witnesses(run)
    nearest = None
    try:
        nearest = nearest_passing(run, {step for chain in whole for step in chain})
    except SplitbrainError as error:
        trouble = trouble or f"the nearest passing schedule is not known: {error}"
    whole = [chain for chain in whole if not any(set(chain) < set(other) for other in whole)]
    meeting = _meeting(run.actions, whole[0], whole[-1]) if len(whole) > 1 else None
    return Explanation(_apart(whole), meeting, _repeated(run), witnesses, nearest, trouble)


# How it came about


def _chains(run: Run) -> list[list[int]]:
    """One for each conflicting step; a fair phase is its own cause."""
    ends: dict[int, int | None] = {}
    for event in run.violation.evidence if run.violation is not None else ():
        step, call = _answer(run, event)
        if 0 < step <= len(run.actions):
            ends.setdefault(step, call)
    if all(isinstance(run.actions[step - 1], Calm) for step in ends):
        return []
    graph = happens_before(run.events)
    return [
        sorted({*_chain(graph, run.actions, step), *([] if call is None else [call])})
        for step, call in list(ends.items())[:CHAINS_AT_MOST]
    ]


def _answer(run: Run, event: Event) -> tuple[int, int | None]:
    """The step to which the chain leads, and that of the call to which it is the answer, where it is one.

    What a call alone led to says little: how it came to its answer does, where that is what another one contradicts.
    """
    operation = run.history.named(event.request) if isinstance(event, (Requested, Replied)) else None
    if operation is None or operation.replied is None:
        return event.step, None
    asked = [attempt.step for attempt in operation.attempts if attempt.node == operation.node and attempt.step <= operation.replied]
    return operation.replied, asked[-1] if asked else operation.step


def _apart(chains: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
    """The chains, those after the first without what they share with it, but for the last such step."""
    apart = []
    for place, chain in enumerate(chains):
        shared = sum(step in chains[0] for step in chain) if place else 0
        apart.append(tuple(chain[max(shared - 1, 0) :]))
    return tuple(apart)


def _chain(graph: nx.DiGraph[int], actions: Sequence[Action], step: int) -> list[int]:
    """From the step back to what set it off: the sending of the message that it delivers, the crash before a restart."""
    chain = [step]
    while True:
        before = [each for each in graph.predecessors(step) if 0 < each < step]
        causes = [each for each in before if graph.edges[each, step].get("message")]
        if not causes and isinstance(actions[step - 1], (Restart, Complete, Advance)):
            causes = before
        if not causes:
            return chain[::-1]
        step = max(causes)
        chain.append(step)


def _meeting(actions: Sequence[Action], one: Sequence[int], other: Sequence[int]) -> Meeting | None:
    """The last place where a node that is in one chain goes on in the other."""

    def node(step: int) -> NodeId | None:
        return actions[step - 1].actor

    if node(one[-1]) is not None and node(one[-1]) == node(other[-1]):
        pairs = [(one[-1], other[-1])]
    else:
        pairs = [
            (min(a, b), max(a, b))
            for a in one
            for b in other
            if a not in other and b not in one and node(a) is not None and node(a) == node(b)
        ]
    if not pairs:
        return None
    first, then = max(pairs, key=lambda pair: (pair[0], -pair[1]))
    who = node(first)
    assert who is not None
    between = tuple(step for step in range(first + 1, then) if node(step) == who)
    return Meeting(who, first, then, between)


def _repeated(run: Run) -> tuple[Repeated, ...]:
    """What the core's nodes sent each other in the fair phase that the violation is about, the most frequent first."""
    assert run.violation is not None
    ended = [event for event in run.violation.evidence if isinstance(event, CalmEnded)]
    found: dict[tuple[NodeId, str], Repeated] = {}
    for event in run.events if ended else ():
        if isinstance(event, Sent) and event.step == ended[0].step and event.receiver in ended[0].core:
            before = found.get((event.sender, event.kind))
            receivers = () if before is None else before.receivers
            found[event.sender, event.kind] = Repeated(
                receivers if event.receiver in receivers else (*receivers, event.receiver),
                1 if before is None else before.count + 1,
                event,
            )
    most = sorted(found.values(), key=lambda each: -each.count)
    return tuple(each for each in most if each.count * SELDOM > most[0].count)


# Its witnesses


def _witnesses(run: Run) -> tuple[tuple[Witness, ...], str | None]:
    """What the invariant that broke has to say; or what went wrong when it was asked."""
    try:
        monitor = run.setup.scenario.monitor()
        seen = next((place for place, event in enumerate(run.events, 1) if monitor.observe(event) is not None), 0)
    except ScenarioError as error:
        return (), str(error)
    broken, violation = monitor.broken, monitor.violation
    if broken is None or violation is None:
        return (), "over the same events, the invariant does not break again: it must look at nothing else"
    name = f"{type(broken).__name__}.witnesses()"
    try:
        answer: Any = broken.witnesses(violation, run.events[:seen])
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a user's own, and the counterexample is worth more than its witnesses
        return (), f"{name} raised {told(error)}; the rest is not affected"
    if not isinstance(answer, tuple) or not all(isinstance(each, Witness) for each in answer):
        return (), f"{name} returned {answer!r:.80}, which is no tuple of Witness; return (Witness(phrase, nodes, steps), ...)"
    with showing(run.setup.scenario.show):
        return tuple(structs.replace(each, phrase=_readable(each, violation, run)) for each in answer), None


def _readable(witness: Witness, violation: Violation, run: Run) -> str:
    """What it says, with what nobody could read in it in words."""
    steps = {*witness.steps, *(event.step for event in violation.evidence)}
    return readable(witness.phrase, (event for event in run.events if event.step in steps))
