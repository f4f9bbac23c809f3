"""Each decision of Paxos by itself: what is promised, accepted, proposed, counted; and in which order things happen."""

import pytest

import splitbrain.observations as say
from splitbrain.node import CancelTimer, Erase, Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import (
    NO_BALLOT,
    Accept,
    Accepted,
    Ballot,
    Decision,
    Preempted,
    Prepare,
    Promise,
    Proposal,
    Query,
)
from splitbrain_protocols.paxos.node import Paxos
from splitbrain_protocols.paxos.scenario import can_progress, label
from splitbrain_protocols.quorum import majority


def process(me="n1", size=3, disk=None, learning="proposer", **options):
    return Paxos(me, [f"n{n}" for n in range(1, size + 1) if f"n{n}" != me], disk or {}, learning=learning, **options)


def low(proposer="n1"):
    return Ballot(1, proposer)


def high(proposer="n1"):
    return Ballot(2, proposer)


def sends(effects):
    return [effect for effect in effects if type(effect) is Send]


def test_ballots_are_ordered_by_round_and_then_by_proposer():
    assert Ballot(1, "n1") < Ballot(1, "n2") < Ballot(2, "n1")


@pytest.mark.parametrize(("size", "enough"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4)])
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


def test_only_a_promise_of_the_very_ballot_is_for_it():
    node = process()
    assert [node.answers(Promise(ballot, None), low()) for ballot in (low(), high(), low("n2"))] == [True, False, False]


def test_a_promise_that_comes_after_the_majority_changes_nothing():
    node = process(size=3)
    node.request("r", "v")
    assert Observe(say.Proposed(low(), "v")) in node.receive("n2", Promise(low(), None))
    assert node.preparing is None
    assert node.receive("n3", Promise(low(), Proposal(Ballot(0, "n3"), "w"))) == ()


def test_a_refusal_is_no_promise_and_lets_the_timer_run():
    node = process()
    node.request("r", "v")
    assert node.on_preempted("n2", Preempted(low(), high("n2"))) == ()
    assert (node.preparing, list(node.promises)) == (low(), ["n1"])


def test_the_spare_is_asked_like_an_acceptor_and_does_not_count():
    node = process(size=4, spare=True)
    assert (node.spare, node.acceptors, node.asked) == ("n4", ("n1", "n2", "n3"), ("n1", "n2", "n3", "n4"))
    assert [effect.to for effect in sends(node.request("r", "v"))] == ["n2", "n3", "n4"]
    assert node.receive("n4", Promise(low(), None)) == ()
    assert Observe(say.Proposed(low(), "v")) in node.receive("n2", Promise(low(), None))
    assert node.receive("n4", Accepted(low(), "v")) == ()
    assert node.receive("n3", Accepted(low(), "v"))


def test_the_spare_answers_like_an_acceptor_and_does_not_say_that_it_is_one():
    node = process("n4", size=4, spare=True)
    assert node.start() == [SetTimer("learn", 200, 400)]
    assert sends(node.receive("n2", Prepare(low("n2")))) == [Send("n2", Promise(low("n2"), None))]


@pytest.mark.parametrize(("size", "learning", "spare"), [(1, "proposer", None), (2, "learner", None), (3, "learner", "n2")])
def test_where_nobody_else_would_be_left_to_accept_there_is_no_spare(size, learning, spare):
    assert process(size=size, learning=learning, spare=True).spare == spare


def test_a_proposal_is_chosen_by_a_majority_for_it_and_for_no_other_with_the_same_value():
    node = process(size=5)
    votes = [("n1", low()), ("n2", low()), ("n3", high()), ("n3", low())]
    assert [node.is_chosen(name, Accepted(ballot, "v")) for name, ballot in votes] == [False, False, False, True]


def test_an_acceptance_of_one_who_is_no_acceptor_does_not_count():
    node = process(size=2, learning="learner")
    assert not node.is_acceptor("n2")
    assert node.receive("n2", Accepted(low(), "v")) == ()
    assert Observe(say.Decided("v")) in node.receive("n1", Accepted(low(), "v"))


def test_a_decision_is_written_before_it_is_said():
    assert process().persist_then_decide("v") == [Write("decided", "v"), Sync(), Observe(say.Decided("v"))]


def test_an_acceptor_prunes_only_once_it_knows_the_decision():
    node = process(disk={"promised": high(), "accepted": Proposal(low(), "v")}, pruning=True)
    assert node.start()[1] == SetTimer("prune", 500, 1000)
    assert node.timeout("prune") == [SetTimer("prune", 500, 1000)]
    assert (node.promised, node.accepted) == (high(), Proposal(low(), "v"))
    node.receive("n2", Decision("v"))
    assert not node.is_retired()
    assert node.timeout("prune") == [Erase("promised"), Erase("accepted"), Sync()]
    assert node.is_retired()


def test_an_acceptor_that_has_pruned_answers_with_the_decision_and_says_no_more_that_it_is_one():
    node = process(disk={"decided": "v"}, pruning=True)
    assert node.start() == [Observe(say.Decided("v"))]
    for message in (Prepare(low("n2")), Accept(low("n2"), "w", ("n2",))):
        assert list(node.receive("n2", message)) == [Send("n2", Decision("v"))]
    assert process(disk={"decided": "v"}).start()[0] == Observe(say.AcceptorStarted(None, None, None))


def test_who_may_lose_its_disk_leaves_a_mark_before_it_says_anything_else():
    assert process(disks="lost").start()[1:] == [Write("has run", True), Sync(), SetTimer("learn", 200, 400)]
    assert process().start() == [Observe(say.AcceptorStarted(None, None, None)), SetTimer("learn", 200, 400)]


def test_who_has_lost_its_disk_learns_and_does_nothing_else():
    node = process(disk={"has run": True, "promised": high(), "decided": "v"}, disks="lost")
    assert not node.may_take_part()
    assert (node.promised, node.decided) == (NO_BALLOT, False)
    assert node.start() == [SetTimer("learn", 200, 400)]
    assert node.receive("n2", Prepare(high("n2"))) == node.receive("n2", Accept(high("n2"), "v", ("n2",))) == ()
    assert node.request("r", "v") == (Reply("r", Refused()),)
    node.receive("n2", Accepted(low(), "w"))
    assert Observe(say.Decided("w")) in node.receive("n3", Accepted(low(), "w"))


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


def test_a_disk_is_kept_or_lost():
    with pytest.raises(ValueError, match="disks='eaten': disks have no such fate; use 'kept' or 'lost'"):
        process(disks="eaten")


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
    assert not can_progress((0, 3), 4, {"learning": "proposer", "spare": True})
    assert can_progress((0, 2), 4, {"learning": "proposer", "spare": True})
    assert can_progress((0,), 2, {"learning": "learner", "spare": True})
