"""Raft's decisions, one by one: the handlers are called directly, and their effects looked at."""

import pytest

from splitbrain.node import CancelTimer, Erase, Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import (
    Appended,
    Applied,
    Committed,
    EnteredTerm,
    Led,
    Recovered,
    SteppedDown,
    Tracked,
    Truncated,
    Voted,
)
from splitbrain_protocols.quorum import majority
from splitbrain_protocols.raft.core.log import Log
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry, RequestVote, RequestVoteReply, label
from splitbrain_protocols.raft.node import Raft

ELECTION = SetTimer("election", 150, 300)


def disk(term=0, voted_for=None, terms=()):
    """What a node finds that has been in ``term``, and whose entries have these terms."""
    found = {("log", index): Entry(each, f"v{index}") for index, each in enumerate(terms, 1)}
    return found | {"term_and_vote": (term, voted_for)}


def node(term=0, voted_for=None, terms=(), peers=("n2", "n3"), **options):
    return Raft("n1", peers, disk(term, voted_for, terms), **options)


def candidate(**start):
    raft = node(**start)
    raft.timeout("election")
    return raft


def leader(**start):
    raft = candidate(**start)
    for peer in raft.peers[: len(raft.peers) // 2 + 1]:
        raft.receive(peer, RequestVoteReply(raft.current_term, True))
    assert raft.role == "leader"
    return raft


def sent(effects):
    return [(each.to, each.message) for each in effects if type(each) is Send]


@pytest.mark.parametrize(("size", "votes"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_two_majorities_always_share_a_node(size, votes):
    assert majority(size) == votes
    assert 2 * votes > size


def test_a_message_is_labelled_with_its_kind_and_its_term():
    assert label(RequestVote(3, 0, 0)) == ("RequestVote", 3)


# Starting


def test_a_node_first_says_what_it_found_on_its_disk_and_waits_for_a_leader():
    raft = node(4, "n3", (1, 2))
    assert raft.start() == [Observe(Recovered(4, "n3", ((1, "v1"), (2, "v2")))), ELECTION]
    assert (raft.current_term, raft.voted_for, raft.log.last_index) == (4, "n3", 2)
    assert (raft.commit_index, raft.last_applied) == (0, 0)


def test_unknown_heartbeats_are_refused_with_what_there_is():
    with pytest.raises(ValueError, match="use 'empty' or 'full'"):
        node(heartbeats="some")


# Elections


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


def test_only_granted_votes_of_the_present_term_count_and_each_voter_once():
    raft = candidate(peers=("n2", "n3", "n4", "n5"))
    raft.timeout("election")
    assert raft.receive("n2", RequestVoteReply(1, True)) == ()
    assert raft.receive("n2", RequestVoteReply(2, False)) == ()
    assert raft.receive("n3", RequestVoteReply(2, True)) == ()
    assert raft.receive("n3", RequestVoteReply(2, True)) == ()
    assert raft.role == "candidate"
    assert Observe(Led(2)) in raft.receive("n2", RequestVoteReply(2, True))


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


@pytest.mark.parametrize(
    "message",
    [
        RequestVote(5, 9, 4),
        RequestVoteReply(5, False),
        AppendEntries(5, 9, 4, (), 0),
        AppendEntriesReply(5, False, 9),
    ],
)
def test_any_message_of_a_higher_term_makes_a_leader_a_follower_with_its_election_timer_running(message):
    raft = leader()
    raft.request("r1", "x")
    effects = raft.receive("n2", message)
    assert effects[:6] == [
        Observe(SteppedDown(1)),
        CancelTimer("heartbeat"),
        ELECTION,
        Write("term_and_vote", (5, None)),
        Sync(),
        Observe(EnteredTerm(5)),
    ]
    assert (raft.role, raft.current_term) == ("follower", 5)
    assert not raft.unanswered


@pytest.mark.parametrize("term", [0, 1, 2, 3])
def test_only_a_higher_term_is_adopted_from_a_request_or_a_reply(term):
    # 5.1: "if a server's current term is smaller than the other's, then it updates its current term to the larger value".
    assert node(2).must_adopt(term) is (term > 2)


@pytest.mark.parametrize("reply", [RequestVoteReply(1, False), AppendEntriesReply(1, False, 0)])
def test_an_old_reply_does_not_take_the_term_back(reply):
    raft = node(2, "n3")
    assert raft.receive("n2", reply) == ()
    assert (raft.current_term, raft.voted_for) == (2, "n3")


def test_what_is_committed_is_applied_in_order_and_none_left_out():
    # Figure 2: "If commitIndex > lastApplied: increment lastApplied, apply log[lastApplied] to state machine".
    raft = node(1, None, (1, 1, 1, 1))
    raft.receive("n2", AppendEntries(1, 1, 1, (), 1))
    effects = raft.receive("n2", AppendEntries(1, 4, 1, (), 4))
    assert [each.observation.index for each in effects if type(each) is Observe and type(each.observation) is Applied] == [2, 3, 4]
    assert list(raft.due_to_apply()) == []


# Replication, the follower's side


def test_a_follower_that_hears_from_its_leader_keeps_its_vote():
    # 5.2: "Each server will vote for at most one candidate in a given term", which is not over when the leader is known.
    raft = node(2, "n2")
    raft.receive("n2", AppendEntries(2, 0, 0, (), 0))
    assert (raft.leader_id, raft.voted_for) == ("n2", "n2")
    assert sent(raft.receive("n3", RequestVote(2, 0, 0))) == [("n3", RequestVoteReply(2, False))]


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


def test_every_prefix_of_the_writes_of_a_conflict_leaves_a_log_without_a_hole_of_one_history():
    old, new = [Entry(1, "v1"), Entry(1, "v2"), Entry(1, "v3")], [Entry(1, "v1"), Entry(2, "a"), Entry(2, "b"), Entry(2, "c")]
    effects = node(2, None, (1, 1, 1)).receive("n2", AppendEntries(2, 1, 1, tuple(new[1:]), 0))
    changes = [each for each in effects if type(each) in (Write, Erase)]
    for survived in range(len(changes) + 1):
        found = disk(2, None, (1, 1, 1))
        for change in changes[:survived]:
            if type(change) is Write:
                found[change.key] = change.value
            else:
                del found[change.key]
        entries = Log(found).entries
        assert len(entries) == len(found) - 1
        assert entries in (old[: len(entries)], new[: len(entries)])


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


# Replication, the leader's side


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


def test_a_heartbeat_is_empty_or_carries_what_is_missing():
    for heartbeats, entries in (("empty", ()), ("full", (Entry(1, "x"),))):
        raft = leader(heartbeats=heartbeats)
        raft.request("r1", "x")
        request = AppendEntries(1, 0, 0, entries, 0)
        assert raft.timeout("heartbeat") == [Send("n2", request), Send("n3", request), SetTimer("heartbeat", 50, 50)]


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
