"""What is chosen, and decided: traces that satisfy each invariant, traces that break it, and what they say when asked why."""

import pytest
from acceptors import FLEXIBLE, accepted, cluster, restart
from handwritten import ACCEPTORS, assert_broken, fold, phrases

from splitbrain.events import Crashed
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Promised, Proposed
from splitbrain_invariants import DecidedIsChosen, OneChosenValue

KEPT = {
    "one value is chosen, at two ballots": (
        OneChosenValue,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(2, "a", "n2", "n3")],
    ),
    "one acceptor is no majority": (
        OneChosenValue,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n3"), *accepted(2, "b", "n3")],
    ),
    "acceptances of several ballots do not add up": (
        OneChosenValue,
        [*cluster(3), *accepted(1, "b", "n1"), *accepted(2, "b", "n2"), *accepted(3, "a", "n1", "n3")],
    ),
    "a learner's word is no acceptance": (
        OneChosenValue,
        [*cluster(4, acceptors=3), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n3")],
    ),
    "a spare accepts like an acceptor, and is none": (
        OneChosenValue,
        [*cluster(4, acceptors=3), *accepted(1, "a", "n1", "n4"), *accepted(2, "b", "n2", "n3")],
    ),
    "where nobody says that it is an acceptor, it takes a majority of all": (
        OneChosenValue,
        [*cluster(5, acceptors=0), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n2", "n3")],
    ),
    "a chosen value is decided": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), ("n1", Decided("a")), ("n3", Decided("a"))],
    ),
    "it was chosen a while ago": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(2, "a", "n1"), *accepted(3, "a", "n2"), ("n3", Decided("a"))],
    ),
    "a majority of the acceptors, not of all": (
        DecidedIsChosen,
        [*cluster(5, acceptors=3), *accepted(1, "a", "n1", "n2"), ("n5", Decided("a"))],
    ),
    "an acceptor is down, and may have accepted it without a word": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1"), Crashed(9, "n2", 0, 0), ("n3", Decided("a"))],
    ),
    "a restarted acceptor says that it had accepted it": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1"), *restart("n2"), ("n2", AcceptorStarted(1, 1, "a")), ("n3", Decided("a"))],
    ),
    "acceptors do not say what they accept": (DecidedIsChosen, [*cluster(3), ("n3", Decided("a"))]),
    "it is not known who the acceptors are": (
        DecidedIsChosen,
        [*cluster(3, acceptors=0), *accepted(1, "a", "n1"), ("n3", Decided("a"))],
    ),
    "acceptors do not speak of slots": (DecidedIsChosen, [*cluster(3), *accepted(1, "a", "n1"), ("n3", Decided("b", 1))]),
    "acceptors speak of slots alone": (DecidedIsChosen, [*cluster(3), *accepted(1, "a", "n1", slot=1), ("n3", Decided("b"))]),
    "each slot has its chosen value": (
        OneChosenValue,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2", slot=1), *accepted(1, "b", "n1", "n2", slot=True)],
            *[*accepted(1, "c", "n1", "n2", slot=[1]), *accepted(2, "a", "n2", "n3", slot=1)],
        ],
    ),
    "what is chosen in a slot is decided there": (
        DecidedIsChosen,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2", slot=1), *accepted(1, "b", "n1", "n3", slot=2)],
            *[("n1", Decided("b", 2)), ("n2", Decided("a", 1))],
        ],
    ),
    "two of four are a quorum, where the scenario says so": (
        DecidedIsChosen,
        [*FLEXIBLE, *accepted(1, "a", "n1", "n2"), ("n4", Decided("a"))],
    ),
    "one of four is no quorum": (
        OneChosenValue,
        [*FLEXIBLE, *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n3"), *accepted(3, "b", "n4")],
    ),
    "values went through JSON": (
        OneChosenValue,
        [*cluster(3), *accepted(1, (1, float("nan")), "n1", "n2"), *accepted((2, ["x"]), [1, float("nan")], "n2", "n3")],
    ),
}

BROKEN = {
    "a second value is chosen": (
        OneChosenValue,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n2", "n3")],
        (
            "OneChosenValue(Accepted, Accepted)",
            [7, 9],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n2, n3)",
        ),
    ),
    "a second value is chosen at the same ballot": (
        OneChosenValue,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(1, "b", "n2", "n3")],
        (
            "OneChosenValue(Accepted, Accepted)",
            [7, 9],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 1 (accepted by n2, n3)",
        ),
    ),
    "a forgotten acceptance had made a value chosen": (
        OneChosenValue,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2"), *restart("n2"), ("n2", AcceptorStarted(None, None, None))],
            *accepted(2, "b", "n2", "n3"),
        ],
        (
            "OneChosenValue(Accepted, Accepted)",
            [7, 12],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n2, n3)",
        ),
    ),
    "a recovered acceptance makes a second value chosen": (
        OneChosenValue,
        [
            *[*cluster(3), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n1"), *restart("n3")],
            ("n3", AcceptorStarted(2, 2, "b")),
        ],
        (
            "OneChosenValue(Accepted, AcceptorStarted)",
            [7, 11],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n1, n3)",
        ),
    ),
    "learners do not count towards the majority": (
        OneChosenValue,
        [*cluster(5, acceptors=3), *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n2", "n3")],
        (
            "OneChosenValue(Accepted, Accepted)",
            [9, 11],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n2, n3)",
        ),
    ),
    "too few have accepted what is decided": (
        DecidedIsChosen,
        [*cluster(4), *accepted(1, "a", "n1", "n2"), ("n1", Decided("a"))],
        ("DecidedIsChosen(Decided)", [10], "n1 decided 'a', which 2 of 4 acceptors have accepted at one ballot"),
    ),
    "one acceptance is counted twice": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1", "n1"), ("n1", Decided("a"))],
        ("DecidedIsChosen(Decided)", [8], "n1 decided 'a', which 1 of 3 acceptors have accepted at one ballot"),
    ),
    "acceptances of two ballots are added up": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1"), *accepted(2, "a", "n2"), ("n1", Decided("a"))],
        ("DecidedIsChosen(Decided)", [8], "n1 decided 'a', which 1 of 3 acceptors have accepted at one ballot"),
    ),
    "another value was chosen": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1", "n2"), ("n1", Decided("b"))],
        ("DecidedIsChosen(Decided)", [8], "n1 decided 'b', which none of 3 acceptors have accepted at one ballot"),
    ),
    "an acceptor that was down had not accepted it": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1"), *restart("n2"), ("n2", AcceptorStarted(None, None, None)), ("n3", Decided("a"))],
        ("DecidedIsChosen(Decided)", [10], "n3 decided 'a', which 1 of 3 acceptors have accepted at one ballot"),
    ),
    "a second value is chosen in a slot": (
        OneChosenValue,
        [*cluster(3), *accepted(1, 1, "n1", "n2", slot="x"), *accepted(2, True, "n2", "n3", slot="x")],
        (
            "OneChosenValue(Accepted, Accepted)",
            [7, 9],
            "1 at ballot 1 (accepted by n1, n2) was chosen in slot 'x', and then True at ballot 2 (accepted by n2, n3)",
        ),
    ),
    "two halves of four choose, where two are a quorum": (
        OneChosenValue,
        [*FLEXIBLE, *accepted(1, "a", "n1", "n2"), *accepted(2, "b", "n3", "n4")],
        (
            "OneChosenValue(Accepted, Accepted)",
            [10, 12],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n3, n4)",
        ),
    ),
    "declared voters alone are acceptors": (
        OneChosenValue,
        [
            *cluster(4, declared=(("n1", "n2", "n3"), ((1, 1), (2, 2), (2, 2), (3, 3)))),
            *[*accepted(1, "a", "n1", "n4", "n2"), *accepted(2, "b", "n4", "n3", "n2")],
        ],
        (
            "OneChosenValue(Accepted, Accepted)",
            [11, 14],
            "'a' at ballot 1 (accepted by n1, n2) was chosen, and then 'b' at ballot 2 (accepted by n3, n2)",
        ),
    ),
    "in another slot it was chosen": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1", "n2", slot=1), ("n1", Decided("a", 2))],
        ("DecidedIsChosen(Decided)", [8], "n1 decided 'a' in slot 2, which none of 3 acceptors have accepted at one ballot"),
    ),
    "one of four is too few, where it takes two": (
        DecidedIsChosen,
        [*FLEXIBLE, *accepted(1, "a", "n1"), ("n1", Decided("a"))],
        (
            "DecidedIsChosen(Decided)",
            [10],
            "n1 decided 'a', which 1 of 4 acceptors have accepted at one ballot, where it takes 2",
        ),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_two_chosen_values_show_both_quorums_the_acceptor_in_both_and_what_was_promised():
    assert phrases(
        OneChosenValue,
        *[("n1", Accepted((1, "n1"), "a")), ("n2", Accepted((1, "n1"), "a"))],
        *[("n2", Promised((2, "n3"))), ("n3", Promised((2, "n3"))), ("n3", Proposed((2, "n3"), "b"))],
        *[("n3", Accepted((2, "n3"), "b")), ("n2", Accepted((2, "n3"), "b"))],
        first=ACCEPTORS,
    ) == [
        "'a' was accepted at ballot 1.n1 by n1 (step 1) and n2 (step 2): 2 of 3, a majority",
        "'b' was accepted at ballot 2.n3 by n3 (step 6) and n2 (step 7): 2 of 3, a majority",
        "in both: n2 at step 2, and at step 7",
        "ballot 2.n3 was promised by n2 (step 3) and n3 (step 4): 2 of 3, a majority",
        "of these, n2 had accepted 'a' at 1.n1 (step 2) and n3 nothing: the value of the highest, 'a', is the one to propose",
    ]


def test_a_decision_that_was_not_chosen_shows_who_had_accepted_it():
    told = phrases(DecidedIsChosen, ("n2", Accepted((1, "n2"), "a")), ("n1", Decided("a")), first=ACCEPTORS)
    assert told == ["'a' was accepted at ballot 1.n2 by n2 (step 1): 1 of 3, where a majority is 2"]
    told = phrases(DecidedIsChosen, ("n2", Accepted((1, "n2"), "a")), ("n1", Decided("z")), first=ACCEPTORS)
    assert told == ["nobody has accepted 'z'"]
