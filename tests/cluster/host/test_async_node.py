"""Ordinary async trio nodes: nurseries, trio.sleep and cancel scopes, in virtual time, under the same faults."""

from contextlib import suppress

import pytest
import trio
from replicated import REPLICATED, Replicated, sleepers
from scripted import Note, of, scripted

from splitbrain.actions import Advance, Calm, Complete, Crash, Deliver, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.host.inputs import Asked
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Crashed, Exited, Failed, Observed, Replied, Sent, Synced
from splitbrain.invariant import KeepsContract
from splitbrain.node import Exit, Refused
from splitbrain.scenario import Scenario
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

SLOW = FaultBudget(slow_disks=True)


ASK = Request("n1", "r1", "x")


def replies(world):
    return [(event.request, event.result) for event in of(world, Replied)]


# One worked protocol


def test_a_majority_that_stored_the_value_is_enough():
    with World(REPLICATED, host="trio") as world:
        world.apply(ASK)
        world.apply(Deliver("n1", "n2", "Store"))
        assert replies(world) == []
        world.apply(Deliver("n2", "n1", "Stored"))
        assert replies(world) == [("r1", "stored")]
        assert [world.processes[name].disk().get("value") for name in world.nodes] == ["x", "x", None]
        assert world.violation is None


def test_a_cancel_scope_gives_up_in_virtual_time():
    with World(REPLICATED, host="trio") as world:
        world.apply(ASK)
        while not of(world, Replied):
            world.apply(Advance())
        assert world.now == 500
        assert replies(world) == [("r1", Refused())]
        world.apply(Deliver("n1", "n2", "Store"))
        world.apply(Deliver("n2", "n1", "Stored"))
        assert len(replies(world)) == 1


def test_sleeping_nodes_wake_at_their_deadlines_one_after_the_other():
    with World(REPLICATED, host="trio") as world:
        for expected in (100, 200, 300):
            senders = []
            for _ in range(3):
                world.apply(Advance())
                assert world.now == expected
                senders += {event.sender for event in of(world, Sent) if event.step == world.step}
            assert sorted(senders) == ["n1", "n2", "n3"]
        assert len(of(world, Sent)) == 3 * 3 * 2


def test_a_power_cut_ends_all_tasks_and_what_was_synced_is_found_again():
    with World(REPLICATED, host="trio") as world:
        world.apply(ASK)
        world.apply(Crash("n1"))
        while world.now < 800:
            world.apply(Advance())
        assert replies(world) == []  # the task that waited for a majority died with its node
        assert all(event.sender != "n1" for event in of(world, Sent) if event.step > 1)
        world.apply(Restart("n1"))
        world.apply(Request("n1", "r2", "y"))
        assert [event.message.number for event in of(world, Sent) if event.kind == "Store"] == [1, 1, 2, 2]


@pytest.mark.parametrize("after", range(8))
def test_a_crash_inside_what_an_input_causes_comes_after_exactly_so_many_effects(after):
    with World(REPLICATED, host="trio") as world:
        world.apply(Crash("n1", during=ASK, after=after))
        caused = [type(event).__name__ for event in world.events if event.step == 1][2:-1]
        assert caused == ["Wrote", "Wrote", "Synced", "Sent", "Sent"][:after]
        assert not world.processes["n1"].running


def test_the_fair_phase_runs_async_nodes_by_the_clock():
    with World(REPLICATED, host="trio") as world:
        world.apply(Crash("n3"))
        world.apply(Calm(("n1", "n2"), 3, 1000))
        assert [result for _, result in replies(world)] == ["stored"]
        beats = [event for event in of(world, Sent) if event.kind == "Heartbeat" and event.sender == "n1"]
        assert len(beats) == 2 * 10
        assert world.now == 1000


def test_a_slow_disk_holds_the_task_that_waits_for_it_and_no_other():
    with World(
        Scenario(name="slow", factory=Replicated, invariants=(KeepsContract,), sizes=(3,), budget=SLOW), host="trio"
    ) as world:
        world.apply(ASK)
        assert of(world, Sent) == []
        while not any(event.sender == "n1" for event in of(world, Sent)):  # the heart beats on
            world.apply(Advance())
        assert world.now == 100
        world.apply(Complete("n1"))
        assert len([event for event in of(world, Sent) if event.kind == "Store"]) == 2
        assert len(of(world, Synced)) == 1


def test_random_schedules_of_async_nodes_give_the_same_trace_every_time():
    for seed in range(30):
        dice, actions = Dice(seed), []
        with World(REPLICATED, host="trio", seed=seed) as world:
            for number in range(40):
                if dice.chance(0.2) and world.running():
                    action = Request(dice.pick(world.running()).id, f"r{number}", f"v{number}")
                else:
                    action = dice.pick(list(world.enabled()))
                    if isinstance(action, Crash) and dice.chance(0.7):
                        continue
                actions.append(world.apply(action))
            events = world.events
        again = run(Setup(REPLICATED, 3, {}, seed), actions, keep=True)
        assert digest(again.events) == digest(events)
        assert again.violation is None


# The order of what is runnable at once


def test_equal_sleepers_wake_in_an_order_that_depends_on_the_seed_alone():
    orders = [sleepers(seed) for seed in range(25)]
    assert orders == [sleepers(seed) for seed in range(25)]
    assert len(set(orders)) > 15
    assert all(sorted(each) == list(range(6)) for each in orders)


def test_deadlines_are_met_to_the_millisecond_whatever_floats_add_up_to():
    async def live(node, env):
        for _ in range(30):
            await trio.sleep(0.1)
            env.observe(Note())
        await trio.sleep_forever()

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        times = []
        while True:
            try:
                world.apply(Advance())
            except NotEnabled:
                break
            times.append(world.now)
        assert times == [100 * number for number in range(1, 31)]
        assert len(of(world, Observed)) == 30


def test_each_sync_waits_for_its_own_writes_and_not_for_later_ones():
    async def live(node, env):
        async def store(key):
            env.write(key, 1)
            await env.sync()
            env.observe(Note(key))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(store, "a")
            nursery.start_soon(store, "b")
            await trio.sleep_forever()

    scenario = scripted(run=live, sizes=(1,), budget=FaultBudget(slow_disks=True))
    with World(scenario, host="trio") as world:
        told = []
        for _ in range(2):
            world.apply(Complete("n1"))
            told.append(len(of(world, Observed)))
        assert told == [1, 2]


# A power cut reaches nobody


def test_finally_blocks_of_a_node_whose_power_was_cut_reach_nobody():
    ran = []

    async def live(node, env):
        try:
            env.write("before", 1)
            await trio.sleep_forever()
        finally:
            ran.append(node.me)
            env.write("after", 1)
            env.send("n2", Note("last words"))
            env.observe(Note("last words"))
            env.reply("r1", "last words")
            with trio.CancelScope(shield=True):
                await env.sync()
            ran.append("synced")

    with World(scripted(run=live, sizes=(2,)), host="trio") as world:
        before = len(world.events)
        world.apply(Crash("n1", keep=9))
        assert ran == ["n1"]
        assert [type(event).__name__ for event in world.events[before:]] == ["Acted", "Crashed"]
        assert dict(world.processes["n1"].disk()) == {"before": 1}
        world.apply(Restart("n1"))
        assert len(world.running()) == 2
        assert "synced" not in ran


def test_finally_blocks_of_a_node_whose_world_is_closed_reach_nobody():
    async def live(node, env):
        try:
            await trio.sleep_forever()
        finally:
            env.send("n2", Note("last words"))
            env.observe(Note("last words"))
            env.send("n9", Note("nobody blames it now"))

    with World(scripted(run=live, sizes=(2,)), host="trio") as world:
        before = list(world.events)
    assert world.events == before
    assert world.violation is None


def test_a_node_is_told_that_it_is_over_once_its_tasks_are():
    told = []

    async def live(node, env):
        try:
            match await env.receive():
                case Asked(command="fail"):
                    raise LookupError
            await trio.sleep_forever()
        finally:
            told.append(f"{node.me} ends")

    def close(node):
        told.append(f"{node.me} is over")

    scenario = scripted(run=live, close=close, sizes=(2,))
    told.clear()
    with World(scenario, host="trio") as world:
        world.apply(Crash("n1"))
        assert told == ["n1 ends", "n1 is over"]
        world.apply(Restart("n1"))
        world.apply(Request("n1", "r1", "fail"))
        assert told == ["n1 ends", "n1 is over"] * 2
        world.apply(Restart("n1"))
        told.clear()
    assert sorted(told) == ["n1 ends", "n1 is over", "n2 ends", "n2 is over"]
    assert told.index("n1 ends") < told.index("n1 is over")


def test_the_old_incarnation_s_tasks_have_no_part_in_the_new_one():
    kept = []

    async def live(node, env):
        kept.append(env)
        await trio.sleep_forever()

    with World(scripted(run=live, sizes=(1,)), host="trio") as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        kept[0].observe(Note("old"))
        kept[0].write("a", 1)
        kept[1].observe(Note("new"))
        assert [event.observation.text for event in of(world, Observed)] == ["new"]
        assert world.processes["n1"].storage.unsynced == []


def test_a_cleanup_that_sleeps_under_a_shield_does_not_hold_the_world():
    async def live(node, env):
        try:
            await trio.sleep_forever()
        finally:
            with trio.CancelScope(shield=True):
                await trio.sleep(60)

    with World(scripted(run=live, sizes=(2,)), host="trio") as world:
        world.apply(Crash("n1"))
        assert world.violation is None
    with World(scripted(), host="trio"):
        pass


# Breaches of the contract are outcomes


async def raises(node, env):
    raise LookupError("lost")


async def raises_in_a_task(node, env):
    async def task():
        await trio.sleep(0)
        raise LookupError("lost")

    async with trio.open_nursery() as nursery:
        nursery.start_soon(task)
        await trio.sleep_forever()


async def raises_when_asked(node, env):
    await env.receive()
    raise LookupError("lost")


async def exits(node, env):
    raise SystemExit(0)


async def returns(node, env):
    await env.receive()


async def spins(node, env):
    await env.receive()
    while True:
        await trio.lowlevel.checkpoint()


async def spins_in_a_task(node, env):
    await env.receive()
    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(spins_on)


async def spins_on():
    while True:
        await trio.sleep(0)


async def spins_later(node, env):
    await trio.sleep(0.5)
    while True:
        await trio.lowlevel.checkpoint()


async def sends_nowhere(node, env):
    await env.receive()
    env.send("n9", Note())


async def sends_nowhere_and_lives_on(node, env):
    with suppress(BaseException):
        await sends_nowhere(node, env)
    while True:
        await env.receive()
        env.observe(Note("on"))


async def answers_what_nobody_asked(node, env):
    await env.receive()
    env.reply("r9", 1)


async def answers_twice(node, env):
    asked = await env.receive()
    env.reply(asked.request, 1)
    env.reply(asked.request, 1)


async def two_tasks_raise(node, env):
    await env.receive()
    async with trio.open_nursery() as nursery:
        for _ in range(2):
            nursery.start_soon(raises, node, env)


async def says_for_ever(node, env):
    await env.receive()
    while True:
        env.observe(Note())


HERE = "test_async_node.py"
BREACHES = [
    (raises, "raised", f"run: LookupError: lost ({HERE}:{raises.__code__.co_firstlineno + 1}, in raises)"),
    (raises_in_a_task, "raised", f"run: LookupError: lost ({HERE}:{raises_in_a_task.__code__.co_firstlineno + 3}, in task)"),
    (two_tasks_raise, "raised", "in raises); 1 more of its tasks raised, too"),
    (raises_when_asked, "raised", "run: LookupError: lost"),
    (exits, "raised", "run: SystemExit"),
    (returns, "raised", f"run returned ({HERE}:"),
    (returns, "raised", "; a node runs until its power is cut"),
    (says_for_ever, "hung", "run asked for more than 30,040 effects before it waited for anything"),
    (spins, "hung", "did not come to rest"),
    (spins_in_a_task, "hung", "did not come to rest"),
    (spins_later, "hung", "did not come to rest"),
    (sends_nowhere, "malformed", "run asked for Send(to='n9'), but there is no such node"),
    (sends_nowhere, "malformed", f"({HERE}:{sends_nowhere.__code__.co_firstlineno + 2}, in sends_nowhere); the cluster is"),
    (sends_nowhere_and_lives_on, "malformed", "there is no such node"),
    (answers_what_nobody_asked, "malformed", "run asked for Reply('r9', ...), which nobody has asked it since it started"),
    (answers_twice, "malformed", "run asked for Reply('r2', ...), which it has answered already"),
]


@pytest.mark.parametrize(("live", "how", "detail"), BREACHES, ids=[breach[0].__name__ for breach in BREACHES])
def test_a_breach_of_the_contract_is_an_outcome_with_the_node_s_name(live, how, detail):
    async def run(node, env):
        if node.me == "n2":
            await live(node, env)
        else:
            await trio.sleep_forever()

    with World(scripted(run=run), host="trio") as world:
        for action in (Request("n1", "r1", "x"), Request("n2", "r2", "x"), Advance()):
            if of(world, Failed):
                break
            world.apply(action)
        (failed,) = of(world, Failed)
        assert (failed.node, failed.how) == ("n2", how)
        assert detail in failed.detail
        assert [process.id for process in world.running()] == ["n1", "n3"]
        world.apply(Request("n1", "r3", "x"))
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert len(of(world, Failed)) == 1


def test_a_node_that_another_one_wakes_and_that_fails_then_is_over_before_it_starts_again():
    shared, ended = {}, []

    async def run(node, env):
        event = shared.setdefault("event", trio.Event())
        try:
            async with trio.open_nursery() as nursery:
                if node.me == "n2":
                    nursery.start_soon(shielded, env)
                    await event.wait()
                    env.send("n9", Note())
                await env.receive()
                event.set()
                await trio.sleep_forever()
        finally:
            ended.append(node.me)

    async def shielded(env):
        with trio.CancelScope(shield=True):
            await env.receive()

    with World(scripted(run=run, sizes=(2,)), host="trio") as world:
        world.apply(Request("n1", "r1", "x"))
        assert [event.node for event in of(world, Failed)] == ["n2"]
        shared.clear()
        world.apply(Restart("n2"))
        assert ended == ["n2"]
        assert len(world.running()) == 2


def test_a_node_that_swallows_its_cancellation_is_named_and_does_not_hang_the_harness():
    stubborn = True

    async def run(node, env):
        while stubborn:
            try:
                await trio.sleep_forever()
            except trio.Cancelled:
                await trio.lowlevel.cancel_shielded_checkpoint()

    world = World(scripted(run=run, sizes=(2,)), host="trio")
    with pytest.raises(ScenarioError, match="n1, whose power was cut, goes on after it was cancelled"):
        world.apply(Crash("n1"))
    with pytest.raises(ScenarioError, match="it swallows trio"):
        world.close()
    stubborn = False
    world.close()
    with World(scripted(), host="trio"):
        pass


def test_an_interrupt_inside_an_async_node_is_the_harness_own():
    async def run(node, env):
        async with trio.open_nursery() as nursery:
            nursery.start_soon(trio.sleep_forever)
            await env.receive()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), World(scripted(run=run), host="trio") as world:
        world.apply(ASK)
    with World(scripted(), host="trio"):
        pass


def test_a_timer_is_not_an_async_node_s_way_to_wait():
    with World(REPLICATED, host="trio") as world, pytest.raises(NotEnabled):
        world.apply(Fire("n1", "t"))


@pytest.mark.parametrize("within", [False, True], ids=["run", "a task"])
def test_an_async_node_may_end_itself(within):
    async def end(env):
        env.write("lost", 1)
        raise Exit("enough")

    async def run(node, env):
        await env.receive()
        if not within:
            await end(env)
        async with trio.open_nursery() as nursery:
            nursery.start_soon(end, env)
            await trio.sleep_forever()

    with World(scripted(run=run)) as world:
        world.apply(ASK)
        assert of(world, Exited) == [Exited(1, "n1", "enough")]
        assert [event.lost for event in of(world, Crashed)] == [1]
        assert world.violation is None
        world.apply(Restart("n1"))
        world.apply(Request("n1", "r2", "y"))
        assert len(of(world, Exited)) == 2
