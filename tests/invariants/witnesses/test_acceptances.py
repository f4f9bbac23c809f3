"""Who promised and accepted what: the quorums, and that in words."""

from acceptors import FLEXIBLE, cluster
from handwritten import ACCEPTORS, cut, trace, up

from splitbrain.events import Observed, Started
from splitbrain.observations import Accepted, AcceptorStarted, Promised, Proposed
from splitbrain_invariants.witnesses.acceptances import (
    accepted,
    accepters,
    acceptors,
    promise_quorum,
    promisers,
    rivals,
    support,
)


def events(*happenings):
    return trace(*happenings, first=ACCEPTORS)


def said(witnesses):
    return [witness.phrase for witness in witnesses]


def test_acceptors_are_those_who_say_so_at_first_else_everybody():
    one = [Started(0, "n1", 1), Started(0, "n2", 1), Observed(0, "n2", AcceptorStarted(None, None, None))]
    assert list(acceptors(one).members) == ["n2"]
    assert list(acceptors(trace()).members) == ["n1", "n2", "n3"]


def test_what_is_found_on_a_disk_was_accepted():
    happened = events(("n1", Accepted(1, "a")), cut("n2"), up("n2"), ("n2", AcceptorStarted(1, 1, "a")))
    assert [(event.node, number, value) for event, number, value in accepted(happened)] == [("n1", 1, "a"), ("n2", 1, "a")]
    assert accepters(happened, 1, "a") == {"n1": 1, "n2": 4}


def test_the_first_time_counts():
    happened = events(("n1", Promised(1)), ("n1", Promised(1)), ("n1", Accepted(1, "a")), ("n1", Accepted(1, "a")))
    assert promisers(happened, 1) == {"n1": 1}
    assert accepters(happened, 1, "a") == {"n1": 3}


def test_a_value_is_supported_at_the_ballot_where_most_accepted_it():
    who, witness = support(
        events(("n1", Accepted(1, "a")), ("n2", Accepted(2, "a")), ("n3", Accepted(2, "a")), ("n1", Accepted(3, "a"))), "a"
    )
    assert who == {"n2": 2, "n3": 3}
    assert witness.phrase == "'a' was accepted at ballot 2 by n2 (step 2) and n3 (step 3): 2 of 3, a majority"
    assert (witness.nodes, witness.steps) == (("n2", "n3"), (2, 3))


def test_a_value_that_nobody_accepted_has_no_support():
    assert support(events(("n1", Accepted(1, "a"))), "b")[1].phrase == "nobody has accepted 'b'"
    assert support(events(), "b") == ({}, None)


def test_rivals_may_have_an_acceptor_in_common():
    one = [("n1", Accepted(1, "a")), ("n2", Accepted(1, "a"))]
    told = said(rivals(events(*one, ("n2", Accepted(2, "b")), ("n3", Accepted(2, "b"))), "a", "b"))
    assert told[2] == "in both: n2 at step 2, and at step 3"
    told = said(rivals(events(*one, ("n3", Accepted(2, "b"))), "a", "b"))
    assert told[2] == "no acceptor is in both; of two majorities, one would have had to be"
    assert said(rivals(events(*one), "a", "b"))[1:] == ["nobody has accepted 'b'"]


def proposal(*happenings):
    happened = events(*happenings, ("n1", Proposed(3, "c")))
    return said(promise_quorum(happened, happened[-1]))


def test_a_proposal_that_nobody_promised():
    assert proposal(("n2", Promised(2))) == ["nobody had promised ballot 3"]


def test_promisers_that_had_accepted_nothing_below():
    assert proposal(("n1", Promised(3)), ("n2", Promised(3)), ("n3", Accepted(1, "a")), ("n2", Accepted(3, "c"))) == [
        "ballot 3 was promised by n1 (step 1) and n2 (step 2): 2 of 3, a majority",
        "none of them had accepted anything below it",
    ]


def test_of_what_promisers_had_accepted_the_highest_is_the_one_to_propose():
    accepted_below = [("n1", Accepted(2, "b")), ("n1", Accepted(1, "a")), ("n2", Accepted(1, "a"))]
    told = proposal(*accepted_below, *((node, Promised(3)) for node in ("n1", "n2", "n3")))
    assert told[1] == (
        "of these, n1 had accepted 'b' at 2 (step 1), n2 had accepted 'a' at 1 (step 3) and n3 nothing: "
        "the value of the highest, 'b', is the one to propose"
    )


def test_where_other_quorums_are_declared_they_are_what_is_spoken_of():
    two = [("n1", Accepted(1, "a")), ("n2", Accepted(1, "a")), ("n3", Accepted(2, "b")), ("n4", Accepted(2, "b"))]
    happened = [*FLEXIBLE, *(Observed(step, *each) for step, each in enumerate(two, 1))]
    assert said(rivals(happened, "a", "b")) == [
        "'a' was accepted at ballot 1 by n1 (step 1) and n2 (step 2): 2 of 4, a quorum",
        "'b' was accepted at ballot 2 by n3 (step 3) and n4 (step 4): 2 of 4, a quorum",
        "no acceptor is in both",
    ]
    proposed = Observed(9, "n3", Proposed(2, "b"))
    promised = [Observed(7, "n3", Promised(2)), Observed(8, "n4", Promised(2))]
    assert said(promise_quorum([*FLEXIBLE, *promised, proposed], proposed))[0] == (
        "ballot 2 was promised by n3 (step 7) and n4 (step 8): 2 of 4, where a majority is 3"
    )


def test_what_happened_in_another_slot_is_no_part_of_it():
    happened = events(
        *[("n1", Accepted(1, "a", 1)), ("n2", Accepted(1, "a", True)), ("n3", Accepted(1, "a")), ("n2", Promised(2))],
        *[("n1", Promised(2, 1)), ("n3", Promised(2, 7)), ("n1", Proposed(2, "b", 1))],
    )
    assert accepters(happened, 1, "a", 1) == {"n1": 1}
    assert promisers(happened, 2, 1) == {"n2": 4, "n1": 5}
    assert (
        support(happened, "a", 1)[1].phrase
        == "'a' was accepted at ballot 1 in slot 1 by n1 (step 1): 1 of 3, where a majority is 2"
    )
    assert support(happened, "z", 1)[1].phrase == "nobody has accepted 'z' in slot 1"
    assert support(happened, "a", 2)[1] is None
    assert said(promise_quorum(happened, happened[-1]))[1].startswith("of these, n1 had accepted 'a' at 1 (step 1) and n2 nothing")


def test_who_is_no_acceptor_is_named_and_not_counted():
    happened = [*cluster(4, acceptors=3), Observed(1, "n1", Accepted(1, "a")), Observed(2, "n4", Accepted(1, "a"))]
    assert support(happened, "a")[1].phrase == (
        "'a' was accepted at ballot 1 by n1 (step 1) and n4 (step 2): 1 of 3, where a majority is 2; n4 is no acceptor"
    )
