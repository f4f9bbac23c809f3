"""The trio host keeps to itself: one world a process, and nothing is left behind."""

import threading

import pytest
import trio
from scripted import Note, scripted

from splitbrain.actions import Calm, Request
from splitbrain.errors import ScenarioError
from splitbrain.world.world import World
from splitbrain_protocols.raft.scenario import RAFT


def test_a_second_trio_world_in_the_same_thread_is_refused_and_the_first_goes_on():
    with World(RAFT, host="trio") as world:
        with pytest.raises(ScenarioError, match="a trio world is open already"):
            World(RAFT, host="trio")
        world.apply(Calm(world.nodes, 1, 1000))
        assert world.violation is None


def test_a_world_inside_somebody_else_s_trio_run_is_refused():
    async def main():
        with pytest.raises(ScenarioError, match="somebody else's trio run"):
            World(RAFT, host="trio")
        with World(RAFT) as world:
            world.apply(Calm(world.nodes, 1, 500))

    trio.run(main)


def test_a_world_may_be_closed_twice_and_trio_runs_afterwards():
    world = World(RAFT, host="trio")
    world.close()
    world.close()
    assert trio.run(trio.sleep, 0) is None


def test_many_worlds_after_each_other_leave_no_thread_and_no_trio_run():
    before = threading.active_count()
    for _ in range(50):
        with World(scripted(), host="trio") as world:
            world.apply(Request("n1", "r1", "x"))
    assert threading.active_count() <= before + 1  # trio keeps one idle worker for a few seconds


def test_a_message_is_handled_in_a_trio_task():
    tasks = []

    def request(node, name, command):
        tasks.append(trio.lowlevel.current_task())
        return ()

    with World(scripted(request=request), host="trio") as world:
        world.apply(Request("n1", "r1", Note("x").text))
        world.apply(Request("n2", "r2", "x"))
        world.apply(Request("n1", "r3", "x"))
    assert tasks[0] is tasks[2]
    assert tasks[0] is not tasks[1]
