"""Actions in words, on one line."""

from __future__ import annotations

from splitbrain.actions import Action, Crash, Cut, Link, Mend, Operate, Request
from splitbrain.report.values import counted
from splitbrain.report.wording import operation, question
from splitbrain.trace.readable import LONG, clip


def action_words(action: Action) -> str:
    """An action on one line: its own form, but for a partition, whose two sides are told apart, and a value too long to show.

    Of a session's request, ``request n2 s2.1 for s1: get x``, what it asks for is in words.
    """
    match action:
        case Request(session=str()):
            goes_on = "" if action.replaces is None else f" for {action.replaces}:"
            return f"request {action.node} {action.id}{goes_on} {question(action.command)}"
        case Operate():
            return f"operate {action.node} {operation(action.operation, action.argument)}"
        case Cut():
            return f"cut {_sides(action.links)}"
        case Mend():
            return f"mend {_sides(action.links)}"
        case Crash(during=inner) if inner is not None:
            keep = "" if action.keep == 0 else f", {action.keep} unsynced survive"
            verb = "arrives" if action.arrive == 1 else "arrive"
            arrive = "" if action.arrive == 0 else f", {counted(action.arrive, 'message')} {verb}"
            return f"crash {action.node} after {counted(action.after, 'effect')} of ({action_words(inner)}){arrive}{keep}"
        case _:
            return clip(str(action), 2 * LONG)


def _sides(links: tuple[Link, ...]) -> str:
    """``n1 n2 <-> n3`` when the links are all those between two groups, ``n1 -> n2 n3`` when all those of one direction."""
    senders = list(dict.fromkeys(sender for sender, _ in links))
    receivers = list(dict.fromkeys(receiver for _, receiver in links))
    left, right = " ".join(senders), " ".join(receivers)
    distinct = frozenset(links)
    if len(distinct) == len(senders) * len(receivers) and not frozenset(senders) & frozenset(receivers):
        return f"{left} -> {right}"
    # The far side of a symmetric partition is whoever the first node cannot reach.
    far = [receiver for sender, receiver in links if sender == senders[0]]
    near = [node for node in senders if node not in far]
    both = frozenset((one, other) for one in near for other in far) | frozenset((other, one) for one in near for other in far)
    if both == distinct:
        return f"{' '.join(near)} <-> {' '.join(far)}"
    return " ".join(f"{sender}->{receiver}" for sender, receiver in links)
