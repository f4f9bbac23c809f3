"""What a leader believes of its followers: traces that satisfy each invariant, and traces that break it."""

import pytest

from splitbrain.events import Crashed, Observed
from splitbrain.invariant import Monitor
from splitbrain.observations import Led, Tracked
from splitbrain_invariants import MatchIndexNeverGoesBack, NextIndexAboveMatchIndex

LEADS = ("n1", Led(1))

KEPT = {
    "match_index rises": (MatchIndexNeverGoesBack, [LEADS, ("n1", Tracked("n2", 1, 2)), ("n1", Tracked("n2", 3, 4))]),
    "next_index falls and match_index stays": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", Tracked("n2", 1, 5)), ("n1", Tracked("n2", 1, 2))],
    ),
    "another follower is behind": (MatchIndexNeverGoesBack, [LEADS, ("n1", Tracked("n2", 3, 4)), ("n1", Tracked("n3", 1, 2))]),
    "another leader knows less": (MatchIndexNeverGoesBack, [LEADS, ("n1", Tracked("n2", 3, 4)), ("n3", Tracked("n2", 1, 2))]),
    "it leads anew": (MatchIndexNeverGoesBack, [LEADS, ("n1", Tracked("n2", 3, 4)), ("n1", Led(2)), ("n1", Tracked("n2", 0, 1))]),
    "it was restarted": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", Tracked("n2", 3, 4)), Crashed(9, "n1", 0, 0), ("n1", Tracked("n2", 0, 1))],
    ),
    "the next index is just behind": (NextIndexAboveMatchIndex, [("n1", Tracked("n2", 1, 2)), ("n1", Tracked("n2", 2, 9))]),
}

BROKEN = {
    "match_index falls": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", Tracked("n2", 2, 3)), ("n1", Tracked("n3", 0, 1)), ("n1", Tracked("n2", 1, 3))],
        ("MatchIndexNeverGoesBack(Tracked, Tracked)", (1, 3), "n1's match_index of n2 went back from 2 to 1"),
    ),
    "what has matched is sent again": (
        NextIndexAboveMatchIndex,
        [("n1", Tracked("n2", 2, 3)), ("n1", Tracked("n2", 2, 2))],
        ("NextIndexAboveMatchIndex(Tracked)", (1,), "n1 has next_index 2 for n2, whose log it knows to match up to 2"),
    ),
}


def fold(invariant, happenings):
    """The violation, which must come at the last happening, and the events; a pair is an observation."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    fingerprint, evidence, summary = expected
    violation, events = fold(invariant, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == tuple(events[place] for place in evidence)
    assert violation.summary == summary
