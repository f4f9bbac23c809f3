"""Raft put together: Figure 2, and its options."""

import pytest
from lone_nodes import leader, node, sent

from splitbrain_protocols.raft.core.messages import RequestVote


def test_the_options_are_off_unless_asked_for():
    raft = node()
    assert sent(raft.timeout("election"))[0] == ("n2", RequestVote(1, 0, 0))
    raft = leader()
    raft.receive("n2", RequestVote(9, 0, 0))
    assert (raft.role, raft.current_term) == ("follower", 9)


def test_an_option_that_nobody_knows_is_refused_by_its_name():
    with pytest.raises(TypeError, match="snapshots"):
        node(snapshots=True)


def test_every_option_can_be_combined_with_every_other():
    raft = leader(
        noop=True, optimistic=True, heartbeats="full", batch=1, pre_vote=True, check_quorum=True, loyal=True, async_disk=True
    )
    assert set(raft.timers) == {"election", "heartbeat", "quorum"}
