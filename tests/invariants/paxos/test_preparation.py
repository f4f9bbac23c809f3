"""Preparation: traces in which a ballot is promised before it is proposed, traces in which it is not, and what is said of it."""

import pytest
from acceptors import FLEXIBLE, accepted, cluster, found, promised, proposed, restart
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.observations import Promised, Proposed
from splitbrain_invariants import ProposedIsPromised

KEPT = {
    "a majority has promised it": [*cluster(3), *promised(1, "n1", "n2"), *proposed(1, "a", "n1"), *proposed(1, "a", "n1")],
    "a majority of the acceptors, not of all": [*cluster(5, acceptors=3), *promised(1, "n1", "n3"), *proposed(1, "a", "n5")],
    "ballots went through JSON": [
        *cluster(3),
        *promised((1, "n1"), "n1"),
        *promised([1, "n1"], "n2"),
        *proposed([1, "n1"], "a", "n1"),
    ],
    "higher ballots were promised since": [
        *[*cluster(3), *promised(1, "n1", "n2"), *promised(2, "n1", "n2", "n3"), *proposed(1, "a", "n1"), *proposed(2, "b", "n3")],
    ],
    "one promise for all slots": [
        *[*cluster(3), *promised(1, "n1", "n2"), *proposed(1, "a", "n1", slot=1), *proposed(1, "b", "n1", slot=[2])],
    ],
    "a promise a slot": [*cluster(3), *promised(1, "n1", "n2", slot=[2]), *proposed(1, "b", "n1", slot=(2,))],
    "a promise for all, and one for the slot": [
        *[*cluster(3), *promised(1, "n1"), *promised(1, "n2", slot=2), *proposed(1, "b", "n1", slot=2)],
    ],
    "where the scenario says so, three of five prepare a ballot, or two": [
        *[*cluster(5, declared=(("n1", "n2", "n3", "n4", "n5"), ((1, 1), (1, 2), (2, 2), (2, 3), (2, 4))))],
        *[*promised(1, "n1", "n2"), *proposed(1, "a", "n1")],
    ],
    "an acceptor is down, and may have promised it without a word": [
        *[*cluster(3), *promised(1, "n1"), restart("n2")[0], *proposed(1, "a", "n1")],
    ],
    "an acceptor has started again without a word": [*cluster(3), *promised(1, "n1"), *restart("n2"), *proposed(1, "a", "n1")],
    "a restarted acceptor finds that it had promised it": [
        *[*cluster(3), *promised(1, "n1"), *restart("n2"), *found("n2", (1, None, None)), *proposed(1, "a", "n1")],
    ],
    "a restarted acceptor finds that it had promised it for the slot": [
        *[*cluster(3), *promised(1, "n1"), *restart("n2"), *found("n2", (1, None, None, 4)), *proposed(1, "a", "n1", slot=4)],
    ],
    "acceptors do not say what they promise": [*cluster(3), *accepted(1, "a", "n1"), *proposed(2, "b", "n2")],
    "it is not known who the acceptors are": [*cluster(5, acceptors=0), *promised(1, "n1", "n2"), *proposed(1, "a", "n1")],
}

BROKEN = {
    "too few have promised it": (
        [*cluster(3), *promised(1, "n1"), *proposed(1, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [7],
            "n1 proposed 'a' at ballot 1, which 1 of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "one promise counts twice": (
        [*cluster(3), *promised(1, "n1", "n1"), *proposed(1, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [8],
            "n1 proposed 'a' at ballot 1, which 1 of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "another ballot was promised": (
        [*cluster(3), *promised(1, "n1", "n2", "n3"), *proposed(2, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [9],
            "n1 proposed 'a' at ballot 2, which none of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "one who is no acceptor has promised it": (
        [*cluster(4, acceptors=3), *promised(1, "n1", "n4"), *proposed(1, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [9],
            "n1 proposed 'a' at ballot 1, which 1 of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "it was promised in another slot": (
        [*cluster(3), *promised(1, "n1", "n2", slot=1), *proposed(1, "a", "n1", slot=True)],
        (
            "ProposedIsPromised(Proposed)",
            [8],
            "n1 proposed 'a' at ballot 1 in slot True, which none of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "a quorum that chooses does not prepare": (
        [*FLEXIBLE, *promised(1, "n1", "n2"), *proposed(1, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [11],
            "n1 proposed 'a' at ballot 1, which 2 of 4 acceptors had promised, where it takes 3",
        ),
    ),
    "an acceptor that was down had not promised it": (
        [*cluster(3), *promised(2, "n1"), *restart("n2"), *found("n2", (1, None, None)), *proposed(2, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [10],
            "n1 proposed 'a' at ballot 2, which 1 of 3 acceptors had promised, where it takes 2",
        ),
    ),
    "one who is down and is no acceptor is no doubt": (
        [*cluster(4, acceptors=3), *promised(1, "n1"), *restart("n4"), *proposed(1, "a", "n1")],
        (
            "ProposedIsPromised(Proposed)",
            [10],
            "n1 proposed 'a' at ballot 1, which 1 of 3 acceptors had promised, where it takes 2",
        ),
    ),
}


@pytest.mark.parametrize("happenings", KEPT.values(), ids=KEPT)
def test_is_kept_when(happenings):
    assert fold(ProposedIsPromised, happenings)[0] is None


@pytest.mark.parametrize(("happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(happenings, expected):
    assert_broken(ProposedIsPromised, happenings, expected)


def test_a_proposal_too_soon_shows_who_had_promised_its_ballot():
    told = phrases(ProposedIsPromised, ("n2", Promised((1, "n2"))), ("n2", Proposed((1, "n2"), "b")), first=ACCEPTORS)
    assert told == [
        "ballot 1.n2 was promised by n2 (step 1): 1 of 3, where a majority is 2",
        "none of them had accepted anything below it",
    ]
