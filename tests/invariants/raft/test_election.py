"""Raft's elections, terms and commit indexes: traces that satisfy each invariant, and traces that break it."""

import pytest

from splitbrain.events import Crashed, Observed, Started
from splitbrain.invariant import Monitor
from splitbrain.observations import Committed, EnteredTerm, Led, Recovered, SteppedDown, Voted
from splitbrain_invariants import CommitIndexNeverGoesBack, ElectionSafety, OneVotePerTerm, TermsNeverGoBack


def fold(invariant, happenings):
    """The violation, which must come at the last happening; a pair is an observation at its place, from step 1."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


CRASH = Crashed(50, "n1", 0, 0)
AGAIN = Started(51, "n1", 2)

KEPT = {
    "one leader in each term": (ElectionSafety, [("n1", Led(1)), ("n2", Led(2)), ("n1", Led(3))]),
    "an older term's leader is elected later": (ElectionSafety, [("n2", Led(2)), ("n1", Led(1))]),
    "the leader of a term says so twice": (ElectionSafety, [("n1", Led(1)), ("n1", Led(1))]),
    "one vote in each term": (OneVotePerTerm, [("n1", Voted(1, "n2")), ("n1", Voted(2, "n3")), ("n2", Voted(1, "n1"))]),
    "a repeated request is granted again": (OneVotePerTerm, [("n1", Voted(1, "n2")), ("n1", Voted(1, "n2"))]),
    "a vote survives a restart": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), CRASH, AGAIN, ("n1", Recovered(1, "n2", ())), ("n1", Voted(1, "n2"))],
    ),
    "a forgotten vote is not a second one": (OneVotePerTerm, [("n1", Voted(1, "n2")), ("n1", Recovered(1, None, ()))]),
    "no vote was recovered": (OneVotePerTerm, [("n1", Recovered(1, None, ())), ("n1", Voted(1, "n3"))]),
    "terms grow": (TermsNeverGoBack, [("n1", EnteredTerm(1)), ("n1", Voted(1, "n1")), ("n1", Led(1)), ("n1", EnteredTerm(4))]),
    "terms differ between nodes": (TermsNeverGoBack, [("n1", EnteredTerm(3)), ("n2", EnteredTerm(1))]),
    "a term that was written, and not yet said, is recovered": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(1)), CRASH, AGAIN, ("n1", Recovered(2, None, ()))],
    ),
    "who steps down names the term that is over": (TermsNeverGoBack, [("n1", EnteredTerm(3)), ("n1", SteppedDown(2))]),
    "the commit index grows": (CommitIndexNeverGoesBack, [("n1", Committed(1, 1)), ("n1", Committed(3, 1))]),
    "commit indexes differ between nodes": (CommitIndexNeverGoesBack, [("n1", Committed(3, 1)), ("n2", Committed(1, 1))]),
    "a restart forgets the commit index": (
        CommitIndexNeverGoesBack,
        [("n1", Committed(3, 1)), CRASH, AGAIN, ("n1", Committed(1, 2))],
    ),
}

BROKEN = {
    "two leaders of one term": (
        ElectionSafety,
        [("n1", Led(1)), ("n3", Led(2)), ("n2", Led(1))],
        ("ElectionSafety(Led, Led)", 0, 2, "n1 and n2 both became leader of term 1"),
    ),
    "two votes in one term": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", 0, 1, "n1 voted for n2 in term 1, and then for n3"),
    ),
    "two votes in one term, across a restart": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), CRASH, AGAIN, ("n1", Recovered(1, None, ())), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", 0, 4, "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a late request of an older term gets a second vote of it": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), ("n1", Voted(2, "n3")), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", 0, 2, "n1 voted for n2 in term 1, and then for n3"),
    ),
    "the disk holds another vote than was given": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), CRASH, AGAIN, ("n1", Recovered(1, "n3", ()))],
        ("OneVotePerTerm(Voted, Recovered)", 0, 3, "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a recovered vote is given again": (
        OneVotePerTerm,
        [("n1", Recovered(1, "n2", ())), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Recovered, Voted)", 0, 1, "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a term goes back": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(2)), ("n1", EnteredTerm(1))],
        ("TermsNeverGoBack(EnteredTerm, EnteredTerm)", 0, 1, "n1 was in term 2, and was later in term 1"),
    ),
    "a vote in a term that is over": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(1)), ("n1", EnteredTerm(2)), ("n1", Voted(1, "n2"))],
        ("TermsNeverGoBack(EnteredTerm, Voted)", 1, 2, "n1 was in term 2, and was later in term 1"),
    ),
    "a leader of a term that is over": (
        TermsNeverGoBack,
        [("n1", Voted(2, "n3")), ("n1", Led(1))],
        ("TermsNeverGoBack(Voted, Led)", 0, 1, "n1 was in term 2, and was later in term 1"),
    ),
    "a term is lost in a crash": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(2)), CRASH, AGAIN, ("n1", Recovered(1, None, ()))],
        ("TermsNeverGoBack(EnteredTerm, Recovered)", 0, 3, "n1 was in term 2, and restarted in term 1"),
    ),
    "a commit index goes back": (
        CommitIndexNeverGoesBack,
        [("n1", Committed(3, 1)), ("n2", Committed(1, 1)), ("n1", Committed(2, 2))],
        ("CommitIndexNeverGoesBack(Committed, Committed)", 0, 2, "n1's commit index went back from 3 to 2"),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    fingerprint, first, second, summary = expected
    violation, events = fold(invariant, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == (events[first], events[second])
    assert violation.summary == summary
