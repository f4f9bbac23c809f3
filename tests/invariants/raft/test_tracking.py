"""What a leader believes of its followers: traces that satisfy each invariant, that break it, and what they say when asked why."""

import pytest
from handwritten import assert_broken, delivered, fold, phrases, sent, synced

from splitbrain.events import Crashed
from splitbrain.observations import Appended, Led, Tracked, Voters
from splitbrain_invariants import MatchIndexNeverGoesBack, NextIndexAboveMatchIndex

LEADS = ("n1", Led(1))
A = Appended(1, 1, "a")
ALL, WITHOUT = Voters((("n1", "n2", "n3"),), 3), Voters((("n1", "n3"),), 4)

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
    "a follower is removed and added again": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", ALL), ("n1", Tracked("n2", 5, 6)), ("n1", WITHOUT), ("n1", ALL), ("n1", Tracked("n2", 0, 1))],
    ),
    "a late answer comes before it is added again": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", ALL), ("n1", WITHOUT), ("n1", Tracked("n2", 5, 6)), ("n1", ALL), ("n1", Tracked("n2", 0, 1))],
    ),
    "the next index is just behind": (NextIndexAboveMatchIndex, [("n1", Tracked("n2", 1, 2)), ("n1", Tracked("n2", 2, 9))]),
}

BROKEN = {
    "match_index falls of a follower that stays": (
        MatchIndexNeverGoesBack,
        [LEADS, ("n1", ALL), ("n1", Tracked("n3", 2, 3)), ("n1", WITHOUT), ("n1", Tracked("n3", 1, 3))],
        ("MatchIndexNeverGoesBack(Tracked, Tracked)", (2, 4), "n1's match_index of n3 went back from 2 to 1"),
    ),
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


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_a_match_index_that_went_back_names_both_replies_and_what_the_follower_holds():
    assert phrases(
        MatchIndexNeverGoesBack,
        *[("n1", Led(1)), ("n1", A), ("n1", Appended(2, 1, "b")), sent("n1", "n2", "Append"), sent("n1", "n2", "Append", 2)],
        *[delivered("n1", "n2", "Append", 2), ("n2", A), ("n2", Appended(2, 1, "b")), synced("n2"), sent("n2", "n1", "Reply")],
        *[delivered("n1", "n2", "Append"), sent("n2", "n1", "Reply", 2)],
        *[
            delivered("n2", "n1", "Reply"),
            ("n1", Tracked("n2", 2, 3)),
            delivered("n2", "n1", "Reply", 2),
            ("n1", Tracked("n2", 1, 3)),
        ],
    ) == [
        "n1 has led term 1 since step 1",
        "match 2, next 3 comes of the Reply that n2 sent at step 10 on the Append of step 5; then the log of n2 is t1 t1",
        "match 1, next 3 comes of the Reply that n2 sent at step 12 on the Append of step 4; then the log of n2 is t1 t1",
        "entry 2 of term 1: n2 has it on disk (step 8)",
    ]


def test_a_match_index_may_go_back_without_a_message_and_without_a_log():
    told = phrases(MatchIndexNeverGoesBack, ("n1", Led(3)), ("n1", Tracked("n2", 2, 3)), ("n1", Tracked("n2", 0, 1)))
    assert told == ["n1 has led term 3 since step 1"]


def test_a_next_index_at_the_match_index_names_the_outdated_refusal():
    assert phrases(
        NextIndexAboveMatchIndex,
        *[("n1", Led(1)), ("n1", A), sent("n2", "n1", "Reply"), ("n2", A), synced("n2"), sent("n2", "n1", "Reply", 2)],
        *[delivered("n2", "n1", "Reply", 2), ("n1", Tracked("n2", 1, 2)), ("n1", Tracked("n3", 0, 2))],
        *[delivered("n2", "n1", "Reply"), ("n1", Tracked("n2", 1, 1))],
    ) == [
        "until then n1 took n2 to match up to entry 1, and next was 2 (step 8)",
        "match 1, next 1 comes of the Reply that n2 sent at step 3; then the log of n2 is empty",
        "entry 1 of term 1: n2 has it on disk (step 4)",
    ]


def test_what_an_earlier_leadership_believed_is_not_told():
    assert phrases(NextIndexAboveMatchIndex, ("n1", Tracked("n2", 1, 2)), ("n1", Led(2)), ("n1", Tracked("n2", 0, 0))) == []
