"""The terms of entries: traces that satisfy it, traces that break it, and what it says when it is asked why."""

import pytest
from handwritten import EMPTY_LOGS, assert_broken, fold, phrases
from servers import cluster, power_cut

from splitbrain.observations import Appended, EnteredTerm, Installed, Led, Recovered, SteppedDown, Truncated, Voted
from splitbrain_invariants import TermsRise

LEADS = [*cluster(3), ("n1", EnteredTerm(2)), ("n1", Led(2))]

RISE = {
    "a leader writes entries of its term": [*LEADS, ("n1", Appended(1, 2, "a")), ("n1", Appended(2, 2, "b"))],
    "a follower has entries of many terms": [
        *[*LEADS, ("n2", Led(5)), ("n3", EnteredTerm(5)), ("n3", Appended(1, 2, "a")), ("n3", Appended(2, 5, "b"))],
    ],
    "a lower one takes the place of what was truncated": [
        *[*LEADS, ("n3", EnteredTerm(9)), ("n2", Led(9)), ("n3", Appended(1, 9, "x")), ("n3", Truncated(1))],
        ("n3", Appended(1, 2, "a")),
    ],
    "a former leader takes a later one's entries": [
        *[*LEADS, ("n2", Led(3)), ("n1", EnteredTerm(3)), ("n1", SteppedDown(2)), ("n1", Appended(1, 3, "a"))],
    ],
    "a leader repeats what it holds": [
        *[*cluster(3), ("n1", EnteredTerm(1)), ("n1", Led(1)), ("n1", Appended(1, 1, "a")), ("n1", EnteredTerm(2)), ("n1", Led(2))],
        ("n1", Appended(1, 1, "a")),
    ],
    "who never says which term it enters may be in any": [*cluster(2), ("n1", Led(9)), ("n1", Appended(1, 9, "a"))],
    "who started again and has not said its term may be in a later one": [
        *[*LEADS, ("n3", EnteredTerm(2)), *power_cut("n3"), ("n2", Led(3)), ("n3", Appended(1, 3, "a"))],
    ],
    "what a node recovered is in order": [*LEADS, *power_cut("n1"), ("n1", Recovered(4, None, ((1, "a"), (2, "b"), (2, "c"))))],
    "a log begins behind a snapshot": [
        *[*LEADS, *power_cut("n1"), ("n1", Recovered(4, None, ((2, "a"),), 7, 2)), ("n1", Appended(9, 2, "b"))],
    ],
    "an entry follows a snapshot": [*LEADS, ("n1", Installed(4, 2)), ("n1", Appended(5, 2, "a"))],
    "what is before an entry is not known": [*LEADS, ("n2", Appended(4, 2, "a")), ("n2", Appended(3, 1, "a"))],
    "a leader says so behind its first entry, and before it sends it": [
        *[*LEADS, ("n2", EnteredTerm(3)), ("n2", Voted(3, "n2")), ("n2", Appended(1, 3, None)), ("n2", Led(3))],
        *[("n2", Appended(2, 3, "a")), ("n1", EnteredTerm(3)), ("n1", Appended(1, 3, None))],
    ],
    "nobody says who leads": [*cluster(3), ("n1", Appended(1, 4, "a"))],
    "the first term has a leader that nobody elected": [*cluster(3), ("n2", Led(2)), ("n1", Appended(1, 1, "a"))],
    "its leader may have lost its power before it said so": [
        *[*LEADS, ("n2", EnteredTerm(3)), *power_cut("n2"), ("n3", Appended(1, 3, "a"))],
    ],
    "somebody lost its power in a term that nobody knows": [
        *[*LEADS, *power_cut("n2"), *power_cut("n2"), ("n3", Appended(1, 3, "a"))],
    ],
}

FALL = {
    "an entry stands behind one of a higher term": (
        [*LEADS, ("n3", Led(3)), ("n2", Appended(1, 3, "a")), ("n2", Appended(2, 2, "b"))],
        ("TermsRise(Appended)", [-1], "n2 appended entry 2 ('b', term 2) behind one of term 3"),
    ),
    "an entry stands behind a snapshot of a higher term": (
        [*LEADS, ("n2", Installed(4, 3)), ("n2", Appended(5, 2, "b"))],
        ("TermsRise(Appended)", [-1], "n2 appended entry 5 ('b', term 2) behind one of term 3"),
    ),
    "an entry is of a term that its node is not in": (
        [*LEADS, ("n3", Led(3)), ("n2", EnteredTerm(2)), ("n2", Appended(1, 3, "a"))],
        ("TermsRise(Appended)", [-1], "n2 appended entry 1 ('a', term 3) in term 2"),
    ),
    "a leader writes an entry of an older term": (
        [*LEADS, ("n1", Appended(1, 1, "a"))],
        ("TermsRise(Led, Appended)", [-2, -1], "n1, leader of term 2, appended entry 1 ('a', term 1)"),
    ),
    "nobody has led the term of an entry that two have": (
        [*LEADS, ("n2", EnteredTerm(3)), ("n2", Appended(1, 3, "a")), ("n3", EnteredTerm(3)), ("n3", Appended(1, 3, "a"))],
        ("TermsRise(Appended)", [-1], "n3 appended entry 1 ('a', term 3), and nobody had led term 3"),
    ),
    "who voted for another in its term is not its leader": (
        [*LEADS, ("n3", EnteredTerm(3)), ("n3", Voted(3, "n2")), ("n3", Appended(1, 3, "a"))],
        ("TermsRise(Appended)", [-1], "n3 appended entry 1 ('a', term 3), and nobody had led term 3"),
    ),
    "an entry is of an older term that nobody has led": (
        [*LEADS, ("n3", EnteredTerm(4)), ("n3", Appended(1, 3, "a"))],
        ("TermsRise(Appended)", [-1], "n3 appended entry 1 ('a', term 3), and nobody had led term 3"),
    ),
    "a node leads a term that it is not in": (
        [*cluster(3), ("n1", EnteredTerm(1)), ("n1", Voted(1, "n1")), ("n1", Led(9))],
        ("TermsRise(Led)", [-1], "n1 became leader of term 9, but is in term 1"),
    ),
    "a log is found whose terms fall": (
        [*LEADS, *power_cut("n1"), ("n1", Recovered(4, None, ((1, "a"), (3, "b"), (2, "c"))))],
        ("TermsRise(Recovered)", [-1], "n1 found entry 3 of term 2 behind one of term 3"),
    ),
    "a log is found that falls behind its snapshot": (
        [*LEADS, *power_cut("n1"), ("n1", Recovered(4, None, ((2, "a"),), 6, 3))],
        ("TermsRise(Recovered)", [-1], "n1 found entry 7 of term 2 behind one of term 3"),
    ),
    "an entry is found of a term that its node is not in": (
        [*LEADS, *power_cut("n1"), ("n1", Recovered(2, None, ((1, "a"), (3, "b"))))],
        ("TermsRise(Recovered)", [-1], "n1 found an entry of term 3 on its disk, where its term is 2"),
    ),
}


@pytest.mark.parametrize("happenings", RISE.values(), ids=RISE)
def test_terms_rise_when(happenings):
    assert fold(TermsRise, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), FALL.values(), ids=FALL)
def test_terms_are_out_of_order_when(happenings, expected):
    assert_broken(TermsRise, happenings, expected)


def test_it_says_what_the_log_is_and_who_led():
    enters = [("n1", EnteredTerm(2)), ("n1", Led(2))]
    assert phrases(TermsRise, *enters, ("n2", Voted(3, "n3")), ("n2", Appended(1, 3, "a")), first=EMPTY_LOGS) == [
        "at step 4 the log of n2 is t3",
        "nobody became leader of term 3, whose entry it is",
    ]
    assert phrases(TermsRise, *enters, ("n2", Installed(4, 3)), ("n2", Appended(5, 2, "a")), first=EMPTY_LOGS) == [
        "at step 4 the log of n2 is a snapshot up to 4:t3 t2",
        "leader of term 2, whose entry it is, was n1 (step 2) alone",
    ]
    assert phrases(TermsRise, ("n1", EnteredTerm(2)), ("n1", EnteredTerm(3)), ("n1", Led(4)), first=EMPTY_LOGS) == [
        "n1 entered term 3 at step 2"
    ]
