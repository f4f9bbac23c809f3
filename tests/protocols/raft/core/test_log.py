"""The log: what it holds, and what a change of it leaves on the disk at each moment."""

from lone_nodes import disk, node

from splitbrain.node import Erase, Observe, Write
from splitbrain.observations import Appended, Truncated
from splitbrain_protocols.raft.core.log import Log
from splitbrain_protocols.raft.core.messages import AppendEntries, Entry


def test_a_log_is_what_the_disk_holds_up_to_the_first_hole():
    found = disk(terms=(1, 1, 2, 2))
    del found["log", 3]
    assert [entry.command for entry in Log(found).entries] == ["v1", "v2"]


def test_before_the_first_entry_there_is_index_0_of_term_0():
    empty = Log({})
    assert (empty.last_index, empty.last_term, empty.term(0)) == (0, 0, 0)


def test_an_entry_is_found_under_its_index_which_begins_with_1():
    log = Log(disk(terms=(1, 1, 3)))
    assert (log.last_index, log.last_term) == (3, 3)
    assert [log.term(index) for index in (1, 2, 3)] == [1, 1, 3]


def test_what_follows_an_index_may_be_bounded():
    log = Log(disk(terms=(1, 1, 3)))
    assert [entry.command for entry in log.since(2)] == ["v2", "v3"]
    assert [entry.command for entry in log.since(1, 2)] == ["v1", "v2"]
    assert log.since(4) == log.since(2, 0) == ()


def test_a_change_is_made_at_once_and_returned_as_what_makes_it_on_the_disk():
    log = Log(disk(terms=(1,)))
    entry = Entry(2, "x")
    assert log.append(entry) == [Write(("log", 2), entry), Observe(Appended(2, 2, "x"))]
    assert log.last_term == 2
    assert log.truncate(0) == [Erase(("log", 2)), Erase(("log", 1)), Observe(Truncated(1))]
    assert log.entries == []


def test_what_was_found_on_the_disk_is_stable_and_what_is_cut_off_is_so_no_more():
    log = Log(disk(terms=(1, 1, 1)))
    log.append(Entry(1, "x"))
    assert log.stable_index == 3
    log.truncate(1)
    log.append(Entry(2, "y"))
    assert log.stable_index == 1


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
