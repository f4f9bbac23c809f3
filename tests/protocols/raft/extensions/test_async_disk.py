"""A follower that does not wait for its disk, decision by decision."""

from lone_nodes import ELECTION, leader, node

from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.observations import Appended, Tracked
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry


def appended(raft, term, *entries, prev=0, prev_term=0):
    return raft.receive("n2", AppendEntries(term, prev, prev_term, tuple(Entry(*each) for each in entries), 0))


def test_entries_are_acknowledged_when_the_disk_has_answered_and_the_node_does_not_wait():
    raft = node(1, async_disk=True)
    entry = Entry(1, "x")
    assert appended(raft, 1, (1, "x")) == [ELECTION, Write(("log", 1), entry), Observe(Appended(1, 1, "x")), Sync("1 1")]
    assert raft.synced("1 1") == [Send("n2", AppendEntriesReply(1, True, 1))]


def test_entries_that_are_there_already_are_acknowledged_at_once_if_they_are_stable_and_else_later():
    """Figure 2: what is answered is on stable storage, whether this request brought it or another one."""
    raft = node(1, terms=(1,), async_disk=True)
    assert appended(raft, 1, prev=1, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 1))]
    appended(raft, 1, (1, "x"), prev=1, prev_term=1)
    assert appended(raft, 1, prev=2, prev_term=1) == [ELECTION, Sync("1 2")]
    assert appended(raft, 1, prev=1, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 1))]
    raft.synced("1 2")
    assert appended(raft, 1, prev=2, prev_term=1) == [ELECTION, Send("n2", AppendEntriesReply(1, True, 2))]


def test_an_index_is_stable_no_more_when_other_entries_take_its_place():
    raft = node(1, terms=(1, 1), async_disk=True)
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
