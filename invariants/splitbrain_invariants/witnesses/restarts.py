"""What a node went through between two things that it did: a restart, or nothing that could have made it forget."""

from __future__ import annotations

from collections.abc import Sequence

from splitbrain.events import Crashed, Event, Observed
from splitbrain.invariant import Witness
from splitbrain.observations import AcceptorStarted, Recovered
from splitbrain_invariants.witnesses.phrase import ballot, when
from splitbrain_invariants.witnesses.trace import place


def between(events: Sequence[Event], first: Observed, then: Observed) -> Witness:
    """The last crash of that node between the two, and what it found on its disk; or that there was none."""
    node = first.node
    crash: Crashed | None = None
    found: Observed | None = None
    for event in events[place(events, first) : place(events, then) + 1]:
        if type(event) is Crashed and event.node == node:
            crash, found = event, None
        elif type(event) is Observed and event.node == node and isinstance(event.observation, (Recovered, AcceptorStarted)):
            found = event
    if crash is None:
        steps = f"{when(first.step)} to step {then.step}"
        return Witness(f"{node} ran all the time from {steps}: nothing had made it forget", (node,), (first.step, then.step))
    unsynced = (
        "nothing unsynced" if crash.lost + crash.kept == 0 else f"{crash.kept} of {crash.lost + crash.kept} unsynced writes kept"
    )
    phrase = f"{node} lost its power at step {crash.step}, with {unsynced}"
    if found is None:
        return Witness(phrase, (node,), (crash.step,))
    return Witness(f"{phrase}; at step {found.step} its disk held {_found(found)}", (node,), (crash.step, found.step))


def _found(event: Observed) -> str:
    said = event.observation
    if isinstance(said, Recovered):
        return f"term {said.term} and {'no vote' if said.voted_for is None else f'its vote for {said.voted_for}'}"
    promised = "no promise" if said.promised is None else f"the promise of {ballot(said.promised)}"
    accepted = (
        "nothing accepted"
        if said.accepted_ballot is None
        else f"{said.accepted_value!r} accepted at {ballot(said.accepted_ballot)}"
    )
    return f"{promised} and {accepted}"
