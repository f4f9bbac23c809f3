"""Quorum check (Ongaro's dissertation, 6.2) and loyalty (Raft, 6), decision by decision."""

from lone_nodes import ELECTION, FIVE, leader, node, sent

from splitbrain.node import CancelTimer, Observe, SetTimer
from splitbrain.observations import SteppedDown
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, RequestVote, RequestVoteReply

QUORUM = SetTimer("quorum", 300, 300)


def test_a_leader_without_word_from_a_majority_steps_down_in_its_own_term_and_keeps_its_vote():
    """6.2: it "steps down if an election timeout elapses without a successful round of heartbeats to a majority"."""
    raft = leader(check_quorum=True, peers=FIVE)
    raft.receive("n2", AppendEntriesReply(1, True, 0))
    assert raft.timeout("quorum") == [
        Observe(SteppedDown(1)),
        CancelTimer("heartbeat"),
        ELECTION,
        CancelTimer("quorum"),
    ]
    assert (raft.role, raft.leader_id) == ("follower", None)
    assert (raft.current_term, raft.voted_for) == (1, "n1")
    assert sent(raft.receive("n5", RequestVote(1, 0, 0))) == [("n5", RequestVoteReply(1, False))]


def test_any_reply_of_the_present_term_is_word_from_a_follower_and_the_next_check_starts_anew():
    raft = leader(check_quorum=True, peers=FIVE)
    raft.receive("n2", AppendEntriesReply(1, True, 0))
    raft.receive("n2", AppendEntriesReply(1, True, 0))
    raft.receive("n3", AppendEntriesReply(0, True, 0))
    assert raft.heard_from == ["n1", "n2"]
    raft.receive("n3", AppendEntriesReply(1, False, 0))
    assert raft.timeout("quorum") == [QUORUM]
    assert raft.role == "leader"
    assert Observe(SteppedDown(1)) in raft.timeout("quorum")


def test_only_a_leader_that_checks_has_the_timer():
    for check in (False, True):
        raft = node(check_quorum=check)
        raft.start_election()
        assert (QUORUM in raft.receive("n2", RequestVoteReply(1, True))) is check
        assert (CancelTimer("quorum") in raft.adopt_term(2)) is check
        assert CancelTimer("quorum") not in raft.adopt_term(3)


# Loyalty (Raft, 6)


def test_who_has_a_leader_disregards_requests_for_votes_until_its_own_timer_runs_out():
    """6: "servers disregard RequestVote RPCs when they believe a current leader exists"; no term is updated, no vote granted."""
    raft = node(1, loyal=True)
    raft.receive("n2", AppendEntries(1, 0, 0, (), 0))
    assert raft.receive("n3", RequestVote(5, 9, 1)) == ()
    assert raft.current_term == 1
    raft.timeout("election")
    assert sent(raft.receive("n3", RequestVote(5, 9, 1))) == [("n3", RequestVoteReply(5, True))]


def test_a_loyal_leader_makes_way_for_a_reply_of_a_higher_term_and_for_no_candidate():
    raft = leader(loyal=True)
    assert raft.receive("n3", RequestVote(5, 0, 0)) == ()
    assert Observe(SteppedDown(1)) in raft.receive("n3", AppendEntriesReply(5, False, 0))
