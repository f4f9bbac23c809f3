"""The second run: a failure counts when the same schedule fails again in the same way, event by event."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.actions import Action
from splitbrain.errors import EncodingError, NondeterminismError
from splitbrain.events import Event
from splitbrain.invariant import Violation
from splitbrain.trace.encoding import first_difference
from splitbrain.world.run import Run, Setup, run


def check(setup: Setup, actions: Sequence[Action], violation: Violation | None = None) -> None:
    """Run ``actions`` twice. Raises `NondeterminismError` with the first event in which the two traces differ, and
    `EncodingError` for traces that cannot be encoded, and so not compared, now or by a replay.

    violation: what broke when the schedule was found, and must break again.
    """
    one = run(setup, actions, keep=True)
    other = run(setup, actions, keep=True)
    try:
        place = first_difference(one.events, other.events, setup.scenario.show)
    except EncodingError as error:
        if violation is None:
            raise
        raise EncodingError(
            f"{violation.invariant} broke ({violation.summary}), but no replay can tell whether a run is the same: {error}"
        ) from error
    if place is not None:
        raise NondeterminismError(
            f"NONDETERMINISTIC: the same schedule ran twice, and event {place + 1} differs: first {_event(one.events, place)}, "
            f"then {_event(other.events, place)}. {_ADVICE}"
        )
    if violation is not None and violation.fingerprint not in _fingerprints(one, other):
        raise NondeterminismError(
            f"NONDETERMINISTIC: {violation.fingerprint} broke when the schedule was found, but when it ran again, "
            f"{'nothing' if one.violation is None else one.violation.fingerprint} broke. {_ADVICE}"
        )


_ADVICE = (
    "A node must depend on its inputs and its disk alone; look for clocks, random numbers, iteration over sets, id() and hash(), "
    "and state that outlives a node (module and class attributes)"
)


def _fingerprints(*runs: Run) -> list[str]:
    return [each.violation.fingerprint for each in runs if each.violation is not None]


def _event(events: Sequence[Event], place: int) -> str:
    return f"{events[place]!r:.200}" if place < len(events) else "nothing more"
