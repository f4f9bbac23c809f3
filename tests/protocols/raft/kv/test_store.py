"""One server of the store, called by hand: what it appends, carries out, answers, and what it does not."""

import pytest
from lone_nodes import leader, node, sent

from splitbrain.node import Observe, Refused, Reply, Send
from splitbrain.observations import Appended, Applied, Executed
from splitbrain_protocols.raft.core.messages import AppendEntries, AppendEntriesReply, Entry, RequestVote
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.store import Asked

PUT, GET, CAS = ("put", "x", 1), ("get", "x"), ("cas", "x", 1, 2)


def primary(**options):
    return leader(kind=KeyValue, **options)


def said(effects, *kinds):
    return [each.observation for each in effects if type(each) is Observe and isinstance(each.observation, kinds)]


def replies(effects):
    return [(each.request, each.result) for each in effects if type(each) is Reply]


def committed(store, index):
    """What happens when a follower has everything up to there."""
    return store.receive("n2", AppendEntriesReply(store.current_term, True, index))


def test_the_log_holds_a_command_with_the_operation_that_it_is_and_says_it_as_it_was_asked_for():
    store = primary()
    effects = store.request("s1.1", PUT)
    assert store.log.entries == [Asked(1, PUT, "s1.1")]
    assert said(effects, Appended) == [Appended(1, 1, PUT)]


def test_a_no_op_is_nobodys_operation():
    store = primary(noop=True)
    assert store.log.entries == [Entry(1, None)]
    assert said(committed(store, 1), Applied) == [Applied(1, 1, None)]
    assert store.sessions == {}


def test_nothing_is_answered_or_carried_out_before_it_is_committed():
    store = primary()
    for request, command in (("s1.1", PUT), ("s2.1", GET), ("s3.1", CAS)):
        effects = store.request(request, command)
        assert not replies(effects)
        assert not said(effects, Applied)
    assert store.values == {}
    effects = committed(store, 3)
    assert said(effects, Applied) == [Executed(1, 1, PUT, "s1.1"), Executed(2, 1, GET, "s2.1"), Executed(3, 1, CAS, "s3.1")]
    assert replies(effects) == [("s1.1", True), ("s2.1", 1), ("s3.1", True)]
    assert store.values == {"x": 2}


def test_a_follower_carries_out_what_is_committed_and_answers_nobody():
    store = node(kind=KeyValue)
    effects = store.receive("n2", AppendEntries(1, 0, 0, (Asked(1, PUT, "s1.1"),), 1))
    assert said(effects, Applied) == [Executed(1, 1, PUT, "s1.1")]
    assert not replies(effects)
    assert store.values == {"x": 1}


def test_whoever_does_not_lead_refuses_reads_too():
    store = node(kind=KeyValue)
    assert list(store.request("s1.1", GET)) == [Reply("s1.1", Refused(None))]


# Asked again


def test_an_operation_that_is_in_the_log_twice_takes_effect_once_and_is_answered_both_times_alike():
    store = primary()
    for request, command in (("s1.1", PUT), ("s2.1", CAS), ("s3.1", GET), ("s2.1", CAS)):
        assert not replies(store.request(request, command))
    effects = committed(store, 4)
    assert said(effects, Applied)[-1] == Applied(4, 1, CAS)
    assert replies(effects) == [("s1.1", True), ("s2.1", True), ("s3.1", 2), ("s2.1", True)]
    assert store.values == {"x": 2}


def test_what_was_carried_out_is_answered_at_once_and_not_logged_again():
    store = primary()
    store.request("s1.1", GET)
    store.request("s2.1", PUT)
    committed(store, 2)
    assert store.request("s1.1", GET) == [Reply("s1.1", None)]  # as it was
    assert store.log.last_index == 2


def test_who_follows_now_answers_what_it_has_carried_out_and_refuses_the_rest():
    store = node(kind=KeyValue)
    store.receive("n2", AppendEntries(1, 0, 0, (Asked(1, PUT, "s1.1"), Asked(1, CAS, "s2.1")), 1))
    assert store.request("s1.1", PUT) == [Reply("s1.1", True)]
    assert store.request("s2.1", CAS) == [Reply("s2.1", Refused("n2"))]


def test_a_leader_that_has_appended_and_is_deposed_says_nothing_to_its_clients():
    store = primary()
    store.request("s1.1", PUT)
    effects = store.receive("n2", RequestVote(2, 9, 1))
    assert not replies(effects)
    effects = store.receive("n2", AppendEntries(2, 0, 0, (Asked(2, GET, "s2.1"),), 1))
    assert said(effects, Executed) == [Executed(1, 2, GET, "s2.1")]
    assert not replies(effects)


def test_the_second_of_two_entries_is_known_on_whoever_leads_later():
    store = node(kind=KeyValue)
    store.receive("n2", AppendEntries(1, 0, 0, (Asked(1, PUT, "s1.1"), Asked(1, PUT, "s1.1")), 2))
    store.start_election()
    store.receive("n2", AppendEntriesReply(1, True, 0))
    assert store.sessions == {"s1": (1, True)}
    assert store.values == {"x": 1}


def test_an_operation_of_before_the_sessions_last_does_nothing_however_late_it_comes():
    store = node(kind=KeyValue)
    entries = (Asked(1, PUT, "s1.1"), Asked(1, ("put", "x", 2), "s1.2"), Asked(1, PUT, "s1.1"))
    effects = store.receive("n2", AppendEntries(1, 0, 0, entries, 3))
    assert said(effects, Applied)[-1] == Applied(3, 1, PUT)
    assert store.values == {"x": 2}


def test_a_command_that_no_store_knows_is_the_end_of_the_server_when_its_turn_comes():
    store = primary(peers=())
    with pytest.raises(ValueError, match="no command of this store"):
        store.request("s1.1", "v1")


def test_what_is_sent_holds_the_operations():
    store = primary()
    effects = store.request("s1.1", PUT)
    assert [message.entries for _, message in sent(effects)] == [(Asked(1, PUT, "s1.1"),)] * 2
    assert all(type(each.message.entries[0]) is Asked for each in effects if type(each) is Send)
