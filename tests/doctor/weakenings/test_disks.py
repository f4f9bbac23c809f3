"""Disks that do not keep what they promise."""

from dataclasses import replace

import pytest
from scripted import scripted
from toys import REGISTER

from splitbrain.actions import Complete, Crash, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.doctor.weakenings.disks import DISK, SYNC
from splitbrain.node import Sync, Write
from splitbrain.world.run import Setup, run

ASK, CUT, BACK = Request("n1", "r1", "x"), Crash("n1"), Restart("n1")


def after(setups, *schedule, scenario=REGISTER):
    """What n1 has on its disk when it has started again."""
    with setups(scenario, 3).world() as world:
        for action in schedule:
            world.apply(action)
        return dict(world.processes["n1"].disk())


def two_syncs():
    def request(node, name, command):
        yield Write("a", 1)
        yield Sync()
        yield Write("b", 2)
        yield Sync()

    return scripted(request=request)


def test_a_disk_keeps_what_was_synced():
    assert after(Setup, ASK, CUT, BACK) == {"value": "x"}


@pytest.mark.parametrize("weakening", [SYNC, DISK])
def test_a_weaker_one_does_not(weakening):
    assert after(weakening.setups, ASK, CUT, BACK) == {}


@pytest.mark.parametrize("weakening", [SYNC, DISK])
def test_while_the_power_is_on_nothing_is_amiss(weakening):
    setup = weakening.setups(REGISTER, 3)
    done = run(setup, (ASK,), keep=True)
    assert done.events == run(Setup(REGISTER, 3), (ASK,), keep=True).events


@pytest.mark.parametrize(("keep", "kept"), [(0, {}), (1, {"a": 1}), (2, {"a": 1, "b": 2}), (9, {"a": 1, "b": 2})])
def test_where_syncs_are_ignored_a_crash_keeps_a_prefix_of_all_that_was_written(keep, kept):
    assert after(SYNC.setups, ASK, Crash("n1", keep), BACK, scenario=two_syncs()) == kept


def test_what_a_node_was_started_with_is_durable():
    ask_again = Request("n1", "r2", "y")
    assert after(SYNC.setups, ASK, Crash("n1", 2), BACK, ask_again, CUT, BACK, scenario=two_syncs()) == {"a": 1, "b": 2}


def test_where_the_disk_is_lost_nothing_is_kept():
    assert after(DISK.setups, ASK, Crash("n1", 2), BACK, scenario=two_syncs()) == {}


def test_a_slow_disk_answers_all_the_same():
    slow = replace(REGISTER, budget=FaultBudget(slow_disks=True))
    assert after(SYNC.setups, ASK, Complete("n1"), Crash("n1", 1), BACK, scenario=slow) == {"value": "x"}
    assert after(SYNC.setups, ASK, Complete("n1"), CUT, BACK, scenario=slow) == {}


def test_a_kind_of_setup_makes_worlds_of_its_kind_and_is_a_setup():
    setup = SYNC.setups(REGISTER, 5, seed=7)
    assert (setup.nodes, setup.seed, setup.host) == (("n1", "n2", "n3", "n4", "n5"), 7, "direct")
    assert setup != Setup(REGISTER, 5, seed=7)
