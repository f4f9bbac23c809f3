"""The proposer, decision by decision: its ballots, its majority, its value, its patience."""

import pytest
from lone_nodes import high, low, process

import splitbrain.observations as say
from splitbrain.node import CancelTimer, Observe, Send, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import Accept, Ballot, Preempted, Prepare, Promise, Proposal


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
