"""The second run: a failure counts when the same schedule fails again in the same way, event by event."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from splitbrain.actions import Action
from splitbrain.errors import EncodingError, NondeterminismError
from splitbrain.invariant import Violation
from splitbrain.trace.encoding import first_difference
from splitbrain.trace.readable import readable, showing
from splitbrain.world.run import Run, Setup, run


def check(setup: Setup, actions: Sequence[Action], violation: Violation | None = None) -> Run:
    """Run ``actions`` twice; returns the first run.

    violation: what broke when the schedule was found, and must break again. Raises `NondeterminismError` with the first event in
    which the two traces differ, and `EncodingError` for traces that cannot be encoded, and so not compared, now or by a replay.
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
            f"the same schedule ran twice, and event {place + 1} differs: first {shown(one, place)}, then {shown(other, place)}"
        )
    if violation is not None and violation.fingerprint not in _fingerprints(one, other):
        raise NondeterminismError(
            f"{violation.fingerprint} broke when the schedule was found, but when it ran again, "
            f"{'nothing' if one.violation is None else one.violation.fingerprint} broke"
        )
    return one


def other_host(setup: Setup) -> str | None:
    """The host that runs such nodes as well; None for async ones, which have one alone."""
    if setup.scenario.host == "trio":
        return None
    return "trio" if setup.host == "direct" else "direct"


def disagreement(done: Run, host: str) -> str | None:
    """What another host makes of a run, where that is not the same, event by event; a clause without its subject.

    Raises `ScenarioError` where that host cannot run it now, and `EncodingError` where what ran there cannot be compared.
    """
    other = run(replace(done.setup, host=host), done.actions, keep=True)
    place = first_difference(done.events, other.events, done.setup.scenario.show)
    if place is None:
        return None
    if done.violation is None and other.violation is None:
        how = "runs it otherwise:"
    elif _fingerprints(done) == _fingerprints(other):
        how = "breaks it in the same way, but"
    else:
        how = "does NOT break it in the same way:"
    return f"{how} event {place + 1} differs: here {shown(done, place)}, there {shown(other, place)}"


def _fingerprints(*runs: Run) -> list[str]:
    return [each.violation.fingerprint for each in runs if each.violation is not None]


def shown(done: Run, place: int) -> str:
    """The event at a place, shortened, for a message."""
    if place >= len(done.events):
        return "nothing more"
    event = done.events[place]
    with showing(done.setup.scenario.show):
        return f"{readable(repr(event), (event,)):.200}"
