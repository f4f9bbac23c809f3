"""What clients had asked for."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Event, Requested
from splitbrain.invariant import Witness

ASKED_AT_MOST = 5


def asked_for(events: Sequence[Event]) -> tuple[Witness, ...]:
    """The last things that clients had asked for, and how many there were before."""
    asked = [event for event in events if type(event) is Requested]
    if not asked:
        return (Witness("no client had asked for anything"),)
    last = asked[-ASKED_AT_MOST:]
    shown = ", ".join(f"{event.command!r} (step {event.step})" for event in last)
    more = f", and {len(asked) - len(last)} things before" if len(asked) > len(last) else ""
    return (Witness(f"clients had asked for {shown}{more}", (), tuple(event.step for event in last)),)
