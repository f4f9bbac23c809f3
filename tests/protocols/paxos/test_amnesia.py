"""Lost disks: a process notices that it has forgotten, and only learns from then on."""

import pytest
from lone_nodes import high, low, process

import splitbrain.observations as say
from splitbrain.node import Observe, Refused, Reply, SetTimer, Sync, Write
from splitbrain_protocols.paxos.messages import NO_BALLOT, Accept, Accepted, Prepare


def test_who_may_lose_its_disk_leaves_a_mark_before_it_says_anything_else():
    assert process(disks="lost").start()[1:] == [Write("has run", True), Sync(), SetTimer("learn", 200, 400)]
    assert process().start() == [Observe(say.AcceptorStarted(None, None, None)), SetTimer("learn", 200, 400)]


def test_who_has_lost_its_disk_learns_and_does_nothing_else():
    node = process(disk={"has run": True, "promised": high(), "decided": "v"}, disks="lost")
    assert not node.may_take_part()
    assert (node.promised, node.decided) == (NO_BALLOT, False)
    assert node.start() == [SetTimer("learn", 200, 400)]
    assert node.receive("n2", Prepare(high("n2"))) == node.receive("n2", Accept(high("n2"), "v", ("n2",))) == ()
    assert node.request("r", "v") == (Reply("r", Refused()),)
    node.receive("n2", Accepted(low(), "w"))
    assert Observe(say.Decided("w")) in node.receive("n3", Accepted(low(), "w"))


def test_a_disk_is_kept_or_lost():
    with pytest.raises(ValueError, match="disks='eaten': disks have no such fate; use 'kept' or 'lost'"):
        process(disks="eaten")
