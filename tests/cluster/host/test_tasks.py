"""Tasks of trio's: what wakes one without anything to say, its family, and which of all run."""

import trio
from scripted import scripted
from trio.testing import wait_all_tasks_blocked

from splitbrain.cluster.host.tasks import GO, Running, Steps, family
from splitbrain.world.world import World


def test_a_task_s_family_are_its_ancestors_from_itself_on():
    seen = []

    async def child():
        seen.append([task.name.rpartition(".")[2] for task in family(trio.lowlevel.current_task())])

    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(child)

    trio.run(main)
    assert seen[0][:2] == ["child", "main"]


def test_the_steps_of_tasks_are_noted_once_a_task():
    async def step(times):
        for _ in range(times):
            await trio.lowlevel.checkpoint()

    async def main():
        steps = Steps()
        trio.lowlevel.add_instrument(steps)
        await step(2)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(step, 3)
        trio.lowlevel.remove_instrument(steps)
        return [task.name.rpartition(".")[2] for task in steps.tasks]

    names = trio.run(main)  # trio's own, too, when it has something to do
    assert names.count("main") == names.count("step") == 1


def test_a_task_that_waits_gets_its_next_call_and_one_that_is_cancelled_waits_no_more():
    with World(scripted(sizes=(1,)), host="trio") as world:
        running = Running(world.processes["n1"])
        calls = []

        async def wait():
            while len(calls) < 2:
                if running.call is None:
                    running.task = trio.lowlevel.current_task()
                    await trio.lowlevel.wait_task_rescheduled(running.abort)
                else:
                    calls.append(running.call)
                    running.call = None

        first, second = (print, ()), (repr, (1,))

    async def main():
        async with trio.open_nursery() as nursery:
            nursery.start_soon(wait)
            for call in (first, second):
                await wait_all_tasks_blocked()
                running.put(call)
        calls.clear()
        with trio.move_on_after(0):
            await wait()

    trio.run(main)
    assert running.task is None
    assert GO.unwrap() is None
