"""A lenient run: what happened of a candidate for a shorter schedule, and which of its actions did not count."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from splitbrain.actions import Action
from splitbrain.errors import NotEnabled
from splitbrain.invariant import Violation
from splitbrain.world.run import Setup


@dataclass(frozen=True)
class Outcome:
    """What came of a candidate.

    actions: as they happened, up to the one that completed the violation. idle: the places of the candidate whose actions
    were not enabled, or came too late: without any of them the same would have happened. sent: how many messages.
    """

    setup: Setup
    actions: tuple[Action, ...]
    violation: Violation | None
    idle: tuple[int, ...] = ()
    sent: int = 0


def attempt(setup: Setup, actions: Sequence[Action], host: str) -> Outcome:
    """Run a candidate leniently, up to the first violation."""
    done: list[Action] = []
    idle: list[int] = []
    with setup.world(host, lenient=True) as world:
        recorder, apply = world.recorder, world.apply
        for place, action in enumerate(actions):
            if recorder.violation is not None:
                idle.extend(range(place, len(actions)))
                break
            try:
                done.append(apply(action))
            except NotEnabled:
                idle.append(place)
        return Outcome(setup, tuple(done), recorder.violation, tuple(idle), world.network.sent)
