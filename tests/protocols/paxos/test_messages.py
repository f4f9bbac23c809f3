"""Ballots, and what they are compared by."""

from lone_nodes import low

from splitbrain_protocols.paxos.messages import NO_BALLOT, Ballot


def test_ballots_are_ordered_by_round_and_then_by_proposer():
    assert Ballot(1, "n1") < Ballot(1, "n2") < Ballot(2, "n1")


def test_no_ballot_is_below_every_ballot_that_anybody_proposes():
    assert low("n1") > NO_BALLOT
