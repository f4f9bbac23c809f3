"""What went on in a fair phase that did not end well, in words."""

from handwritten import ACCEPTORS, EMPTY_LOGS, fair, sent

from splitbrain.observations import Accepted, Appended, Decided, Promised, Proposed, Voted
from splitbrain_invariants import LogTermination, Termination

A = Appended(1, 1, "a")


def test_elections_that_nobody_wins_are_counted_and_the_logs_compared():
    assert fair(
        LogTermination,
        *[("n1", A), ("n2", Appended(1, 2, "b")), ("n1", Voted(3, "n1")), ("n2", Voted(4, "n2")), ("n1", Voted(5, "n1"))],
        first=EMPTY_LOGS,
    ) == [
        "elections in the fair phase, up to term 5: n1 stood 2 times, n2 once; nobody won",
        "logs in the end: that of n1 ends with entry 1 of term 1, that of n2 ends with entry 1 of term 2, that of n3 is empty",
    ]


def test_logs_of_which_neither_is_both_as_new_and_as_long_are_pointed_out():
    (told,) = fair(LogTermination, ("n1", A), ("n1", Appended(2, 1, "a")), ("n3", Appended(1, 2, "b")), first=EMPTY_LOGS)
    assert told.endswith("that of n3 ends with entry 1 of term 2; that of n3 is newer, that of n1 is longer")


def test_ballots_that_come_to_nothing_are_counted():
    talk = [sent(node, "n1" if node == "n2" else "n2", "Prepare") for node in ("n1", "n2", "n3")]
    assert fair(Termination, *talk, first=ACCEPTORS) == []
    assert fair(Termination, *talk, ("n1", Promised(1)), ("n2", Promised(2)), first=ACCEPTORS) == [
        "in the fair phase 2 ballots were promised; none of them came to a proposal"
    ]
    (told,) = fair(Termination, *talk, ("n1", Promised(1)), ("n1", Proposed(1, "a")), ("n1", Accepted(1, "a")), first=ACCEPTORS)
    assert told.endswith("1 of them came to a proposal, and none was accepted by more than 1 of 3, where a majority is 2")


def test_who_waits_for_a_decision_and_never_asks_is_named_with_the_decision():
    chosen = [("n1", Accepted((1, "n1"), "a")), ("n2", Accepted((1, "n1"), "a")), ("n1", Decided("a"))]
    known = [*ACCEPTORS, *chosen]
    assert fair(Termination, sent("n1", "n2", "Decision"), ("n2", Decided("a")), first=known) == [
        "'a' was accepted at ballot 1.n1 by n1 (from the start) and n2 (from the start): 2 of 3, a majority",
        "'a' was decided by n1 (from the start) and n2 (step 1)",
        "in the fair phase n3 sent nothing, and nobody sent anything to it",
    ]
    told = fair(Termination, sent("n1", "n2", "Decision"), first=known)
    assert told[-1] == "in the fair phase n2 and n3 sent nothing, and nobody sent anything to n3"
    told = fair(Termination, sent("n1", "n2", "Decision"), sent("n1", "n3", "Decision"), first=known)
    assert told[-1] == "in the fair phase n2 and n3 sent nothing"


def test_ballots_and_decisions_are_told_apart_by_their_slots():
    known = [
        *ACCEPTORS,
        ("n1", Accepted(1, "a", 1)),
        ("n2", Accepted(1, "a", 1)),
        ("n3", Accepted(1, "a", 2)),
        ("n1", Decided("a", 1)),
    ]
    told = fair(
        Termination,
        *[*(sent(node, "n1", "Prepare") for node in ("n2", "n3")), sent("n1", "n2", "Prepare")],
        *[("n1", Promised(1, 1)), ("n1", Promised(1, 2)), ("n1", Proposed(1, "a", 1)), ("n2", Accepted(1, "b", 3))],
        first=known,
    )
    assert told[0].endswith("1 of them came to a proposal, and none was accepted by more than 1 of 3, where a majority is 2")
    assert told[1:] == [
        "'a' was accepted at ballot 1 in slot 1 by n1 (from the start) and n2 (from the start): 2 of 3, a majority",
        "'a' was decided in slot 1 by n1 (from the start)",
    ]
