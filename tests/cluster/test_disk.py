"""A disk keeps what was synced, and a prefix of what was not."""

import pytest

from splitbrain.cluster.disk import Disk


def durable(disk):
    return dict(disk.view())


def test_nothing_is_durable_before_a_sync():
    disk = Disk()
    disk.write("term", 1)
    assert durable(disk) == {}
    assert disk.unsynced == [("term", 1)]


def test_a_sync_makes_all_that_was_written_durable_in_order():
    disk = Disk()
    disk.write("term", 1)
    disk.write("term", 2)
    disk.write("vote", "n1")
    disk.erase("vote")
    disk.sync(4)
    assert durable(disk) == {"term": 2}
    assert disk.unsynced == []


def test_a_sync_covers_only_the_writes_before_it():
    disk = Disk()
    disk.write("a", 1)
    disk.write("b", 2)
    disk.sync(1)
    assert durable(disk) == {"a": 1}
    assert disk.unsynced == [("b", 2)]


@pytest.mark.parametrize("keep", range(6))
def test_a_crash_keeps_a_prefix_of_the_unsynced_writes(keep):
    disk = Disk()
    disk.write("a", 0)
    disk.sync(1)
    writes = [("a", 1), ("b", 2), ("a", 3)]
    for key, value in writes:
        disk.write(key, value)
    disk.erase("b")
    kept, lost = disk.crash(keep)
    assert (kept, lost) == (min(keep, 4), max(4 - keep, 0))
    expected = {"a": 0}
    expected.update(writes[:keep])
    if keep >= 4:
        del expected["b"]
    assert durable(disk) == expected
    assert disk.unsynced == []


def test_erasing_what_is_not_there_is_harmless():
    disk = Disk()
    disk.erase("nothing")
    disk.sync(1)
    assert durable(disk) == {}


def test_what_a_node_finds_is_read_only_and_never_changes():
    disk = Disk()
    disk.write("a", 1)
    disk.sync(1)
    found = disk.view()
    disk.write("a", 2)
    disk.sync(1)
    assert found["a"] == 1
    with pytest.raises(TypeError):
        found["a"] = 3


def test_changing_a_value_found_on_the_disk_does_not_change_the_disk():
    disk = Disk()
    disk.write("log", ["x"])
    disk.sync(1)
    disk.view()["log"].append("y")
    assert durable(disk) == {"log": ["x"]}
