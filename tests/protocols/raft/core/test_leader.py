"""Raft's log replication and commitment, the leader's side, decision by decision."""

import pytest
from lone_nodes import candidate, leader, node, sent

from splitbrain.node import CancelTimer, Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Appended, Applied, Committed, Led, Tracked
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry, RequestVoteReply


def test_unknown_heartbeats_are_refused_with_what_there_is():
    with pytest.raises(ValueError, match="use 'empty' or 'full'"):
        node(heartbeats="some")


def test_a_new_leader_announces_itself_behind_its_last_entry():
    raft = candidate(term=1, terms=(1, 1))
    announcement = AppendEntries(2, 2, 1, (), 0)
    assert raft.receive("n2", RequestVoteReply(2, True)) == [
        Observe(Led(2)),
        CancelTimer("election"),
        SetTimer("heartbeat", 50, 50),
        Send("n2", announcement),
        Send("n3", announcement),
    ]
    assert raft.receive("n3", RequestVoteReply(2, True)) == ()


def test_a_new_leader_with_a_no_op_sends_that_instead():
    raft = candidate(term=1, terms=(1,), noop=True)
    effects = raft.receive("n2", RequestVoteReply(2, True))
    entry = Entry(2, None)
    assert effects[3:6] == [Write(("log", 2), entry), Observe(Appended(2, 2, None)), Sync()]
    assert sent(effects) == [(peer, AppendEntries(2, 1, 1, (entry,), 0)) for peer in ("n2", "n3")]


def test_a_client_s_command_is_durable_at_the_leader_before_it_is_sent():
    raft = leader()
    entry = Entry(1, "x")
    assert raft.request("r1", "x") == [
        Write(("log", 1), entry),
        Observe(Appended(1, 1, "x")),
        Sync(),
        Send("n2", AppendEntries(1, 0, 0, (entry,), 0)),
        Send("n3", AppendEntries(1, 0, 0, (entry,), 0)),
    ]


def test_a_client_is_answered_when_its_entry_is_applied_and_not_before():
    raft = leader()
    raft.request("r1", "x")
    effects = raft.receive("n3", AppendEntriesReply(1, True, 1))
    assert effects == [
        Observe(Tracked("n3", 1, 2)),
        Observe(Committed(1, 1)),
        Observe(Applied(1, 1, "x")),
        Reply("r1", 1),
    ]
    assert raft.receive("n2", AppendEntriesReply(1, True, 1)) == [Observe(Tracked("n2", 1, 2))]


@pytest.mark.parametrize("start", [node, candidate])
def test_whoever_does_not_lead_redirects_clients(start):
    raft = start()
    assert raft.request("r1", "x") == [Reply("r1", Refused(None))]
    raft.receive("n3", AppendEntries(raft.current_term, 0, 0, (), 0))
    assert raft.request("r2", "x") == [Reply("r2", Refused("n3"))]


def test_a_refusal_is_answered_at_once_with_what_precedes_by_one():
    raft = leader(term=2, terms=(1, 1, 2))
    assert raft.receive("n2", AppendEntriesReply(3, False, 3)) == [
        Observe(Tracked("n2", 0, 3)),
        Send("n2", AppendEntries(3, 2, 1, (Entry(2, "v3"),), 0)),
    ]
    assert raft.next_index["n2"] == 3


def test_refusals_that_are_out_of_date_are_ignored():
    raft = leader(term=2, terms=(1, 1, 2))
    raft.receive("n2", AppendEntriesReply(3, False, 3))
    assert raft.receive("n2", AppendEntriesReply(3, False, 3)) == ()  # a copy
    raft.receive("n2", AppendEntriesReply(3, True, 3))
    assert raft.receive("n2", AppendEntriesReply(3, False, 2)) == ()  # overtaken by the success
    assert (raft.next_index["n2"], raft.match_index["n2"]) == (4, 3)


def test_an_acknowledgement_that_was_overtaken_does_not_lower_match_index():
    # Figure 2: match_index[] "increases monotonically".
    raft = leader(term=1, terms=(1, 1, 1))
    raft.receive("n2", AppendEntriesReply(2, True, 3))
    assert raft.receive("n2", AppendEntriesReply(2, True, 1)) == []
    assert (raft.match_index["n2"], raft.next_index["n2"]) == (3, 4)


@pytest.mark.parametrize(("refused", "news"), [(0, False), (1, False), (2, True), (3, True), (4, False), (9, False)])
def test_a_refusal_is_news_between_what_matches_and_what_is_tried(refused, news):
    raft = leader(term=1, terms=(1, 1, 1))
    raft.match_index["n2"] = 1
    assert raft.is_news("n2", refused) is news


def test_acknowledgements_of_an_earlier_term_do_not_count():
    raft = leader(term=2, terms=(1,))
    assert raft.receive("n2", AppendEntriesReply(2, True, 1)) == ()
    assert raft.match_index["n2"] == 0


def test_a_follower_that_still_lags_is_sent_the_next_entries():
    raft = leader(term=1, terms=(1, 1))
    raft.request("r1", "x")
    effects = raft.receive("n2", AppendEntriesReply(2, True, 2))
    assert sent(effects) == [("n2", AppendEntries(2, 2, 1, (Entry(2, "x"),), 0))]
    effects = raft.receive("n2", AppendEntriesReply(2, True, 3))
    assert sent(effects) == []


def test_an_optimistic_leader_does_not_send_an_entry_twice_and_falls_back_when_refused():
    raft = leader(optimistic=True)
    raft.request("r1", "x")
    effects = raft.request("r2", "y")
    assert sent(effects)[0] == ("n2", AppendEntries(1, 1, 1, (Entry(1, "y"),), 0))
    effects = raft.receive("n2", AppendEntriesReply(1, False, 1))
    assert sent(effects) == [("n2", AppendEntries(1, 0, 0, (Entry(1, "x"), Entry(1, "y")), 0))]
    assert raft.next_index["n2"] == 3


def test_a_request_holds_at_most_so_many_entries_and_the_acknowledgement_brings_the_next():
    raft = leader(batch=2)
    for number in (1, 2, 3):
        raft.request(f"r{number}", f"x{number}")
    first = AppendEntries(1, 0, 0, (Entry(1, "x1"), Entry(1, "x2")), 0)
    assert raft.append_entries("n2") == Send("n2", first)
    effects = raft.receive("n2", AppendEntriesReply(1, True, 2))
    assert sent(effects) == [("n2", AppendEntries(1, 2, 1, (Entry(1, "x3"),), 2))]


def test_a_heartbeat_is_empty_or_carries_what_is_missing():
    for heartbeats, entries in (("empty", ()), ("full", (Entry(1, "x"),))):
        raft = leader(heartbeats=heartbeats)
        raft.request("r1", "x")
        request = AppendEntries(1, 0, 0, entries, 0)
        assert raft.timeout("heartbeat") == [Send("n2", request), Send("n3", request), SetTimer("heartbeat", 50, 50)]


def test_a_heartbeat_is_a_request_for_what_each_follower_lacks_and_carries_nothing_of_it():
    raft = leader(term=1, terms=(1, 1))
    raft.receive("n2", AppendEntriesReply(2, False, 2))
    assert sent(raft.timeout("heartbeat")) == [("n2", AppendEntries(2, 1, 1, (), 0)), ("n3", AppendEntries(2, 2, 1, (), 0))]


def test_a_leader_alone_in_its_cluster_commits_what_it_has_written():
    raft = leader(peers=())
    assert raft.request("r1", "x")[2:] == [Sync(), Observe(Committed(1, 1)), Observe(Applied(1, 1, "x")), Reply("r1", 1)]


@pytest.mark.parametrize(
    ("held", "index"),
    [((0, 0, 0, 0), 0), ((3, 0, 0, 0), 0), ((3, 2, 0, 0), 2), ((3, 3, 1, 0), 3), ((1, 2, 3, 3), 3), ((1, 1, 1, 1), 1)],
)
def test_the_commit_index_is_the_highest_that_a_majority_has(held, index):
    raft = leader(peers=("n2", "n3", "n4", "n5"))
    for number in range(3):
        raft.request(f"r{number}", number)
    raft.match_index = dict(zip(raft.peers, held, strict=True))
    assert raft.new_commit_index() == index


def test_entries_of_earlier_terms_are_committed_only_together_with_one_of_the_present_term():
    raft = leader(term=1, terms=(1,))
    assert raft.receive("n2", AppendEntriesReply(2, True, 1)) == [Observe(Tracked("n2", 1, 2))]
    assert raft.commit_index == 0
    raft.request("r1", "x")
    effects = raft.receive("n2", AppendEntriesReply(2, True, 2))
    assert effects[1] == Observe(Committed(2, 2))
    assert raft.last_applied == 2
