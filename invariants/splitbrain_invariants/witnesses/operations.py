"""What clients asked and were told: how each operation went, as its client and the state machines saw it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from splitbrain.events import Event, Observed
from splitbrain.invariant import Witness
from splitbrain.linearizability.verdict import Fault
from splitbrain.node import NodeId, RequestId
from splitbrain.observations import Executed
from splitbrain.trace.history import Operation
from splitbrain_invariants.witnesses.phrase import at, listed


def values(fault: Fault) -> tuple[Witness, ...]:
    """The values that it is about, where these are unique, and how stale the one is that was read."""
    if not fault.values:
        return ()
    count = "the value is" if len(fault.values) == 1 else "the values are"
    under = "" if fault.key is None else f", under {fault.key!r:.40}"
    phrase = f"{count} {listed(f'{each!r:.40}' for each in fault.values)}{under}"
    if fault.stale is not None:
        times = "once" if fault.stale == 1 else f"{fault.stale:,} times"
        phrase += f"; what was read had been overwritten {times} before it was asked for"
    return (Witness(phrase),)


def executions(events: Sequence[Event], request: RequestId) -> dict[int, dict[NodeId, int]]:
    """Where an operation took effect: by the index of the entry, who executed it, and at which step first."""
    found: dict[int, dict[NodeId, int]] = {}
    for event in events:
        if type(event) is Observed and isinstance(event.observation, Executed) and event.observation.request == request:
            found.setdefault(event.observation.index, {}).setdefault(event.node, event.step)
    return found


def course(operation: Operation, events: Sequence[Event]) -> Witness:
    """How an operation went: whom it was asked of, what was said to that, and at which nodes it has taken effect since."""
    asked = Counter((each.node, each.step, each.refused) for each in operation.attempts)
    parts = [f"asked {', again '.join(_of(*attempt, times) for attempt, times in asked.items())}"]
    if operation.replied is not None:
        parts.append(f"answered {operation.result!r:.40} by {operation.node} (step {operation.replied})")
    elif operation.outcome == "unknown":
        parts.append("without an answer")
    places = executions(events, operation.id)
    effects = [f"as entry {index} at {at(nodes)}" for index, nodes in places.items()]
    effect = f"; it took effect {', and '.join(effects)}" if effects else ""
    nodes = [node for node, _, _ in asked] + [operation.node] + [node for who in places.values() for node in who]
    steps = [step for _, step, _ in asked] + [operation.replied] + [step for who in places.values() for step in who.values()]
    return Witness(
        f"{operation.id}, {operation.command!r:.60}: {', '.join(parts)}{effect}",
        tuple(dict.fromkeys(node for node in nodes if node is not None)),
        tuple(sorted({step for step in steps if step is not None})),
    )


def _of(node: NodeId, step: int, refused: bool, times: int) -> str:
    """Whom it was asked of, as often as that happened in one step: a fair phase is one."""
    return f"of {node}{'' if times == 1 else f' {times} times'} (step {step}){', which refused it' if refused else ''}"
