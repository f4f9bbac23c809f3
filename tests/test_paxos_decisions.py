"""Each decision of Paxos by itself: what is promised, accepted, proposed, counted; and in which order things happen."""

import pytest

import harness.observations as say
from harness.node import CancelTimer, Observe, Refused, Reply, Send, SetTimer, Sync, Write
from protocols.paxos.messages import Accept, Accepted, Ballot, Decision, Preempted, Prepare, Promise, Proposal, Query
from protocols.paxos.node import Paxos
from protocols.paxos.scenario import can_progress, label
from protocols.quorum import majority


def process(me="n1", size=3, disk=None, learning="proposer"):
    return Paxos(me, [f"n{n}" for n in range(1, size + 1) if f"n{n}" != me], disk or {}, learning=learning)


def low(proposer="n1"):
    return Ballot(1, proposer)


def high(proposer="n1"):
    return Ballot(2, proposer)


def sends(effects):
    return [effect for effect in effects if type(effect) is Send]


def test_ballots_are_ordered_by_round_and_then_by_proposer():
    assert Ballot(1, "n1") < Ballot(1, "n2") < Ballot(2, "n1")


@pytest.mark.parametrize(("size", "enough"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_a_quorum_is_a_majority_of_the_acceptors(size, enough):
    assert majority(size) == enough
    assert process(size=size).has_quorum(enough)
    assert not process(size=size).has_quorum(enough - 1)
    assert process(size=size + 1, learning="learner").has_quorum(enough)


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


def test_a_ballot_is_stored_before_it_is_used_and_its_own_acceptor_answers_on_the_spot():
    effects = process().request("r", "v")
    assert effects == [
        CancelTimer("learn"),
        Write("round", 1),
        Sync(),
        SetTimer("retry", 100, 200),
        Write("promised", low()),
        Sync(),
        Observe(say.Promised(low())),
        Send("n2", Prepare(low())),
        Send("n3", Prepare(low())),
    ]


def test_the_next_ballot_is_above_all_that_was_used_or_heard_of():
    assert process().next_ballot() == Ballot(1, "n1")
    assert process(disk={"round": 3}).next_ballot() == Ballot(4, "n1")
    node = process(disk={"round": 3})
    node.receive("n2", Prepare(Ballot(5, "n2")))
    assert node.next_ballot() == Ballot(6, "n1")
    node.receive("n2", Accept(Ballot(7, "n2"), "v", ("n2",)))
    assert node.next_ballot() == Ballot(8, "n1")
    node.receive("n2", Preempted(Ballot(3, "n1"), Ballot(9, "n3")))
    assert node.next_ballot() == Ballot(10, "n1")


@pytest.mark.parametrize(
    ("reports", "value"),
    [
        ([None, None], "own"),
        ([None, Proposal(low("n2"), "a")], "a"),
        ([Proposal(low("n2"), "a"), Proposal(low("n3"), "b")], "b"),
        ([Proposal(high("n1"), "a"), Proposal(low("n3"), "b")], "a"),
    ],
)
def test_the_value_is_that_of_the_highest_report_or_its_own(reports, value):
    node = process()
    node.command = "own"
    node.promises = {f"n{place}": report for place, report in enumerate(reports, 1)}
    assert node.value_to_propose() == value


def test_promises_for_an_earlier_ballot_do_not_count():
    node = process(size=5)
    node.request("r", "v")
    node.receive("n2", Promise(Ballot(1, "n1"), None))
    node.timeout("retry")
    assert node.receive("n3", Promise(Ballot(1, "n1"), None)) == ()
    assert node.receive("n3", Promise(Ballot(2, "n1"), None)) == ()
    assert Observe(say.Proposed(Ballot(2, "n1"), "v")) in node.receive("n4", Promise(Ballot(2, "n1"), None))


def test_an_acceptor_whose_acceptance_arrives_twice_counts_once():
    node = process(size=4)
    assert [node.count_accepted(name, Accepted(low(), "v")) for name in ("n2", "n2", "n3")] == [1, 1, 2]


def test_acceptances_of_different_ballots_are_counted_apart():
    node = process(size=5)
    node.receive("n2", Accepted(low(), "v"))
    node.receive("n3", Accepted(low(), "v"))
    assert node.receive("n4", Accepted(high(), "v")) == ()


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
    assert sends(process().receive("n2", Decision("w"))) == []


def test_a_decided_process_learns_and_proposes_no_more_but_its_acceptor_goes_on():
    node = process(disk={"decided": "w"})
    for message in (Decision("x"), Accepted(low(), "x"), Promise(low(), None), Preempted(low(), high())):
        assert node.receive("n2", message) == ()
    assert list(node.receive("n2", Query())) == [Send("n2", Decision("w"))]
    assert sends(node.receive("n2", Prepare(low("n2")))) == [Send("n2", Promise(low("n2"), None))]
    assert node.timeout("retry") == ()


def test_a_query_is_answered_only_by_those_who_know_something():
    assert process().receive("n2", Query()) == ()
    node = process(disk={"accepted": Proposal(low(), "v")})
    assert list(node.receive("n2", Query())) == [Send("n2", Accepted(low(), "v"))]


def test_the_back_off_doubles_up_to_a_cap_and_leaves_room_for_jitter():
    node = process()
    node.request("r", "v")
    ranges = [node.back_off()]
    for _ in range(4):
        node.timeout("retry")
        ranges.append(node.back_off())
    assert ranges == [(100, 200), (200, 400), (400, 800), (400, 800), (400, 800)]


def test_a_proposer_that_tries_again_names_itself_as_a_learner_too():
    node = process(size=4, learning="learner")
    node.request("r", "v")
    first = node.learners()
    node.timeout("retry")
    assert (first, node.learners()) == (("n4",), ("n4", "n1"))
    assert process(size=4).learners() == ("n1",)


def test_the_last_node_is_the_learner_also_among_more_than_nine():
    assert process(size=11, learning="learner").learner == "n11"
    assert process("n4", size=4, learning="learner").request("r", "v") == (Reply("r", Refused()),)


def test_a_process_that_is_alone_decides_in_one_go():
    for learning in ("proposer", "learner"):
        node = Paxos("n1", [], {}, learning=learning)
        effects = node.request("r", "v")
        assert effects[-1] == Reply("r", "v")
        assert effects.index(CancelTimer("retry")) > effects.index(SetTimer("retry", 100, 200))


def test_there_are_two_ways_to_learn():
    with pytest.raises(ValueError, match="learning='gossip': there is no such way to learn; use 'proposer' or 'learner'"):
        process(learning="gossip")


def test_a_start_says_first_what_the_acceptor_found_and_again_what_is_decided():
    assert process().start() == [Observe(say.AcceptorStarted(None, None, None)), SetTimer("learn", 200, 400)]
    disk = {"promised": high(), "accepted": Proposal(low(), "v"), "decided": "v"}
    assert process(disk=disk).start() == [Observe(say.AcceptorStarted(high(), low(), "v")), Observe(say.Decided("v"))]
    assert process("n4", size=4, learning="learner").start() == [SetTimer("learn", 200, 400)]


def test_messages_are_labelled_with_their_round():
    assert label(Prepare(high())) == ("Prepare", 2)
    assert label(Decision("v")) == ("Decision", None)


def test_progress_takes_a_majority_of_the_acceptors():
    assert can_progress((0, 2), 3, {"learning": "proposer"})
    assert not can_progress((0, 2), 3, {"learning": "learner"})
    assert can_progress((0, 1), 3, {"learning": "learner"})
    assert can_progress((0, 1), 4, {"learning": "learner"})
