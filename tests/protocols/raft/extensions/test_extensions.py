"""Raft's options beyond the paper's Figure 2, decision by decision: pre-vote, quorum check, loyalty, an asynchronous disk."""

import pytest

from splitbrain.node import CancelTimer, Observe, Send, SetTimer, Sync, Write
from splitbrain.observations import Appended, EnteredTerm, SteppedDown, Tracked
from splitbrain_protocols.raft.core.messages import (
    AppendEntries,
    AppendEntriesReply,
    Entry,
    RequestVote,
    RequestVoteReply,
    label,
)
from splitbrain_protocols.raft.extensions.prevote import PreVote, PreVoteReply
from splitbrain_protocols.raft.node import Raft

ELECTION = SetTimer("election", 150, 300)
QUORUM = SetTimer("quorum", 300, 300)
FIVE = ("n2", "n3", "n4", "n5")


def node(term=0, terms=(), peers=("n2", "n3"), **options):
    """A node that has been in ``term``, and whose entries have these terms."""
    disk = {("log", index): Entry(each, f"v{index}") for index, each in enumerate(terms, 1)}
    return Raft("n1", peers, disk | {"term_and_vote": (term, None)}, **options)


def leader(**start):
    raft = node(**start)
    raft.start_election()
    for peer in raft.peers[: len(raft.peers) // 2 + 1]:
        raft.receive(peer, RequestVoteReply(raft.current_term, True))
    assert raft.role == "leader"
    return raft


def sent(effects):
    return [(each.to, each.message) for each in effects if type(each) is Send]


def test_the_options_are_off_unless_asked_for():
    raft = node()
    assert sent(raft.timeout("election"))[0] == ("n2", RequestVote(1, 0, 0))
    raft = leader()
    raft.receive("n2", RequestVote(9, 0, 0))
    assert (raft.role, raft.current_term) == ("follower", 9)


# Bounded requests


def test_a_request_holds_at_most_so_many_entries_and_the_acknowledgement_brings_the_next():
    raft = leader(batch=2)
    for number in (1, 2, 3):
        raft.request(f"r{number}", f"x{number}")
    first = AppendEntries(1, 0, 0, (Entry(1, "x1"), Entry(1, "x2")), 0)
    assert raft.append_entries("n2") == Send("n2", first)
    effects = raft.receive("n2", AppendEntriesReply(1, True, 2))
    assert sent(effects) == [("n2", AppendEntries(1, 2, 1, (Entry(1, "x3"),), 2))]


# Pre-vote (Ongaro's dissertation, 9.6)


def test_an_election_timeout_raises_no_term_before_a_majority_would_vote():
    """9.6: "a candidate only increments its term if it first learns from a majority of the cluster that they would be willing"."""
    raft = node(3, (1, 3), pre_vote=True, peers=FIVE)
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
    raft = node(3, (1, 3), pre_vote=True)
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


# Quorum check (Ongaro's dissertation, 6.2)


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


# An asynchronous disk


def appended(raft, term, *entries, prev=0, prev_term=0):
    return raft.receive("n2", AppendEntries(term, prev, prev_term, tuple(Entry(*each) for each in entries), 0))


def test_entries_are_acknowledged_when_the_disk_has_answered_and_the_node_does_not_wait():
    raft = node(1, async_disk=True)
    entry = Entry(1, "x")
    assert appended(raft, 1, (1, "x")) == [ELECTION, Write(("log", 1), entry), Observe(Appended(1, 1, "x")), Sync("1 1")]
    assert raft.synced("1 1") == [Send("n2", AppendEntriesReply(1, True, 1))]


def test_entries_that_are_there_already_are_acknowledged_at_once_if_they_are_stable_and_else_later():
    """Figure 2: what is answered is on stable storage, whether this request brought it or another one."""
    raft = node(1, (1,), async_disk=True)
    assert appended(raft, 1, prev=1, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 1))]
    appended(raft, 1, (1, "x"), prev=1, prev_term=1)
    assert appended(raft, 1, prev=2, prev_term=1) == [ELECTION, Sync("1 2")]
    assert appended(raft, 1, prev=1, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 1))]
    raft.synced("1 2")
    assert appended(raft, 1, prev=2, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 2))]


def test_an_index_is_stable_no_more_when_other_entries_take_its_place():
    raft = node(1, (1, 1), async_disk=True)
    appended(raft, 2, (2, "y"), prev=1, prev_term=1)
    assert [raft.is_stable(index) for index in (1, 2)] == [True, False]


def test_what_the_disk_answers_about_an_earlier_term_says_nothing_about_the_log_of_this_one():
    raft = node(1, async_disk=True)
    appended(raft, 1, (1, "x"))
    appended(raft, 2, (2, "y"))
    assert raft.synced("1 1") == ()
    assert not raft.is_stable(1)
    assert raft.synced("2 1") == [Send("n2", AppendEntriesReply(2, True, 1))]


def test_without_a_leader_there_is_nobody_to_tell_and_still_the_entries_are_stable():
    raft = node(1, async_disk=True, pre_vote=True)
    appended(raft, 1, (1, "x"))
    raft.timeout("election")
    assert raft.synced("1 1") == ()
    assert raft.is_stable(1)


def test_a_leader_waits_for_its_disk_and_knows_its_own_entries_to_be_stable():
    raft = leader(async_disk=True)
    assert Sync() in raft.request("r1", "x")
    assert raft.is_stable(1)
    assert raft.receive("n2", AppendEntriesReply(1, True, 1))[0] == Observe(Tracked("n2", 1, 2))
