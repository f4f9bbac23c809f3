"""Traces written by hand, and what one invariant makes of them.

A happening is a pair (a node, and what it said), an event, or a function from the step to an event.
"""

from splitbrain.actions import Deliver
from splitbrain.events import Acted, CalmBegan, CalmEnded, Crashed, Observed, Requested, Sent, Started, Synced
from splitbrain.invariant import Monitor
from splitbrain.observations import AcceptorStarted, Recovered

NODES = ("n1", "n2", "n3")
THREE = [Started(0, node, 1) for node in NODES]
EMPTY_LOGS = [(node, Recovered(0, None, ())) for node in NODES]  # what three Raft nodes find at first
ACCEPTORS = [(node, AcceptorStarted(None, None, None)) for node in NODES]  # and three acceptors


def fold(invariant, happenings):
    """The violation, which must come at the last happening, and the events; pairs are observations at their places, from step 1."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


def assert_broken(invariant, happenings, expected):
    """The last happening breaks it: ``expected`` is the fingerprint, the places of the evidence, and the summary."""
    fingerprint, places, summary = expected
    violation, events = fold(invariant, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == tuple(events[place] for place in places)
    assert violation.summary == summary


def phrases(invariant, *happenings, first=()):
    """What the invariant says of a trace of three nodes that breaks it at its end; ``first``: what they say at step 0."""
    monitor = Monitor((invariant,))
    events = trace(*happenings, first=first)
    for event in events:
        monitor.observe(event)
    assert monitor.violation is not None
    assert monitor.violation.evidence[-1] is events[-1] or type(events[-1]) is Synced
    told = monitor.broken.witnesses(monitor.violation, events)
    assert all(0 <= step <= len(happenings) for witness in told for step in witness.steps)
    assert all(node in NODES for witness in told for node in witness.nodes)
    return [witness.phrase for witness in told]


def fair(invariant, *happenings, first=()):
    """What the invariant says of a fair phase, at step 1, of all three nodes, that ends badly."""
    monitor = Monitor((invariant,))
    events = [*THREE, *(Observed(0, *each) for each in first)]
    events += [CalmBegan(1, NODES, 500), Requested(1, "n1", "c", "v", True)]
    events += [*(Observed(1, *each) if type(each) is tuple else each(1) for each in happenings), CalmEnded(1, NODES, 500)]
    assert [monitor.observe(event) for event in events][-1] is not None
    return [witness.phrase for witness in monitor.broken.witnesses(monitor.violation, events)]


def trace(*happenings, first=()):
    """The events of three nodes; ``first``: what they say at step 0."""
    events = [*THREE, *(Observed(0, *each) for each in first)]
    return events + [Observed(step, *each) if type(each) is tuple else each(step) for step, each in enumerate(happenings, 1)]


def cut(node, kept=0, lost=0):
    """It loses its power."""
    return lambda step: Crashed(step, node, kept, lost)


def up(node):
    """It starts again."""
    return lambda step: Started(step, node, 2)


def synced(node):
    """Its sync completes."""
    return lambda step: Synced(step, node, None)


def sent(sender, receiver, kind, ordinal=1):
    """A message goes on its link."""
    return lambda step: Sent(step, sender, receiver, kind, 1, ordinal, None)


def delivered(sender, receiver, kind, ordinal=1):
    """A message arrives."""
    return lambda step: Acted(step, step, Deliver(sender, receiver, kind, 1, ordinal))
