"""Proposals: traces in which they are safe, traces in which they are not, and what is said of it."""

import msgspec
import pytest
from acceptors import FLEXIBLE, accepted, cluster, found, promised, proposed, restart
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants import OneValuePerBallot, ProposedIsSafe

KEPT = {
    "a ballot has one value": (
        OneValuePerBallot,
        [("n1", Proposed(1, "a")), *accepted(1, "a", "n1", "n2"), ("n2", Proposed(2, "b")), ("n1", Proposed(1, "a"))],
    ),
    "ballots need not be hashable": (OneValuePerBallot, [("n1", Proposed([1, "n1"], "a")), ("n2", Proposed([1, "n2"], "b"))]),
    "each slot has a value of its own": (
        OneValuePerBallot,
        [
            *[*proposed(1, "a", "n1", slot=1), *proposed(1, "b", "n1", slot=2), *proposed(1, "c", "n1", slot=True)],
            *[*accepted(1, "a", "n2", slot=1), *accepted(1, "b", "n2", slot=2), *accepted(1, "d", "n2", slot=[1])],
        ],
    ),
    "values and ballots that went through JSON are the same": (
        OneValuePerBallot,
        [*proposed((1, "n1"), (1, {"k": float("nan")}), "n1"), *accepted([1, "n1"], [1, {"k": float("nan")}], "n2")],
    ),
    "what is found is what was proposed": (
        OneValuePerBallot,
        [*proposed(1, "a", "n1"), *restart("n2"), *found("n2", (2, None, None), (1, 1, "a"))],
    ),
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
    "in another slot something else was accepted": (
        ProposedIsSafe,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2", slot=1), *promised(2, "n1", "n2"), *proposed(2, "b", "n1", slot=2)],
            *[*proposed(2, "a", "n1", slot=1), *proposed(2, "c", "n1", slot=1.0)],
        ],
    ),
    "promises are given for a slot": (
        ProposedIsSafe,
        [
            *[*cluster(3), *accepted(1, "a", "n1", slot=1), *promised(2, "n1", "n2", slot=2), *promised(2, "n2", "n3", slot=1)],
            *proposed(2, "b", "n1", slot=1),
        ],
    ),
    "the quorum that promised has an acceptor in common with each that chooses": (
        ProposedIsSafe,
        [*FLEXIBLE, *accepted(1, "a", "n1", "n2"), *promised(2, "n2", "n3", "n4"), *proposed(2, "a", "n4")],
    ),
    "of four, two that knew of nothing are too few, and three are enough": (
        ProposedIsSafe,
        [*FLEXIBLE, *accepted(1, "a", "n1"), *promised(2, "n1", "n2", "n3", "n4"), *proposed(2, "b", "n4")],
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
    "in a slot, two proposers use one ballot": (
        OneValuePerBallot,
        [*proposed(1, 1, "n1", slot=7), *proposed(1, True, "n2", slot=8), *proposed(1, True, "n2", slot=7)],
        (
            "OneValuePerBallot(Proposed, Proposed)",
            [0, 2],
            "n1 proposed 1 at ballot 1 in slot 7, and n2 proposed True at the same",
        ),
    ),
    "a torn write joins a new ballot to an old value": (
        OneValuePerBallot,
        [*accepted(1, "a", "n1"), *proposed(2, "b", "n2"), *restart("n1"), *found("n1", (2, 2, "a"))],
        (
            "OneValuePerBallot(Proposed, AcceptorStarted)",
            [1, 4],
            "n2 proposed 'b' at ballot 2, and n1 restarted having accepted 'a' at the same",
        ),
    ),
    "what was found is proposed otherwise": (
        OneValuePerBallot,
        [*found("n1", (2, 2, "a")), *proposed(2, "b", "n2")],
        (
            "OneValuePerBallot(AcceptorStarted, Proposed)",
            [0, 1],
            "n1 restarted having accepted 'a' at ballot 2, and n2 proposed 'b' at the same",
        ),
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
    "a value reported in the slot is ignored": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, "a", "n1", slot=[7]), *promised(2, "n1", "n2"), *proposed(2, "b", "n3", slot=[7])],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6, 9],
            "n3 proposed 'b' at ballot 2 in slot [7], but of n1, n2, who had promised it, n1 had accepted 'a' at ballot 1",
        ),
    ),
    "promises for all slots and for the one add up": (
        ProposedIsSafe,
        [
            *cluster(3),
            *accepted(1, "a", "n1", slot=7),
            *promised(2, "n1"),
            *promised(2, "n2", slot=7),
            *proposed(2, "b", "n3", slot=7),
        ],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6, 9],
            "n3 proposed 'b' at ballot 2 in slot 7, but of n1, n2, who had promised it, n1 had accepted 'a' at ballot 1",
        ),
    ),
    "True was accepted, and 1 is proposed": (
        ProposedIsSafe,
        [*cluster(3), *accepted(1, True, "n1"), *promised(2, "n1", "n2"), *proposed(2, 1, "n3")],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6, 9],
            "n3 proposed 1 at ballot 2, but of n1, n2, who had promised it, n1 had accepted True at ballot 1",
        ),
    ),
    "of four, two knew of nothing, where it takes three to prepare a ballot": (
        ProposedIsSafe,
        [*FLEXIBLE, *accepted(1, "a", "n1", "n2"), *promised(2, "n2", "n3", "n4"), *proposed(2, "b", "n4")],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [10, 14],
            "n4 proposed 'b' at ballot 2, but of n2, n3, n4, who had promised it, n2 had accepted 'a' at ballot 1",
        ),
    ),
    "after many ballots": (
        ProposedIsSafe,
        [
            *[*cluster(3), *(each for ballot in range(100, 0, -1) for each in accepted(ballot, f"v{ballot}", "n1"))],
            *[*promised(50, "n1", "n2"), *proposed(50, "v48", "n3")],
        ],
        (
            "ProposedIsSafe(Accepted, Proposed)",
            [6 + 100 - 49, 108],
            "n3 proposed 'v48' at ballot 50, but of n1, n2, who had promised it, n1 had accepted 'v49' at ballot 49",
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


def test_a_proposal_is_compared_with_few_of_what_was_accepted_before():
    compared = []

    class Ballot(msgspec.Struct, frozen=True):
        round: int

        def __lt__(self, other):
            compared.append(other)
            return self.round < other.round

    fold(ProposedIsSafe, [*cluster(3), *(each for turn in range(1, 1001) for each in accepted(Ballot(turn), "a", "n1", "n2"))])
    before = len(compared)
    last = [*promised(Ballot(1001), "n1", "n2"), *proposed(Ballot(1001), "a", "n3")]
    happenings = [*cluster(3), *(each for turn in range(1, 1001) for each in accepted(Ballot(turn), "a", "n1", "n2")), *last]
    assert fold(ProposedIsSafe, happenings)[0] is None
    assert len(compared) - 2 * before < 50  # a thousand is ten halvings, for each of two acceptors, and back
