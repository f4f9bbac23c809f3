"""Who is who in a cluster of Paxos, and what a quorum is."""

import pytest
from lone_nodes import low, process, sent

import splitbrain.observations as say
from splitbrain.node import Observe, Refused, Reply, Send, SetTimer
from splitbrain_protocols.paxos.messages import Accepted, Decision, Prepare, Promise
from splitbrain_protocols.quorum import majority


@pytest.mark.parametrize(("size", "enough"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)])
def test_a_quorum_is_a_majority_of_the_acceptors(size, enough):
    assert majority(size) == enough
    assert process(size=size).has_quorum(enough)
    assert not process(size=size).has_quorum(enough - 1)
    assert process(size=size + 1, learning="learner").has_quorum(enough)


def test_the_spare_is_asked_like_an_acceptor_and_does_not_count():
    node = process(size=4, spare=True)
    assert (node.spare, node.acceptors, node.asked) == ("n4", ("n1", "n2", "n3"), ("n1", "n2", "n3", "n4"))
    assert [to for to, _ in sent(node.request("r", "v"))] == ["n2", "n3", "n4"]
    assert node.receive("n4", Promise(low(), None)) == ()
    assert Observe(say.Proposed(low(), "v")) in node.receive("n2", Promise(low(), None))
    assert node.receive("n4", Accepted(low(), "v")) == ()
    assert node.receive("n3", Accepted(low(), "v"))


def test_the_spare_answers_like_an_acceptor_and_does_not_say_that_it_is_one():
    node = process("n4", size=4, spare=True)
    assert node.start() == [SetTimer("learn", 200, 400)]
    assert sent(node.receive("n2", Prepare(low("n2")))) == [("n2", Promise(low("n2"), None))]


@pytest.mark.parametrize(("size", "learning", "spare"), [(1, "proposer", None), (2, "learner", None), (3, "learner", "n2")])
def test_where_nobody_else_would_be_left_to_accept_there_is_no_spare(size, learning, spare):
    assert process(size=size, learning=learning, spare=True).spare == spare


def test_the_last_node_is_the_learner_also_among_more_than_nine():
    assert process(size=11, learning="learner").learner == "n11"
    assert process("n4", size=4, learning="learner").request("r", "v") == (Reply("r", Refused()),)


def test_there_are_two_ways_to_learn():
    with pytest.raises(ValueError, match="learning='gossip': there is no such way to learn; use 'proposer' or 'learner'"):
        process(learning="gossip")


def test_only_acceptors_are_in_quorums():
    node = process(size=4, learning="learner", spare=True)
    assert [node.is_acceptor(name) for name in node.everybody] == [True, True, False, False]


def test_what_is_for_another_role_of_this_process_is_handled_on_the_spot():
    node = process()
    assert list(node.send("n2", Decision("v"))) == [Send("n2", Decision("v"))]
    assert Observe(say.Decided("v")) in node.send("n1", Decision("v"))
