"""Trio's clock: it moves when virtual time does, shows when nothing is left to run, and lets deadlines come one at a time."""

from contextvars import copy_context
from math import inf

import pytest
import trio
from scripted import Note, of, scripted

from splitbrain import hunt, minimise, run
from splitbrain.actions import Advance, Calm, Fire
from splitbrain.budget import FaultBudget
from splitbrain.cluster.clock import NEVER, Clock
from splitbrain.cluster.host.virtual_clock import EPSILON, VirtualClock
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Failed, Observed
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.node import SetTimer
from splitbrain.trace.encoding import digest
from splitbrain.world.world import World


def read(virtual, node, times=1):
    """What a task of this node would read, so many times."""

    def task():
        virtual.read_by(node)
        return [virtual.current_time() for _ in range(times)]

    return copy_context().run(task)


def said(world):
    return [event.observation.text for event in of(world, Observed)]


def test_it_never_lets_trio_sleep_and_shows_that_nothing_runs():
    virtual = VirtualClock(Clock(), 0)
    assert not virtual.idle
    assert virtual.deadline_to_sleep_time(9.0) == 0.0
    assert virtual.idle
    assert virtual.next_deadline() == 9_000


def test_trio_is_told_how_far_deadlines_have_come_and_not_what_time_it_is():
    clock = Clock()
    virtual = VirtualClock(clock, 0)
    clock.reach(1500)
    virtual.deadline_to_sleep_time(0.2)
    assert virtual.current_time() == -inf
    assert virtual.next_deadline() == 1500  # it is late
    virtual.come()
    assert virtual.current_time() == 0.2


def test_a_node_s_time_is_virtual_time_but_for_a_hair_by_which_it_always_goes_on():
    clock = Clock()
    virtual = VirtualClock(clock, 7)
    for now in (0, 1, 1500, 3_600_000):
        clock.reach(now)
        times = read(virtual, "n1", 100)
        assert times == sorted(set(times))
        assert all(0 < time - now / 1000 < EPSILON for time in times)
        assert len({time + 3600 for time in times}) == 100  # an hour later they can still be told apart


def test_the_seed_decides_which_of_two_nodes_is_ahead_and_each_millisecond_anew():
    ahead = []
    for seed in range(20):
        clock = Clock()
        virtual = VirtualClock(clock, seed)
        for now in range(20):
            clock.reach(now)
            ahead.append(read(virtual, "n1") < read(virtual, "n2"))
    assert 150 < sum(ahead) < 250
    assert len({tuple(ahead[place : place + 20]) for place in range(0, 400, 20)}) == 20


def test_a_task_that_wakes_finds_that_its_deadline_has_come():
    clock = Clock()
    virtual = VirtualClock(clock, 0)
    virtual.deadline_to_sleep_time(0.1 + EPSILON / 2)
    clock.reach(int(virtual.next_deadline()))
    assert clock.now == 100
    virtual.come()
    assert read(virtual, "n1") >= [0.1 + EPSILON / 2]


def test_a_deadline_that_is_set_back_before_one_that_has_come_is_not_waited_for():
    virtual = VirtualClock(Clock(), 0)
    virtual.deadline_to_sleep_time(0.5)
    virtual.come()
    virtual.deadline_to_sleep_time(-inf)
    assert not virtual.idle
    assert virtual.next_deadline() == 0
    virtual.deadline_to_sleep_time(inf)
    assert virtual.idle
    assert virtual.next_deadline() == NEVER


def test_in_a_hurry_every_deadline_has_come():
    virtual = VirtualClock(Clock(), 0)
    virtual.hurry = True
    assert virtual.current_time() == inf


# In a world


def test_what_is_no_async_node_s_reads_virtual_time_as_it_is():
    times = []

    def timeout(node, timer):
        times.append(trio.current_time())
        return ()

    def start(node):
        return (SetTimer("t", 70, 70),)

    with World(scripted(start=start, timeout=timeout, sizes=(1,)), host="trio") as world:
        world.apply(Fire("n1", "t"))
    assert times == [0.07]


async def sleeps(node, env):
    await trio.sleep(0.1)
    env.observe(Note(node.me))
    await trio.sleep_forever()


def test_each_advance_wakes_one_sleeper_even_if_they_are_equal():
    orders = set()
    for seed in range(30):
        with World(scripted(run=sleeps, sizes=(3,)), host="trio", seed=seed) as world:
            for number in range(1, 4):
                world.apply(Advance())
                assert world.now == 100
                assert len(said(world)) == number
            with pytest.raises(NotEnabled):
                world.apply(Advance())
            orders.add(tuple(said(world)))
    assert len(orders) == 6


def test_deadlines_that_a_timer_has_left_behind_still_come_one_by_one_and_in_their_order():
    async def live(node, env):
        async def nap(seconds):
            await trio.sleep(seconds)
            env.observe(Note(seconds))

        async with trio.open_nursery() as nursery:
            for seconds in (0.03, 0.01, 0.02):
                nursery.start_soon(nap, seconds)
            await env.sleep("long", 100)
            env.observe(Note("long"))

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        world.apply(Fire("n1", "long"))
        assert (world.now, said(world)) == (100, ["long"])
        for _ in range(3):
            world.apply(Advance())
        assert (world.now, said(world)) == (100, ["long", 0.01, 0.02, 0.03])


def test_of_equal_timeouts_in_each_other_the_outer_one_comes_first_as_it_was_set_first():
    async def live(node, env):
        with trio.move_on_after(0.1) as outer:
            with trio.move_on_after(0.1) as inner:
                await trio.sleep(0.1)
            env.observe(Note("never"))
        env.observe(Note((outer.cancelled_caught, inner.cancelled_caught)))
        await trio.sleep_forever()

    for seed in range(10):
        with World(scripted(run=live, sizes=(1,)), host="trio", seed=seed) as world:
            world.apply(Advance())
            assert said(world) == [(True, False)]


def test_a_timeout_of_nothing_has_come_at_once():
    async def live(node, env):
        with trio.move_on_after(0) as scope:
            await trio.sleep_forever()
        await trio.sleep(0)
        with trio.move_on_at(trio.current_time()) as other:
            await trio.sleep_forever()
        env.observe(Note((scope.cancelled_caught, other.cancelled_caught)))
        await trio.sleep_forever()

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        assert said(world) == [(True, True)]


def test_one_deadline_that_several_blocks_share_comes_once():
    async def live(node, env):
        async def nap(deadline):
            await trio.sleep_until(deadline)
            env.observe(Note())

        deadline = trio.current_time() + 0.1
        async with trio.open_nursery() as nursery:
            for _ in range(3):
                nursery.start_soon(nap, deadline)
            await trio.sleep_forever()

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        world.apply(Advance())
        assert len(said(world)) == 3


def test_tasks_of_a_node_never_see_time_go_back():
    async def live(node, env):
        times = []

        async def look():
            while True:
                times.append(trio.current_time())
                assert times == sorted(times)
                await trio.sleep(0.007)
                times.append(trio.current_time())
                assert times == sorted(times)
                with env.timeout("t", 1, 20):
                    await trio.sleep_forever()

        await look()

    with World(scripted(run=live, sizes=(2,)), host="trio") as world:
        for _ in range(100):
            world.apply(next(world.enabled(Fire, Advance)))
        world.apply(Calm(world.nodes, 1, 1_000))
        assert of(world, Failed) == []


def test_a_fair_phase_lets_what_is_late_come_first_and_time_never_goes_back():
    async def live(node, env):
        await env.sleep("long", 100)
        async with trio.open_nursery() as nursery:
            for seconds in (0.25, 0.05):
                nursery.start_soon(trio.sleep, seconds)
        env.observe(Note(trio.current_time() > 0.35))
        await trio.sleep_forever()

    with World(scripted(run=live, sizes=(2,)), host="trio") as world:
        for node in ("n1", "n2"):
            world.apply(Fire(node, "long"))
        world.clock.reach(200)
        world.apply(Calm(world.nodes, 1, 1_000))
        assert said(world) == [True, True]
        times = [event.time for event in of(world, Acted)]
        assert times == sorted(times)


def test_a_node_that_sleeps_for_next_to_nothing_holds_up_no_fair_phase():
    async def live(node, env):
        while True:
            await trio.sleep(1e-8)

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        world.apply(Calm(world.nodes, 1, 20))
        assert world.now == 20


# Why ties are broken by the seed


class Claims(Invariant):
    """Whoever claims first is not ``unlucky``: a mistake that shows only if one of two equal sleepers is the first to wake."""

    watches = (Note,)
    unlucky = ""

    def __init__(self):
        self.claims = []

    def observe(self, event):
        self.claims.append(event)
        return self.violation(f"{event.node} came first", event) if self.claims[0].node == self.unlucky else None


@pytest.mark.parametrize("unlucky", ["n1", "n2"])
def test_a_mistake_that_needs_one_of_two_equal_sleepers_to_come_first_is_found_whichever_it_is(unlucky):
    rule = type("Unlucky", (Claims,), {"unlucky": unlucky, "__doc__": Claims.__doc__})
    rivals = scripted(run=sleeps, sizes=(2,), invariants=(KeepsContract, rule), budget=FaultBudget(crashes="none"), requests=0)
    found = hunt(rivals, seed=1, runs=50).found
    assert found is not None
    small = minimise(found).smallest
    assert tuple(small.actions) == (Advance(),)
    again = [run(small.setup, small.actions, keep=True) for _ in range(2)]
    assert [each.violation.summary for each in again] == [f"{unlucky} came first"] * 2
    assert digest(again[0].events) == digest(again[1].events)
