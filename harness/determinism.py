"""The second run: a failure counts when the same schedule fails again in the same way, event by event."""

from __future__ import annotations

from collections.abc import Sequence

from harness.actions import Action
from harness.errors import NondeterminismError
from harness.events import Event
from harness.run import Setup, run
from harness.trace import first_difference


def check(setup: Setup, actions: Sequence[Action], host: str = "direct") -> None:
    """Run ``actions`` twice. Raises `NondeterminismError` with the first event in which the two traces differ."""
    one = run(setup, actions, host=host, keep=True)
    other = run(setup, actions, host=host, keep=True)
    place = first_difference(one.events, other.events, setup.scenario.show)
    if place is None:
        return
    raise NondeterminismError(
        f"NONDETERMINISTIC: the same schedule ran twice, and event {place + 1} differs: first {_event(one.events, place)}, "
        f"then {_event(other.events, place)}. A node must depend on its inputs and its disk alone; look for clocks, random numbers, "
        "iteration over sets, id() and hash(), and state that outlives a node (module and class attributes)"
    )


def _event(events: Sequence[Event], place: int) -> str:
    return f"{events[place]!r:.200}" if place < len(events) else "nothing more"
