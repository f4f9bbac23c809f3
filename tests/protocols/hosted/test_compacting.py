"""PySyncObj that compacts its log: in any version that can be imported."""

import pytest

from splitbrain.actions import Operate
from splitbrain.observations import Applied, Installed, Led
from splitbrain.testing.simulation import Simulation
from splitbrain.world.run import Setup

pytest.importorskip("pysyncobj", reason="it is an extra: pip install 'splitbrain[pysyncobj]'")

from splitbrain_protocols.hosted.compacting import COMPACTING


@pytest.fixture
def leader():
    """A cluster of one, which has applied three commands."""
    world = Simulation(Setup(COMPACTING.bare(), 1))
    world.fire("n1", "patience")
    for command in ("x", "y", "z"):
        world.request("n1", command)
        world.fire("n1", "tick")
    assert [said.term for said in world.observed(Led)] == [1]
    yield world
    world.close()


def test_what_is_applied_is_told_with_its_place_in_the_log(leader):
    assert [(said.index, said.command) for said in leader.observed(Applied)] == [(3, "x"), (4, "y"), (5, "z")]


def test_a_log_that_is_compacted_begins_behind_a_snapshot(leader):
    leader.apply(Operate("n1", "forceLogCompaction"))
    leader.fire("n1", "tick")  # it goes when the dump is known to be ready
    leader.request("n1", "w")  # and it is told of when something is stored behind it
    assert leader.observed(Installed) == [Installed(index=4, term=1, rest=True)]


def test_it_can_be_told_what_its_version_can_do():
    assert set(COMPACTING.operations) <= {"forceLogCompaction", "transferLeadership"}
    assert "forceLogCompaction" in COMPACTING.operations
