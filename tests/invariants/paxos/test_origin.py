"""Origins: traces in which nothing comes from nowhere, traces in which something does, and what is said of it."""

import pytest
from acceptors import accepted, asked, found, promised, proposed, restart
from handwritten import assert_broken, fold, phrases

from splitbrain.observations import Accepted, Proposed
from splitbrain_invariants import AcceptedIsProposed, ProposedIsAskedFor

KEPT = {
    "what was proposed is accepted": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), *accepted(1, "a", "n1", "n2"), *proposed(2, "b", "n2"), *accepted(2, "b", "n3")],
    ),
    "ballots and values went through JSON": (
        AcceptedIsProposed,
        [*proposed((1, "n1"), ("set", "x", float("nan")), "n1"), *accepted([1, "n1"], ["set", "x", float("nan")], "n2")],
    ),
    "a ballot has two values, which is another invariant's affair": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), *proposed(1, "b", "n2"), *accepted(1, "b", "n1")],
    ),
    "each slot has its proposal": (
        AcceptedIsProposed,
        [
            *[*proposed(1, "a", "n1", slot=[1]), *proposed(1, "b", "n1", slot=[2])],
            *[*accepted(1, "a", "n2", slot=[1]), *accepted(1, "b", "n2", slot=[2])],
        ],
    ),
    "what was proposed is found": (
        AcceptedIsProposed,
        [*proposed(2, "a", "n1"), *restart("n2"), *found("n2", (2, None, None), (2, 2, "a"))],
    ),
    "nobody says what it proposes": (AcceptedIsProposed, [*accepted(1, "a", "n1"), *found("n2", (2, 2, "b"))]),
    "a proposer lost its power before it could say what it proposed": (
        AcceptedIsProposed,
        [
            *[*proposed(1, "a", "n1"), restart("n2")[0], *accepted(2, "b", "n1", "n3"), *restart("n3"), *found("n3", (2, 2, "b"))],
            *accepted(2, "b", "n1", slot=7),
        ],
    ),
    "it said so later": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), restart("n2")[0], *accepted(2, "b", "n1"), *proposed(2, "b", "n2"), *accepted(2, "b", "n3")],
    ),
    "what a client asked for is proposed and accepted": (
        ProposedIsAskedFor,
        [
            *asked("a", (1, 2)),
            *proposed(1, "a", "n1"),
            *accepted(1, "a", "n1"),
            *proposed(2, [1, 2], "n1"),
            *accepted(2, [1, 2], "n2"),
        ],
    ),
    "a no-op fills a slot": (ProposedIsAskedFor, [*proposed(1, None, "n1", slot=4), *accepted(1, None, "n2", slot=4)]),
    "an acceptor finds that it had accepted nothing": (
        ProposedIsAskedFor,
        [*asked("a"), *promised(1, "n1"), *found("n1", (1, None, None), (1, 1, "a"))],
    ),
    "acceptors accept what the others do not tell of": (ProposedIsAskedFor, [*asked({1: 2}), *accepted((1, "n1"), {1: 2}, "n1")]),
}

BROKEN = {
    "nothing was proposed at that ballot": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), *accepted(2, "a", "n2")],
        ("AcceptedIsProposed(Accepted)", [1], "n2 accepted 'a' at ballot 2, which nobody had proposed"),
    ),
    "another value was proposed at that ballot": (
        AcceptedIsProposed,
        [*proposed(1, 1, "n1"), restart("n3")[0], *accepted(1, True, "n2")],
        ("AcceptedIsProposed(Accepted)", [2], "n2 accepted True at ballot 1, which nobody had proposed"),
    ),
    "it was proposed in another slot": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1", slot=1), *accepted(1, "a", "n2", slot=True)],
        ("AcceptedIsProposed(Accepted)", [1], "n2 accepted 'a' at ballot 1 in slot True, which nobody had proposed"),
    ),
    "a torn write joins a new ballot, which was never proposed, to an old value": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), *accepted(1, "a", "n2"), *restart("n2"), *found("n2", (3, 3, "a"))],
        ("AcceptedIsProposed(AcceptorStarted)", [4], "n2 restarted having accepted 'a' at ballot 3, which nobody had proposed"),
    ),
    "one crash does not explain two ballots": (
        AcceptedIsProposed,
        [*proposed(1, "a", "n1"), restart("n2")[0], *accepted(2, "b", "n1"), *accepted(3, "b", "n1")],
        ("AcceptedIsProposed(Accepted)", [3], "n1 accepted 'b' at ballot 3, which nobody had proposed"),
    ),
    "a proposal out of nowhere": (
        ProposedIsAskedFor,
        [*asked("a"), *proposed(1, "a", "n1"), *proposed(2, "zzz", "n1")],
        ("ProposedIsAskedFor(Proposed)", [2], "n1 proposed 'zzz' at ballot 2, which no client had asked for"),
    ),
    "an acceptance out of nowhere": (
        ProposedIsAskedFor,
        [*asked(1), *accepted((1, "n1"), True, "n1", slot=3)],
        ("ProposedIsAskedFor(Accepted)", [1], "n1 accepted True at ballot 1.n1 in slot 3, which no client had asked for"),
    ),
    "a disk that was written on by nobody": (
        ProposedIsAskedFor,
        [*asked("a"), *found("n1", (1, 1, "b"))],
        ("ProposedIsAskedFor(AcceptorStarted)", [1], "n1 restarted having accepted 'b' at ballot 1, which no client had asked for"),
    ),
    "a no-op is no single decision": (
        ProposedIsAskedFor,
        [*asked("a"), *proposed(1, None, "n1")],
        ("ProposedIsAskedFor(Proposed)", [1], "n1 proposed None at ballot 1, which no client had asked for"),
    ),
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    assert_broken(invariant, happenings, expected)


def test_what_nobody_had_proposed_is_set_against_what_was():
    one = ("n1", Proposed((1, "n1"), "a"))
    assert phrases(AcceptedIsProposed, one, ("n2", Accepted((1, "n1"), "b"))) == ["at that ballot, n1 proposed 'a' (step 1)"]
    assert phrases(AcceptedIsProposed, one, ("n2", Accepted((2, "n1"), "a"))) == ["n1 proposed 'a' at ballot 1.n1 (step 1)"]
    assert phrases(AcceptedIsProposed, one, ("n2", Accepted((2, "n1"), "b"))) == [
        "nobody had proposed 'b', nor anything at ballot 2.n1"
    ]


def test_what_nobody_had_asked_for_is_set_against_what_was():
    assert phrases(ProposedIsAskedFor, ("n1", Proposed(1, "a"))) == ["no client had asked for anything"]
