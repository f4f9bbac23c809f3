"""A process of Paxos as a whole: how it starts, and what it does once it has decided."""

import pytest
from lone_nodes import high, low, process, sent

import splitbrain.observations as say
from splitbrain.node import CancelTimer, Observe, Reply, Send, SetTimer
from splitbrain_protocols.paxos.messages import Accepted, Decision, Preempted, Prepare, Promise, Proposal, Query
from splitbrain_protocols.paxos.node import Paxos


def test_a_start_says_first_what_the_acceptor_found_and_again_what_is_decided():
    assert process().start() == [Observe(say.AcceptorStarted(None, None, None)), SetTimer("learn", 200, 400)]
    disk = {"promised": high(), "accepted": Proposal(low(), "v"), "decided": "v"}
    assert process(disk=disk).start() == [Observe(say.AcceptorStarted(high(), low(), "v")), Observe(say.Decided("v"))]
    assert process("n4", size=4, learning="learner").start() == [SetTimer("learn", 200, 400)]


def test_a_process_that_is_alone_decides_in_one_go():
    for learning in ("proposer", "learner"):
        node = Paxos("n1", [], {}, learning=learning)
        effects = node.request("r", "v")
        assert effects[-1] == Reply("r", "v")
        assert effects.index(CancelTimer("retry")) > effects.index(SetTimer("retry", 100, 200))


def test_a_decided_process_learns_and_proposes_no_more_but_its_acceptor_goes_on():
    node = process(disk={"decided": "w"})
    for message in (Decision("x"), Accepted(low(), "x"), Promise(low(), None), Preempted(low(), high())):
        assert node.receive("n2", message) == ()
    assert list(node.receive("n2", Query())) == [Send("n2", Decision("w"))]
    assert sent(node.receive("n2", Prepare(low("n2")))) == [("n2", Promise(low("n2"), None))]
    assert node.timeout("retry") == ()


def test_an_option_that_nobody_knows_is_refused_by_its_name():
    with pytest.raises(TypeError, match="leases"):
        process(leases=True)


def test_a_client_of_a_decided_process_is_told_the_decision_at_once():
    assert process(disk={"decided": "w"}).request("r", "v") == (Reply("r", "w"),)
