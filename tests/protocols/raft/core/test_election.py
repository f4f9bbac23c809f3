"""Raft's elections, decision by decision: the candidate, and the voter."""

import pytest
from lone_nodes import ELECTION, candidate, node, sent

from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.observations import EnteredTerm, Led, Voted
from splitbrain_protocols.raft.core.messages import RequestVote, RequestVoteReply

# The candidate


def test_a_candidacy_is_durable_before_it_is_announced():
    raft = node(1, None, (1,))
    assert raft.timeout("election") == [
        Write("term_and_vote", (2, "n1")),
        Sync(),
        Observe(EnteredTerm(2)),
        Observe(Voted(2, "n1")),
        ELECTION,
        Send("n2", RequestVote(2, 1, 1)),
        Send("n3", RequestVote(2, 1, 1)),
    ]


def test_only_granted_votes_of_the_present_term_count_and_each_voter_once():
    raft = candidate(peers=("n2", "n3", "n4", "n5"))
    raft.timeout("election")
    assert raft.receive("n2", RequestVoteReply(1, True)) == ()
    assert raft.receive("n2", RequestVoteReply(2, False)) == ()
    assert raft.receive("n3", RequestVoteReply(2, True)) == ()
    assert raft.receive("n3", RequestVoteReply(2, True)) == ()
    assert raft.role == "candidate"
    assert Observe(Led(2)) in raft.receive("n2", RequestVoteReply(2, True))


def test_a_candidate_alone_in_its_cluster_has_won():
    raft = node(peers=())
    assert Observe(Led(1)) in raft.timeout("election")


def test_half_of_an_even_cluster_does_not_elect():
    raft = candidate(peers=("n2", "n3", "n4"))
    assert raft.receive("n2", RequestVoteReply(1, True)) == ()
    assert Observe(Led(1)) in raft.receive("n3", RequestVoteReply(1, True))


# The voter


def test_a_vote_is_durable_before_it_is_sent_and_resets_the_election_timer():
    raft = node(1)
    assert raft.receive("n2", RequestVote(2, 0, 0)) == [
        Write("term_and_vote", (2, None)),
        Sync(),
        Observe(EnteredTerm(2)),
        Write("term_and_vote", (2, "n2")),
        Sync(),
        Observe(Voted(2, "n2")),
        ELECTION,
        Send("n2", RequestVoteReply(2, True)),
    ]


@pytest.mark.parametrize(
    ("term", "voted_for", "granted"),
    [(2, None, False), (3, None, True), (3, "n2", True), (3, "n3", False), (3, "n1", False)],
)
def test_a_vote_is_given_once_a_term_first_come_first_served(term, voted_for, granted):
    raft = node(3, voted_for)
    effects = raft.receive("n2", RequestVote(term, 0, 0))
    assert sent(effects) == [("n2", RequestVoteReply(3, granted))]
    assert raft.voted_for == ("n2" if granted else voted_for)


def test_a_refused_candidate_does_not_reset_the_election_timer():
    assert node(3, "n3").receive("n2", RequestVote(3, 0, 0)) == [Send("n2", RequestVoteReply(3, False))]


@pytest.mark.parametrize(
    ("mine", "last_index", "last_term", "up_to_date"),
    [
        ((), 0, 0, True),
        ((1,), 0, 0, False),
        ((1, 1), 1, 1, False),
        ((1, 1), 2, 1, True),
        ((1, 1), 1, 2, True),
        ((1, 2), 5, 1, False),
        ((1, 2), 2, 2, True),
    ],
)
def test_the_later_last_term_decides_which_log_is_up_to_date_and_then_the_length(mine, last_index, last_term, up_to_date):
    assert node(5, None, mine).is_up_to_date(RequestVote(5, last_index, last_term)) is up_to_date
