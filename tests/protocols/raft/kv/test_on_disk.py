"""The option that keeps the state machine on the disk."""

import pytest
from lone_nodes import disk, node

from splitbrain.node import Observe, Write
from splitbrain.observations import Applied, Executed
from splitbrain_protocols.raft.core.messages import AppendEntries
from splitbrain_protocols.raft.kv.node import KeyValue
from splitbrain_protocols.raft.kv.store import Asked

ENTRIES = (Asked(1, ("put", "x", 1), "s1.1"), Asked(1, ("cas", "x", 1, 2), "s2.1"), Asked(1, ("get", "x"), "s1.2"))
STATE = (2, {"x": 2}, {"s1": (1, True), "s2": (1, True)})


def follower(machine, found=None):
    return KeyValue("n1", ("n2", "n3"), found or {}, machine=machine)


def writes(effects):
    return [each for each in effects if type(each) is Write and each.key == "machine"]


def test_it_is_in_memory_unless_it_is_asked_for():
    store = node(kind=KeyValue)
    assert not writes(store.receive("n2", AppendEntries(1, 0, 0, ENTRIES, 2)))
    assert store.last_applied == 2


def test_what_was_applied_is_written_with_who_asked_for_it_and_how_far_the_log_was_applied_under_one_key():
    assert writes(follower("disk").receive("n2", AppendEntries(1, 0, 0, ENTRIES, 2))) == [Write("machine", STATE)]


def recovered(machine):
    found = disk(1) | {("log", index): entry for index, entry in enumerate(ENTRIES, 1)} | {"machine": STATE}
    return follower(machine, found)


def test_a_restart_goes_on_behind_what_was_applied():
    store = recovered("disk")
    assert (store.last_applied, store.values, store.is_known("s2.1")) == (2, {"x": 2}, True)
    effects = store.receive("n2", AppendEntries(1, 3, 1, (), 3))
    assert [each.observation for each in effects if type(each) is Observe and isinstance(each.observation, Applied)] == [
        Executed(3, 1, ("get", "x"), "s1.2")
    ]


def test_a_restart_with_the_state_in_memory_begins_with_an_empty_one_and_applies_the_log():
    store = recovered("memory")
    assert (store.last_applied, store.values, store.sessions) == (0, {}, {})
    store.receive("n2", AppendEntries(1, 3, 1, (), 3))
    assert (store.last_applied, store.values) == (3, {"x": 2})


def test_what_it_applies_later_does_not_change_what_it_found():
    store = recovered("disk")
    store.receive("n2", AppendEntries(1, 3, 1, (Asked(1, ("put", "y", 3), "s3.1"),), 4))
    assert STATE == (2, {"x": 2}, {"s1": (1, True), "s2": (1, True)})


def test_a_state_machine_elsewhere_is_refused_with_those_that_there_are():
    with pytest.raises(ValueError, match="use 'memory' or 'disk'"):
        follower("cloud")
