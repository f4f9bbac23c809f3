"""Proposals: traces in which they are safe, traces in which they are not, and what is said of it."""

import pytest
from acceptors import accepted, cluster, promised, restart
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants import OneValuePerBallot, ProposedIsSafe

KEPT = {
    "a ballot has one value": (
        OneValuePerBallot,
        [("n1", Proposed(1, "a")), *accepted(1, "a", "n1", "n2"), ("n2", Proposed(2, "b")), ("n1", Proposed(1, "a"))],
    ),
    "ballots need not be hashable": (OneValuePerBallot, [("n1", Proposed([1, "n1"], "a")), ("n2", Proposed([1, "n2"], "b"))]),
    "nobody reported anything": (
        ProposedIsSafe,
        [*cluster(3), *promised(1, "n1", "n2"), ("n1", Proposed(1, "a")), *promised(2, "n2", "n3"), ("n2", Proposed(2, "b"))],
    ),
    "the highest reported value is proposed": (
        ProposedIsSafe,
        [
            *[*cluster(3), *accepted(1, "a", "n1"), *accepted(2, "b", "n2"), *promised(3, "n1", "n2")],
            ("n3", Proposed(3, "b")),
        ],
    ),
    "a majority that knew of nothing is enough": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, "a", "n1"), *promised(2, "n1", "n2", "n3"), ("n3", Proposed(2, "c"))],
    ),
    "a majority that knew of something lower is enough": (
        ProposedIsSafe,
        [
            *[*cluster(3), *accepted(1, "a", "n1"), *accepted(2, "b", "n2"), *promised(3, "n1", "n2", "n3")],
            ("n3", Proposed(3, "a")),
        ],
    ),
    "what is accepted after the promise, at a higher ballot, does not count": (
        ProposedIsSafe,
        [*cluster(3), *promised(1, "n1", "n2"), *accepted(2, "b", "n1", "n2"), ("n1", Proposed(1, "a"))],
    ),
    "acceptors do not say what they promise": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), ("n3", Proposed(2, "b"))],
    ),
    "nobody says that it is an acceptor": (
        ProposedIsSafe,
        [*cluster(5, acceptors=0), *accepted(1, "a", "n1"), *promised(2, "n1", "n2", "n3"), ("n3", Proposed(2, "b"))],
    ),
    "an acceptor had restarted without a word": (
        ProposedIsSafe,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2"), *restart("n2"), *promised(2, "n1", "n2")],
            ("n3", Proposed(2, "b")),
        ],
    ),
}

BROKEN = {
    "two proposers use one ballot": (
        OneValuePerBallot,
        [("n1", Proposed(1, "a")), ("n2", Proposed(1, "b"))],
        ("OneValuePerBallot(Proposed, Proposed)", [0, 1], "n1 proposed 'a' at ballot 1, and n2 proposed 'b' at the same"),
    ),
    "a restarted proposer uses its ballot again": (
        OneValuePerBallot,
        [("n1", Proposed(1, "a")), *restart("n1"), ("n1", Proposed(1, "b"))],
        ("OneValuePerBallot(Proposed, Proposed)", [0, 3], "n1 proposed 'a' at ballot 1, and n1 proposed 'b' at the same"),
    ),
    "an acceptor accepts what was not proposed": (
        OneValuePerBallot,
        [("n1", Proposed([1], "a")), *accepted([1], "b", "n2")],
        ("OneValuePerBallot(Proposed, Accepted)", [0, 1], "n1 proposed 'a' at ballot 1, and n2 accepted 'b' at the same"),
    ),
    "a reported value is ignored": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, "a", "n1"), *promised(2, "n1", "n2"), ("n3", Proposed(2, "b"))],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6, 9],
            "n3 proposed 'b' at ballot 2, but of n1, n2, who had promised it, n1 had accepted 'a' at ballot 1",
        ),
    ),
    "not the highest of the reported values is proposed": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, "a", "n1"), *accepted(2, "b", "n2"), *promised(3, "n1", "n2"), ("n3", Proposed(3, "a"))],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [7, 10],
            "n3 proposed 'a' at ballot 3, but of n1, n2, who had promised it, n2 had accepted 'b' at ballot 2",
        ),
    ),
    "a lower proposal, accepted later, hides the higher one": (
        ProposedIsSafe,
        [*cluster(3), *accepted(2, "b", "n1"), *accepted(1, "a", "n1"), *promised(3, "n1", "n2"), ("n3", Proposed(3, "a"))],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6, 10],
            "n3 proposed 'a' at ballot 3, but of n1, n2, who had promised it, n1 had accepted 'b' at ballot 2",
        ),
    ),
    "an acceptor was down, and says what it had accepted": (
        ProposedIsSafe,
        [
            *[*cluster(3), *restart("n1"), ("n1", AcceptorStarted(1, 1, "a")), *promised(2, "n1", "n2")],
            ("n3", Proposed(2, "b")),
        ],
        (
            "ProposedIsSafe(AcceptorStarted, Proposed)",
            [8, 11],
            "n3 proposed 'b' at ballot 2, but of n1, n2, who had promised it, n1 had accepted 'a' at ballot 1",
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_an_unsafe_proposal_shows_what_its_promisers_had_accepted():
    told = phrases(
        ProposedIsSafe,
        *[
            ("n2", Accepted((1, "n2"), "a")),
            ("n2", Promised((2, "n1"))),
            ("n1", Promised((2, "n1"))),
            ("n1", Proposed((2, "n1"), "b")),
        ],
        first=ACCEPTORS,
    )
    assert told[0] == "ballot 2.n1 was promised by n2 (step 2) and n1 (step 3): 2 of 3, a majority"
    assert told[1].startswith("of these, n2 had accepted 'a' at 1.n2 (step 1) and n1 nothing")


def test_two_values_of_a_ballot_name_who_had_which():
    told = phrases(OneValuePerBallot, ("n1", Proposed(1, "a")), ("n2", Accepted(1, "a")), ("n3", Proposed(1, "b")))
    assert told == ["'a' at ballot 1: n2 (step 2) and n1 (step 1)", "'b' at ballot 1: n3 (step 3)"]
