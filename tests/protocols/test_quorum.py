"""A majority: the least number of which any two groups meet."""

import pytest

from splitbrain_protocols.quorum import majority


@pytest.mark.parametrize(("size", "votes"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3)])
def test_two_majorities_always_share_a_node(size, votes):
    assert majority(size) == votes
    assert 2 * votes > size


@pytest.mark.parametrize("size", range(1, 10))
def test_one_fewer_would_leave_room_for_another_group_as_large(size):
    assert 2 * (majority(size) - 1) <= size
