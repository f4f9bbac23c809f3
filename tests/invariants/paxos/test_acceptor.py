"""Paxos: traces that satisfy each invariant of ballots, promises and choices, and traces that break it."""

import pytest

from splitbrain.events import Crashed, Observed, Started
from splitbrain.invariant import Monitor
from splitbrain.observations import Accepted, AcceptorStarted, Decided, Promised, Proposed
from splitbrain_invariants import (
    AcceptedIsDurable,
    DecidedIsChosen,
    OneChosenValue,
    OneValuePerBallot,
    PromisesKept,
    ProposedIsSafe,
)


def fold(invariant, happenings):
    """The violation, which must come at the last happening; a pair is an observation at its place, from step 1."""
    monitor = Monitor((invariant,))
    events = [Observed(place, *each) if type(each) is tuple else each for place, each in enumerate(happenings, 1)]
    for event in events[:-1]:
        assert monitor.observe(event) is None, monitor.violation
    return monitor.observe(events[-1]), events


def cluster(size, acceptors=None):
    """The first start of n1, n2, ...; the first ``acceptors`` of them (all, when left out) say that they are."""
    happenings = []
    for number in range(1, size + 1):
        happenings.append(Started(0, f"n{number}", 1))
        if acceptors is None or number <= acceptors:
            happenings.append(Observed(0, f"n{number}", AcceptorStarted(None, None, None)))
    return happenings


def restart(node):
    return [Crashed(50, node, 0, 0), Started(51, node, 2)]


def promised(ballot, *nodes):
    return [(node, Promised(ballot)) for node in nodes]


def accepted(ballot, value, *nodes):
    return [(node, Accepted(ballot, value)) for node in nodes]


KEPT = {
    "promises rise": (PromisesKept, [*promised(1, "n1"), *promised(3, "n1"), *accepted(3, "a", "n1"), *promised(4, "n1")]),
    "a prepare is answered again": (PromisesKept, [*promised(1, "n1"), *promised(1, "n1")]),
    "ballots are pairs": (PromisesKept, [*promised((1, "n1"), "n1"), *promised((1, "n2"), "n1"), *accepted((1, "n2"), "a", "n1")]),
    "acceptors promise for themselves": (PromisesKept, [*promised(2, "n1"), *promised(1, "n2"), *accepted(1, "a", "n2")]),
    "accepting needs no promise": (PromisesKept, [*accepted(1, "a", "n1")]),
    "accepting is no promise": (PromisesKept, [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), *promised(1, "n1")]),
    "a promise is recovered": (PromisesKept, [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))]),
    "an unanswered promise is recovered": (PromisesKept, [*promised(2, "n1"), ("n1", AcceptorStarted(3, None, None))]),
    "what was accepted stands for the promise": (
        PromisesKept,
        [*promised(2, "n1"), *accepted(3, "a", "n1"), ("n1", AcceptorStarted(None, 3, "a"))],
    ),
    "an acceptor that does not say what it found": (PromisesKept, [*promised(2, "n1"), *restart("n1"), *promised(3, "n1")]),
    "what was accepted is recovered": (AcceptedIsDurable, [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(2, 2, "a"))]),
    "something higher is recovered": (AcceptedIsDurable, [*accepted(2, "a", "n1"), ("n1", AcceptorStarted(3, 3, "a"))]),
    "nothing had been accepted": (AcceptedIsDurable, [*promised(2, "n1"), ("n1", AcceptorStarted(2, None, None))]),
    "the highest is kept, not the last": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(None, 2, "a"))],
    ),
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
    "a decision in a slot is another protocol's": (
        DecidedIsChosen,
        [*cluster(3), *accepted(1, "a", "n1"), ("n3", Decided("b", 1))],
    ),
}

BROKEN = {
    "an acceptor promises below its promise": (
        PromisesKept,
        [*promised(2, "n1"), *promised(1, "n1")],
        ("PromisesKept(Promised, Promised)", [0, 1], "n1 promised ballot 2, and then promised 1"),
    ),
    "an acceptor accepts below its promise": (
        PromisesKept,
        [*promised(1, "n1"), *promised(2, "n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [1, 2], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "a promise is lost in a restart": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(None, None, None))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of none"),
    ),
    "an older promise is recovered": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "a"))],
        ("PromisesKept(Promised, AcceptorStarted)", [0, 3], "n1 promised ballot 2, and restarted knowing of only 1"),
    ),
    "an acceptor that is silent about its disk accepts below its promise": (
        PromisesKept,
        [*promised(2, "n1"), *restart("n1"), *accepted(1, "a", "n1")],
        ("PromisesKept(Promised, Accepted)", [0, 3], "n1 promised ballot 2, and then accepted 'a' at ballot 1"),
    ),
    "what was accepted is lost in a restart": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *restart("n1"), ("n1", AcceptorStarted(2, None, None))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 3],
            "n1 accepted 'a' at ballot 2, and restarted with nothing",
        ),
    ),
    "what was found after a crash, and had not been said, is lost in the next": (
        AcceptedIsDurable,
        [("n1", AcceptorStarted(1, 2, "a")), *accepted(1, "b", "n1"), *restart("n1"), ("n1", AcceptorStarted(1, 1, "b"))],
        (
            "AcceptedIsDurable(AcceptorStarted, AcceptorStarted)",
            [0, 4],
            "n1 had accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
    "a lower proposal, accepted later, has replaced a higher one": (
        AcceptedIsDurable,
        [*accepted(2, "a", "n1"), *accepted(1, "b", "n1"), ("n1", AcceptorStarted(2, 1, "b"))],
        (
            "AcceptedIsDurable(Accepted, AcceptorStarted)",
            [0, 2],
            "n1 accepted 'a' at ballot 2, and restarted with 'b' at 1",
        ),
    ),
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
}


@pytest.mark.parametrize(("invariant", "happenings"), KEPT.values(), ids=KEPT)
def test_is_kept_when(invariant, happenings):
    assert fold(invariant, happenings)[0] is None


@pytest.mark.parametrize(("invariant", "happenings", "expected"), BROKEN.values(), ids=BROKEN)
def test_is_broken_when(invariant, happenings, expected):
    fingerprint, places, summary = expected
    violation, events = fold(invariant, happenings)
    assert violation.fingerprint == fingerprint
    assert violation.evidence == tuple(events[place] for place in places)
    assert violation.summary == summary
