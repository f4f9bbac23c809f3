"""Raft's log replication, the follower's side, decision by decision."""

import pytest
from lone_nodes import ELECTION, candidate, node, sent

from splitbrain.node import Erase, Observe, Send, Sync, Write
from splitbrain.observations import Appended, Applied, Committed, Truncated
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry, RequestVote, RequestVoteReply


def test_a_follower_that_hears_from_its_leader_keeps_its_vote():
    # 5.2: "Each server will vote for at most one candidate in a given term", which is not over when the leader is known.
    raft = node(2, "n2")
    raft.receive("n2", AppendEntries(2, 0, 0, (), 0))
    assert (raft.leader_id, raft.voted_for) == ("n2", "n2")
    assert sent(raft.receive("n3", RequestVote(2, 0, 0))) == [("n3", RequestVoteReply(2, False))]


def test_a_candidate_that_hears_from_the_leader_of_its_term_follows_it_and_keeps_its_vote():
    raft = candidate()
    raft.receive("n2", AppendEntries(1, 0, 0, (), 0))
    assert (raft.role, raft.leader_id, raft.voted_for) == ("follower", "n2", "n1")


def test_a_request_that_does_not_match_deletes_and_commits_nothing():
    # 5.3: only an entry that conflicts with a new one is deleted; leader_commit is about the leader's entries.
    raft = node(2, None, (1, 1))
    for request in (AppendEntries(2, 3, 2, (), 2), AppendEntries(2, 2, 2, (Entry(2, "x"),), 2)):
        assert raft.receive("n2", request) == [ELECTION, Send("n2", AppendEntriesReply(2, False, request.prev_log_index))]
    assert (raft.log.last_index, raft.commit_index) == (2, 0)


def test_the_acknowledgement_names_the_last_entry_of_the_request_new_or_not():
    raft = node(1, None, (1, 1, 1))
    request = AppendEntries(1, 0, 0, (Entry(1, "v1"), Entry(1, "v2")), 0)
    assert raft.matching_index(request) == 2
    assert raft.matching_index(AppendEntries(1, 3, 1, (), 0)) == 3


def test_an_append_entries_of_an_older_term_is_refused_and_changes_nothing():
    raft = node(3)
    assert raft.receive("n2", AppendEntries(2, 0, 0, (Entry(2, "x"),), 1)) == [Send("n2", AppendEntriesReply(3, False, 0))]
    assert raft.log.entries == []


@pytest.mark.parametrize(
    ("prev_index", "prev_term", "matches"), [(0, 0, True), (1, 1, True), (2, 2, True), (2, 1, False), (3, 2, False)]
)
def test_the_log_matches_where_it_has_an_entry_of_that_index_and_term(prev_index, prev_term, matches):
    effects = node(2, None, (1, 2)).receive("n2", AppendEntries(2, prev_index, prev_term, (), 0))
    assert effects == [ELECTION, Send("n2", AppendEntriesReply(2, matches, prev_index))]


def test_entries_are_durable_before_they_are_acknowledged():
    raft = node(1, None, (1,))
    entry = Entry(1, "x")
    assert raft.receive("n2", AppendEntries(1, 1, 1, (entry,), 0)) == [
        ELECTION,
        Write(("log", 2), entry),
        Observe(Appended(2, 1, "x")),
        Sync(),
        Send("n2", AppendEntriesReply(1, True, 2)),
    ]


def test_a_conflict_is_erased_from_the_tail_downwards_and_written_upwards():
    raft = node(2, None, (1, 1, 1, 1))
    new = (Entry(2, "a"), Entry(2, "b"))
    effects = raft.receive("n2", AppendEntries(2, 1, 1, new, 0))
    changes = [each for each in effects if type(each) in (Write, Erase)]
    assert changes == [
        Erase(("log", 4)),
        Erase(("log", 3)),
        Erase(("log", 2)),
        Write(("log", 2), new[0]),
        Write(("log", 3), new[1]),
    ]
    assert Observe(Truncated(2)) in effects


def test_entries_that_are_there_already_are_neither_written_again_nor_cut_off():
    raft = node(1, None, (1, 1, 1))
    old = (Entry(1, "v1"), Entry(1, "v2"))
    assert raft.receive("n2", AppendEntries(1, 0, 0, old, 0)) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 2))]
    assert raft.log.last_index == 3


def test_a_follower_commits_no_further_than_the_entries_it_was_sent():
    raft = node(1, None, (1, 1, 1))
    effects = raft.receive("n2", AppendEntries(1, 2, 1, (), 3))
    assert effects[2:] == [Observe(Committed(2, 1)), Observe(Applied(1, 1, "v1")), Observe(Applied(2, 1, "v2"))]
    assert (raft.commit_index, raft.last_applied) == (2, 2)


def test_an_old_request_does_not_take_the_commit_index_back():
    raft = node(1, None, (1, 1, 1))
    raft.receive("n2", AppendEntries(1, 3, 1, (), 3))
    assert raft.receive("n2", AppendEntries(1, 1, 1, (), 4)) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 1))]
    assert raft.commit_index == 3
