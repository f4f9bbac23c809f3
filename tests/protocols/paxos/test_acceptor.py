"""The acceptor, decision by decision: what it promises and accepts, and what it stores before it says so."""

from lone_nodes import high, low, process, sent

import splitbrain.observations as say
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain_protocols.paxos.messages import Accept, Accepted, Ballot, Preempted, Prepare, Promise, Proposal, Query


def test_an_acceptor_promises_what_is_above_and_repeats_its_last_promise():
    node = process(disk={"promised": Ballot(2, "n2")})
    assert [node.may_promise(Ballot(2, name)) for name in ("n1", "n2", "n3")] == [False, True, True]


def test_an_acceptor_accepts_what_it_has_promised_and_all_above():
    node = process(disk={"promised": Ballot(2, "n2")})
    assert [node.may_accept(Ballot(2, name)) for name in ("n1", "n2", "n3")] == [False, True, True]


def test_to_accept_is_to_promise():
    node = process()
    node.receive("n2", Accept(high("n2"), "v", ("n2",)))
    assert node.promised == high("n2")


def test_a_promise_is_stored_before_it_is_said_and_said_before_it_is_sent():
    node = process(disk={"accepted": Proposal(low("n3"), "v")})
    assert node.receive("n2", Prepare(high("n2"))) == [
        Write("promised", high("n2")),
        Sync(),
        Observe(say.Promised(high("n2"))),
        Send("n2", Promise(high("n2"), Proposal(low("n3"), "v"))),
    ]


def test_an_acceptance_is_stored_before_it_is_said_and_its_promise_first_of_all():
    assert process().receive("n2", Accept(high("n2"), "v", ("n4", "n2"))) == [
        Write("promised", high("n2")),
        Write("accepted", Proposal(high("n2"), "v")),
        Sync(),
        Observe(say.Accepted(high("n2"), "v")),
        Send("n4", Accepted(high("n2"), "v")),
        Send("n2", Accepted(high("n2"), "v")),
    ]


def test_what_an_acceptor_ignores_it_answers_with_what_it_has_promised():
    node = process(disk={"promised": high("n3")})
    for message in (Prepare(low("n2")), Accept(low("n2"), "v", ("n2",))):
        assert list(node.receive("n2", message)) == [Send("n2", Preempted(low("n2"), high("n3")))]
    assert node.accepted is None


def test_a_query_is_answered_only_by_those_who_know_something():
    assert process().receive("n2", Query()) == ()
    node = process(disk={"accepted": Proposal(low(), "v")})
    assert list(node.receive("n2", Query())) == [Send("n2", Accepted(low(), "v"))]


def test_a_promise_reports_what_was_accepted_under_the_ballot_at_which_it_was():
    node = process()
    node.receive("n2", Accept(low("n2"), "v", ("n2",)))
    assert sent(node.receive("n3", Prepare(high("n3")))) == [("n3", Promise(high("n3"), Proposal(low("n2"), "v")))]
