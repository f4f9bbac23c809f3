"""Raft's elections and terms: traces that satisfy each invariant, traces that break it, and what they say when asked why."""

import pytest
from handwritten import assert_broken, cut, fold, phrases, up

from splitbrain.events import Crashed, Started
from splitbrain.observations import EnteredTerm, Led, Recovered, SteppedDown, Voted
from splitbrain_invariants import ElectionSafety, OneVotePerTerm, TermsNeverGoBack

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
}

BROKEN = {
    "two leaders of one term": (
        ElectionSafety,
        [("n1", Led(1)), ("n3", Led(2)), ("n2", Led(1))],
        ("ElectionSafety(Led, Led)", [0, 2], "n1 and n2 both became leader of term 1"),
    ),
    "two votes in one term": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", [0, 1], "n1 voted for n2 in term 1, and then for n3"),
    ),
    "two votes in one term, across a restart": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), CRASH, AGAIN, ("n1", Recovered(1, None, ())), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", [0, 4], "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a late request of an older term gets a second vote of it": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), ("n1", Voted(2, "n3")), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Voted, Voted)", [0, 2], "n1 voted for n2 in term 1, and then for n3"),
    ),
    "the disk holds another vote than was given": (
        OneVotePerTerm,
        [("n1", Voted(1, "n2")), CRASH, AGAIN, ("n1", Recovered(1, "n3", ()))],
        ("OneVotePerTerm(Voted, Recovered)", [0, 3], "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a recovered vote is given again": (
        OneVotePerTerm,
        [("n1", Recovered(1, "n2", ())), ("n1", Voted(1, "n3"))],
        ("OneVotePerTerm(Recovered, Voted)", [0, 1], "n1 voted for n2 in term 1, and then for n3"),
    ),
    "a term goes back": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(2)), ("n1", EnteredTerm(1))],
        ("TermsNeverGoBack(EnteredTerm, EnteredTerm)", [0, 1], "n1 was in term 2, and was later in term 1"),
    ),
    "a vote in a term that is over": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(1)), ("n1", EnteredTerm(2)), ("n1", Voted(1, "n2"))],
        ("TermsNeverGoBack(EnteredTerm, Voted)", [1, 2], "n1 was in term 2, and was later in term 1"),
    ),
    "a leader of a term that is over": (
        TermsNeverGoBack,
        [("n1", Voted(2, "n3")), ("n1", Led(1))],
        ("TermsNeverGoBack(Voted, Led)", [0, 1], "n1 was in term 2, and was later in term 1"),
    ),
    "a term is lost in a crash": (
        TermsNeverGoBack,
        [("n1", EnteredTerm(2)), CRASH, AGAIN, ("n1", Recovered(1, None, ()))],
        ("TermsNeverGoBack(EnteredTerm, Recovered)", [0, 3], "n1 was in term 2, and restarted in term 1"),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_two_leaders_show_both_quorums_and_the_node_in_both():
    assert phrases(
        ElectionSafety,
        *[("n1", Voted(1, "n1")), ("n3", Voted(1, "n1")), ("n1", Led(1))],
        *[("n2", Voted(1, "n2")), ("n3", Voted(1, "n2")), ("n2", Led(1))],
    ) == [
        "n1 became leader of term 1 with the votes of n1 (step 1) and n3 (step 2): 2 of 3, a majority",
        "n2 became leader of term 1 with the votes of n2 (step 4) and n3 (step 5): 2 of 3, a majority",
        "n3 is in both: it voted for n1 at step 2, and for n2 at step 5",
    ]


def test_quorums_that_do_not_meet_are_said_to_be_too_small():
    told = phrases(ElectionSafety, ("n1", Voted(1, "n1")), ("n1", Led(1)), ("n2", Voted(1, "n2")), ("n2", Led(1)))
    assert told[0].endswith("with the votes of n1 (step 1): 1 of 3, where a majority is 2")
    assert told[2] == "no node voted for both; of two majorities, one would have had to"


def test_two_votes_name_the_restart_between_them():
    told = phrases(
        OneVotePerTerm, ("n1", Voted(1, "n2")), cut("n1", lost=1), up("n1"), ("n1", Recovered(1, None, ())), ("n1", Voted(1, "n3"))
    )
    assert told == ["n1 lost its power at step 2, with 0 of 1 unsynced writes kept; at step 4 its disk held term 1 and no vote"]


def test_a_term_that_went_back_names_the_restart():
    told = phrases(TermsNeverGoBack, ("n1", EnteredTerm(2)), cut("n1"), up("n1"), ("n1", Recovered(1, "n2", ())))
    assert told == ["n1 lost its power at step 2, with nothing unsynced; at step 4 its disk held term 1 and its vote for n2"]
