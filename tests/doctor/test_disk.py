"""A disk that notes whether a node looks at it."""

from collections import Counter

import pytest

from splitbrain.doctor.disk import WatchedDisk

LOOKS = [len, list, dict, lambda disk: disk["key"], lambda disk: disk.get("no"), lambda disk: "key" in disk]


@pytest.mark.parametrize("look", LOOKS)
def test_every_way_of_looking_counts(look):
    seen = Counter()
    disk = WatchedDisk({"key": 1}, seen)
    assert not seen
    look(disk)
    assert seen["looks at the disk"] > 0


def test_it_is_the_disk_that_it_watches():
    assert dict(WatchedDisk({"key": 1}, Counter())) == {"key": 1}
