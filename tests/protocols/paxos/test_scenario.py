"""What the scenario says of Paxos: its labels, and when it makes progress."""

from lone_nodes import high

from splitbrain_protocols.paxos.messages import Decision, Prepare
from splitbrain_protocols.paxos.scenario import can_progress, label


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
