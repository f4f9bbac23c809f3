"""The learner, decision by decision: when a value is chosen, and who is told."""

from lone_nodes import high, low, process, sent

import splitbrain.observations as say
from splitbrain.node import CancelTimer, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import Accepted, Decision, Query


def test_a_proposal_is_chosen_by_a_majority_for_it_and_for_no_other_with_the_same_value():
    node = process(size=5)
    votes = [("n1", low()), ("n2", low()), ("n3", high()), ("n3", low())]
    assert [node.is_chosen(name, Accepted(ballot, "v")) for name, ballot in votes] == [False, False, False, True]


def test_an_acceptance_of_one_who_is_no_acceptor_does_not_count():
    node = process(size=2, learning="learner")
    assert not node.is_acceptor("n2")
    assert node.receive("n2", Accepted(low(), "v")) == ()
    assert Observe(say.Decided("v")) in node.receive("n1", Accepted(low(), "v"))


def test_an_acceptor_whose_acceptance_arrives_twice_counts_once():
    node = process(size=4)
    assert [node.count_accepted(name, Accepted(low(), "v")) for name in ("n2", "n2", "n3")] == [1, 1, 2]


def test_acceptances_of_different_ballots_are_counted_apart():
    node = process(size=5)
    node.receive("n2", Accepted(low(), "v"))
    node.receive("n3", Accepted(low(), "v"))
    assert node.receive("n4", Accepted(high(), "v")) == ()


def test_a_decision_is_written_before_it_is_said():
    assert process().persist_then_decide("v") == [Write("decided", "v"), Sync(), Observe(say.Decided("v"))]


def test_a_decision_is_stored_before_clients_and_others_are_told():
    node = process()
    node.request("r", "v")
    node.receive("n2", Accepted(low("n2"), "w"))
    assert node.receive("n3", Accepted(low("n2"), "w")) == [
        CancelTimer("retry"),
        Write("decided", "w"),
        Sync(),
        Observe(say.Decided("w")),
        Reply("r", "w"),
        Send("n2", Decision("w")),
        Send("n3", Decision("w")),
    ]


def test_one_who_is_told_the_decision_tells_nobody_else():
    assert sent(process().receive("n2", Decision("w"))) == []


def test_a_learner_that_has_heard_of_nothing_asks_everybody_again_and_again():
    node = process()
    assert node.timeout("learn") == [SetTimer("learn", 200, 400), Send("n2", Query()), Send("n3", Query())]
