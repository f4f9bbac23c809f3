"""Pre-vote, decision by decision (Ongaro's dissertation, 9.6)."""

import pytest
from lone_nodes import ELECTION, FIVE, leader, node, sent

from splitbrain.node import Observe, Send, Write
from splitbrain.observations import EnteredTerm
from splitbrain_protocols.raft.core.messages import AppendEntries, RequestVote, label
from splitbrain_protocols.raft.extensions.prevote import PreVote, PreVoteReply


def test_an_election_timeout_raises_no_term_before_a_majority_would_vote():
    """9.6: "a candidate only increments its term if it first learns from a majority of the cluster that they would be willing"."""
    raft = node(3, terms=(1, 3), pre_vote=True, peers=FIVE)
    assert raft.timeout("election") == [ELECTION, *[Send(peer, PreVote(4, 2, 3)) for peer in FIVE]]
    assert (raft.current_term, raft.voted_for, raft.role) == (3, None, "follower")
    assert raft.receive("n2", PreVoteReply(4, True)) == ()
    assert raft.receive("n2", PreVoteReply(4, True)) == ()  # a copy
    effects = raft.receive("n3", PreVoteReply(4, True))
    assert effects[0] == Write("term_and_vote", (4, "n1"))
    assert ("n5", RequestVote(4, 2, 3)) in sent(effects)
    assert (raft.current_term, raft.role) == (4, "candidate")
    assert raft.receive("n4", PreVoteReply(4, True)) == ()


def test_a_single_node_needs_nobody_s_leave():
    raft = node(pre_vote=True, peers=())
    raft.timeout("election")
    assert (raft.role, raft.current_term) == ("leader", 1)


@pytest.mark.parametrize(
    ("asked", "granted"),
    [
        (PreVote(4, 2, 3), True),
        (PreVote(9, 2, 3), True),
        (PreVote(3, 2, 3), False),  # this very term: there may have been a vote in it
        (PreVote(4, 9, 2), False),  # a log that is behind
        (PreVote(4, 1, 3), False),
    ],
)
def test_a_pre_vote_is_for_a_term_to_come_and_a_log_that_is_up_to_date_and_changes_nothing(asked, granted):
    raft = node(3, terms=(1, 3), pre_vote=True)
    reply = PreVoteReply(asked.term, True) if granted else PreVoteReply(3, False)
    assert raft.receive("n2", asked) == [Send("n2", reply)]
    assert (raft.current_term, raft.voted_for) == (3, None)


def test_nobody_who_has_a_leader_grants_a_pre_vote_until_its_own_timer_runs_out():
    """9.6: "and the voters have not received heartbeats from a valid leader for at least a baseline election timeout"."""
    raft = node(3, pre_vote=True)
    raft.receive("n2", AppendEntries(3, 0, 0, (), 0))
    assert raft.receive("n3", PreVote(4, 0, 0)) == [Send("n3", PreVoteReply(3, False))]
    raft.timeout("election")
    assert raft.receive("n3", PreVote(4, 0, 0)) == [Send("n3", PreVoteReply(4, True))]


def test_a_leader_grants_no_pre_vote():
    assert leader(pre_vote=True).receive("n2", PreVote(2, 0, 0)) == [Send("n2", PreVoteReply(1, False))]


def test_a_denial_tells_whoever_is_behind_the_term():
    raft = node(1, pre_vote=True)
    raft.timeout("election")
    assert raft.receive("n2", PreVoteReply(1, False)) == ()
    assert Observe(EnteredTerm(5)) in raft.receive("n2", PreVoteReply(5, False))
    assert raft.current_term == 5


def test_a_term_to_come_is_adopted_neither_from_who_asks_about_it_nor_from_who_gives_leave():
    for message in (PreVote(9, 0, 0), PreVoteReply(9, True)):
        raft = node(1)
        raft.receive("n2", message)
        assert raft.current_term == 1


def test_a_leader_that_turns_up_ends_the_asking():
    raft = node(1, pre_vote=True)
    raft.timeout("election")
    raft.receive("n3", AppendEntries(1, 0, 0, (), 0))
    assert raft.receive("n2", PreVoteReply(2, True)) == ()
    assert (raft.current_term, raft.leader_id) == (1, "n3")


def test_a_pre_vote_of_another_term_does_not_count():
    raft = node(1, pre_vote=True)
    raft.timeout("election")
    raft.receive("n3", RequestVote(2, 0, 0))
    assert raft.receive("n2", PreVoteReply(2, True)) == ()
    assert raft.role == "follower"


def test_a_pre_vote_is_labelled_with_the_term_that_is_asked_about():
    assert label(PreVote(4, 0, 0)) == ("PreVote", 4)
