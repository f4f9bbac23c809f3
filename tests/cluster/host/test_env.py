"""What an async node has of the world: named timers that fire in any order, inputs one by one, and calls that must be awaited."""

import pytest
import trio
from scripted import Note, of, scripted

from splitbrain.actions import Advance, Calm, Complete, Crash, Deliver, Disconnect, Fire, Operate, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.host.inputs import Asked, Connected, Disconnected, Operated, Received
from splitbrain.errors import NotEnabled
from splitbrain.events import Failed, Observed, TimerCancelled, TimerSet
from splitbrain.invariant import Invariant, KeepsContract
from splitbrain.search.hunt import hunt
from splitbrain.world.world import World

HERE = "test_env.py"


def world_of(live, sizes=(1,), **changes):
    return World(scripted(run=live, sizes=sizes, **changes), host="trio")


def said(world):
    return [event.observation.text for event in of(world, Observed)]


def timers(world, node="n1"):
    return [(timer.name, timer.earliest, timer.latest) for timer in world.processes[node].timers.values()]


def changes(world):
    kinds = {TimerSet: "set", TimerCancelled: "cancelled"}
    return [f"{event.timer} {kinds[type(event)]}" for event in world.events if type(event) in kinds]


# Named timers


async def beats(node, env):
    while True:
        await env.sleep("beat", 50, 100)
        env.observe(Note("beat"))


def test_a_sleeper_wakes_when_its_timer_fires():
    with world_of(beats) as world:
        for number in range(3):
            assert timers(world) == [("beat", 50, 100)]
            world.apply(Fire("n1", "beat"))
            assert said(world) == ["beat"] * (number + 1)
        assert world.now == 150
        assert changes(world) == ["beat set"] * 4


def test_without_a_latest_moment_a_timer_fires_exactly_at_its_earliest():
    async def live(node, env):
        await env.sleep("exact", 70)
        with env.timeout("too", 30):
            await trio.sleep_forever()
        await trio.sleep_forever()

    with world_of(live) as world:
        assert timers(world) == [("exact", 70, 70)]
        world.apply(Fire("n1", "exact"))
        assert timers(world) == [("too", 30, 30)]


def test_timers_fire_in_any_order():
    async def live(node, env):
        async def nap(name, ms):
            await env.sleep(name, ms)
            env.observe(Note(name))

        async with trio.open_nursery() as nursery:
            for name, ms in (("short", 10), ("long", 1_000)):
                nursery.start_soon(nap, name, ms)
            await trio.sleep_forever()

    with world_of(live) as world:
        for name in ("long", "short"):
            world.apply(Fire("n1", name))
        assert said(world) == ["long", "short"]


def test_a_sleep_that_is_cancelled_disarms_its_timer():
    async def live(node, env):
        with trio.move_on_after(0.01):
            await env.sleep("nap", 50, 100)
        env.observe(Note("gave up"))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Advance())
        assert said(world) == ["gave up"]
        assert changes(world) == ["nap set", "nap cancelled"]
        with pytest.raises(NotEnabled):
            world.apply(Fire("n1", "nap"))


def test_a_sleep_in_a_block_that_is_cancelled_arms_nothing():
    async def live(node, env):
        with trio.CancelScope() as scope:
            scope.cancel()
            await env.sleep("nap", 50)
        env.observe(Note(scope.cancelled_caught))
        await trio.sleep_forever()

    with world_of(live) as world:
        assert said(world) == [True]
        assert changes(world) == []


async def waits_for_a_leader(node, env):
    while True:
        with env.timeout("election", 150, 300) as scope:
            heard = await env.receive()
            env.observe(Note(heard.command))
        if scope.cancelled_caught:
            env.observe(Note("nobody"))


def test_a_timeout_ends_its_block_when_its_timer_fires_and_is_disarmed_where_the_block_ends_before():
    with world_of(waits_for_a_leader) as world:
        world.apply(Request("n1", "r1", "x"))
        assert changes(world) == ["election set", "election cancelled", "election set"]
        world.apply(Fire("n1", "election"))
        world.apply(Request("n1", "r2", "y"))
        assert said(world) == ["x", "nobody", "y"]
        assert world.now == 150


def test_a_timeout_is_disarmed_where_its_block_raises():
    async def live(node, env):
        try:
            with env.timeout("t", 10):
                raise LookupError
        except LookupError:
            env.observe(Note("raised"))
        await trio.sleep_forever()

    with world_of(live) as world:
        assert said(world) == ["raised"]
        assert timers(world) == []


@pytest.mark.parametrize(("fires", "told"), [("outer", (True, False)), ("inner", (False, True))])
def test_of_timeouts_in_each_other_each_ends_its_own_block(fires, told):
    async def live(node, env):
        with env.timeout("outer", 10, 20) as outer:
            with env.timeout("inner", 10, 20) as inner:
                await trio.sleep_forever()
            env.observe(Note("between"))
        env.observe(Note((outer.cancelled_caught, inner.cancelled_caught)))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Fire("n1", fires))
        assert said(world)[-1] == told
        assert ("between" in said(world)) == (fires == "inner")
        assert timers(world) == []


def test_a_shielded_block_goes_on_and_its_timeout_shows_afterwards():
    async def live(node, env):
        with env.timeout("t", 10) as scope:
            with trio.CancelScope(shield=True):
                await env.sleep("work", 50)
            env.observe(Note("done"))
            await trio.lowlevel.checkpoint()
            env.observe(Note("never"))
        env.observe(Note(scope.cancelled_caught))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Fire("n1", "t"))
        assert said(world) == []
        world.apply(Fire("n1", "work"))
        assert said(world) == ["done", True]


def test_a_timeout_ends_all_tasks_of_its_block():
    async def live(node, env):
        async def nap(number):
            try:
                await env.sleep(f"nap {number}", 500)
            finally:
                env.observe(Note(number))

        with env.timeout("all", 10):
            async with trio.open_nursery() as nursery:
                for number in range(5):
                    nursery.start_soon(nap, number)
        env.observe(Note("over"))
        await trio.sleep_forever()

    traces = []
    for seed in (1, 1, 2, 3):
        with World(scripted(run=live, sizes=(1,)), host="trio", seed=seed) as world:
            world.apply(Fire("n1", "all"))
            assert sorted(said(world)[:5]) == [0, 1, 2, 3, 4]
            assert said(world)[5:] == ["over"]
            traces.append((said(world), changes(world)))
    assert traces[0] == traces[1]
    assert len({tuple(each) for each, _ in traces}) > 1


def test_a_message_that_has_arrived_is_not_lost_to_a_timeout_that_comes_with_it():
    async def live(node, env):
        async def end(scope):
            await env.receive()
            scope.cancel()

        while True:
            async with trio.open_nursery() as nursery:
                with env.timeout("t", 10) as scope:
                    nursery.start_soon(end, scope)
                    await trio.sleep_forever()
                env.observe(Note("over"))

    with world_of(live) as world:
        for number in range(1, 4):
            world.apply(Request("n1", f"r{number}", "x"))
            assert said(world) == ["over"] * number
        assert world.violation is None


def test_a_block_that_is_over_takes_nothing_from_the_inbox():
    async def live(node, env):
        await env.sleep("late", 10)
        with trio.CancelScope() as scope:
            scope.cancel()
            await env.receive()
        env.observe(Note(scope.cancelled_caught))
        env.observe(Note((await env.receive()).command))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Request("n1", "r1", "x"))
        world.apply(Fire("n1", "late"))
        assert said(world) == [True, "x"]


def test_a_timer_whose_name_is_free_again_may_be_armed_while_what_it_ended_is_cleaned_up():
    async def live(node, env):
        with env.timeout("t", 10):
            try:
                await trio.sleep_forever()
            finally:
                with trio.CancelScope(shield=True):
                    await env.sleep("t", 5)
                env.observe(Note("clean"))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Fire("n1", "t"))
        world.apply(Fire("n1", "t"))
        assert said(world) == ["clean"]
        assert world.violation is None


def test_the_fair_phase_lets_timers_fire_within_their_ranges_and_not_in_step():
    with world_of(beats, sizes=(3,)) as world:
        world.apply(Calm(world.nodes, 5, 1_000))
        fired = {node: [event.step for event in of(world, Observed) if event.node == node] for node in world.nodes}
        assert all(10 <= len(steps) <= 20 for steps in fired.values())


@pytest.mark.parametrize("after", range(4))
def test_the_power_may_be_cut_before_and_behind_a_timer_that_is_armed(after):
    async def live(node, env):
        await env.receive()
        env.observe(Note("got"))
        with env.timeout("t", 10):
            env.observe(Note("armed"))
            await trio.lowlevel.checkpoint()
        env.observe(Note("disarmed"))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Crash("n1", during=Request("n1", "r1", "x"), after=after))
        caused = [type(event).__name__ for event in world.events if event.step == 1][2:-1]
        assert caused == ["Observed", "TimerSet", "Observed", "TimerCancelled", "Observed"][:after]
        assert timers(world) == []
        world.apply(Restart("n1"))
        assert world.violation is None


def test_a_power_cut_ends_those_who_wait_for_a_timer_even_behind_a_shield():
    ran = []

    async def live(node, env):
        with trio.CancelScope(shield=True), env.timeout("outer", 100):
            try:
                await env.sleep("inner", 50)
            finally:
                ran.append("cleaned up")
                env.observe(Note("last words"))

    with world_of(live) as world:
        world.apply(Crash("n1"))
        assert ran == ["cleaned up"]
        assert said(world) == []
        world.apply(Restart("n1"))
        assert timers(world) == [("outer", 100, 100), ("inner", 50, 50)]


def test_a_power_cut_ends_all_tasks_whether_they_are_shielded_or_not():
    async def live(node, env):
        async def shielded():
            with trio.CancelScope(shield=True):
                await env.receive()

        async with trio.open_nursery() as nursery:
            nursery.start_soon(shielded)
            nursery.start_soon(env.sleep, "nap", 10)
            await trio.sleep_forever()

    with world_of(live, sizes=(2,)) as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert len(world.running()) == 2
        assert world.violation is None


def test_a_timer_fires_while_another_task_waits_for_a_slow_disk():
    async def live(node, env):
        async def store():
            env.write("a", 1)
            await env.sync()
            env.observe(Note("durable"))

        async with trio.open_nursery() as nursery:
            nursery.start_soon(store)
            with env.timeout("t", 10):
                await trio.sleep_forever()
            env.observe(Note("late"))
            await trio.sleep_forever()

    with world_of(live, budget=FaultBudget(slow_disks=True)) as world:
        world.apply(Fire("n1", "t"))
        world.apply(Complete("n1"))
        assert said(world) == ["late", "durable"]


def test_a_timeout_around_a_sync_gives_up_waiting_and_the_write_may_become_durable_later():
    async def live(node, env):
        env.write("a", 1)
        with env.timeout("t", 10) as scope:
            await env.sync()
        env.observe(Note(scope.cancelled_caught))
        await env.sync()
        env.observe(Note("durable"))
        await trio.sleep_forever()

    with world_of(live, budget=FaultBudget(slow_disks=True)) as world:
        world.apply(Fire("n1", "t"))
        assert said(world) == [True]
        world.apply(Complete("n1"))
        assert said(world) == [True]
        world.apply(Complete("n1"))
        assert said(world) == [True, "durable"]


class Never(Invariant):
    """Nobody hears of nothing."""

    watches = (Note,)

    def observe(self, event):
        return self.violation("it happened", event) if event.observation.text == "nobody" else None


def test_a_hunt_draws_named_timers_as_it_draws_all_others():
    scenario = scripted(run=waits_for_a_leader, sizes=(1,), invariants=(KeepsContract, Never))
    hunted = hunt(scenario, seed=1, runs=50)
    assert hunted.found is not None
    assert any(isinstance(action, Fire) for action in hunted.found.actions)


# Misuse, with the user's line


async def two_sleeps(node, env):
    async with trio.open_nursery() as nursery:
        nursery.start_soon(env.sleep, "t", 10)
        await env.sleep("t", 20)


async def two_timeouts(node, env):
    with env.timeout("t", 10), env.timeout("t", 10, 20):
        await trio.sleep_forever()


async def seconds(node, env):
    await env.sleep("t", 0.15, 0.3)


async def backwards(node, env):
    with env.timeout("t", 300, 150):
        await trio.sleep_forever()


async def nameless(node, env):
    await env.sleep(150, 300)


async def never_synced(node, env):
    env.write("a", 1)
    env.sync()
    await trio.sleep_forever()


async def never_slept(node, env):
    while True:
        env.sleep(
            "t",
            10,
        )
        await env.receive()


async def never_received(node, env):
    env.receive()
    await trio.sleep_forever()


MISUSES = [
    (two_sleeps, "env.sleep('t', 10); a timer 't' is armed already, by env.sleep"),
    (
        two_timeouts,
        f"env.timeout('t', 10, 20) ({HERE}:{two_timeouts.__code__.co_firstlineno + 1}, in two_timeouts); a timer 't' is",
    ),
    (two_timeouts, "give this one another name"),
    (seconds, f"env.sleep('t', 0.15, 0.3) ({HERE}:{seconds.__code__.co_firstlineno + 1}, in seconds); a timer has a name, and"),
    (backwards, "env.timeout('t', 300, 150)"),
    (nameless, "env.sleep(150, 300)"),
    (
        never_synced,
        f"run called env.sync(...) without awaiting it ({HERE}:{never_synced.__code__.co_firstlineno + 2}, in never_synced)",
    ),
    (
        never_slept,
        f"run called env.sleep(...) without awaiting it ({HERE}:{never_slept.__code__.co_firstlineno + 2}, in never_slept)",
    ),
    (never_received, "so that it never happened; write `await`"),
]


@pytest.mark.parametrize(("live", "detail"), MISUSES, ids=[each[0].__name__ for each in MISUSES])
def test_misuse_is_an_outcome_with_the_line(live, detail):
    async def run(node, env):
        await (live(node, env) if node.me == "n2" else trio.sleep_forever())

    with world_of(run, sizes=(3,)) as world:
        if not of(world, Failed):
            world.apply(Request("n2", "r1", "x"))
        (failed,) = of(world, Failed)
        assert (failed.node, failed.how) == ("n2", "malformed")
        assert detail in failed.detail
        assert [process.id for process in world.running()] == ["n1", "n3"]
        world.apply(Restart("n2"))
        assert len(of(world, Failed)) >= 1


def test_a_call_that_is_awaited_later_or_by_somebody_else_is_no_mistake():
    async def live(node, env):
        async def first(call, event):
            await event.wait()
            env.observe(Note("waited"))
            await call

        later, event = env.sync(), trio.Event()
        async with trio.open_nursery() as nursery:
            nursery.start_soon(first, later, event)
            await env.receive()
            event.set()
            nursery.start_soon(env.sleep, "t", 10)
        env.observe(Note("both"))
        await trio.sleep_forever()

    with world_of(live) as world:
        world.apply(Request("n1", "r1", "x"))
        world.apply(Fire("n1", "t"))
        assert said(world) == ["waited", "both"]
        assert world.violation is None


# Inputs


def test_inputs_of_all_kinds_come_in_the_order_of_arrival():
    got = []

    async def live(node, env):
        await env.sleep("late", 10)
        while True:
            got.append(await env.receive())

    with world_of(live) as world:
        node = world.processes["n1"].node
        given = (
            (node.connected, ("n2",), Connected("n2")),
            (node.receive, ("n2", "hello"), Received("n2", "hello")),
            (node.operate, ("compact", None), Operated("compact", None)),
            (node.request, ("r1", "x"), Asked("r1", "x")),
            (node.disconnected, ("n2",), Disconnected("n2")),
        )
        for handler, arguments, _ in given:
            world.give(world.processes["n1"], (handler, arguments))
        world.apply(Fire("n1", "late"))
        assert got == [expected for *_, expected in given]


async def tells_what_it_gets(node, env):
    while True:
        match await env.receive():
            case Connected(peer):
                env.observe(Note(f"+{peer}"))
            case Disconnected(peer):
                env.observe(Note(f"-{peer}"))
            case Received(sender, message):
                env.observe(Note(f"{message.text} of {sender}"))
            case Asked(_, command):
                for each in (*node.peers, env.me):
                    env.send(each, Note(command))


def test_on_streams_a_node_is_told_of_its_connections_and_of_what_it_sends_to_itself():
    def told(world, node):
        return [event.observation.text for event in of(world, Observed) if event.node == node]

    with world_of(tells_what_it_gets, sizes=(2,), links="streams", requests=0) as world:
        assert told(world, "n1") == ["+n2"]
        world.apply(Request("n1", "r1", "x"))
        assert told(world, "n1") == ["+n2", "x of n1"]
        world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Request("n1", "r2", "y"))
        world.apply(Disconnect("n1", "n2"))
        world.apply(Deliver("n1", "n2", "disconnected"))
        assert told(world, "n2") == ["+n1", "x of n1", "-n1"]
        world.apply(Calm(world.nodes, 1, 1_000))
        assert told(world, "n1")[2:] == ["y of n1", "-n2", "+n2"]
        assert told(world, "n2") == ["+n1", "x of n1", "-n1", "+n1"]
        assert world.violation is None


def test_an_async_node_is_told_what_to_do():
    async def live(node, env):
        while True:
            match await env.receive():
                case Operated(operation, argument):
                    env.observe(Note((operation, argument)))

    with world_of(live, operations={"compact": (7,)}) as world:
        world.apply(Operate("n1", "compact", 7))
        assert said(world) == [("compact", 7)]
        assert world.violation is None


def test_what_a_deadline_makes_a_node_send_to_itself_arrives_in_the_same_step():
    async def live(node, env):
        await trio.sleep(0.01)
        env.send(env.me, Note("x"))
        env.observe(Note((await env.receive()).message.text))
        await trio.sleep_forever()

    with world_of(live, sizes=(1,), self_delivery="local") as world:
        world.apply(Advance())
        assert said(world) == ["x"]


def test_a_node_that_looks_for_messages_alone_passes_over_all_else():
    async def live(node, env):
        while True:
            match await env.receive():
                case Received(sender, message):
                    env.observe(Note((sender, message.text)))
                case Asked(_, command):
                    env.send("n2", Note(command))

    with world_of(live, sizes=(2,)) as world:
        node = world.processes["n2"].node
        for handler, arguments in ((node.connected, ("n1",)), (node.operate, ("compact", 1)), (node.disconnected, ("n1",))):
            world.give(world.processes["n2"], (handler, arguments))
        world.apply(Request("n1", "r1", "x"))
        world.apply(Deliver("n1", "n2", "Note"))
        assert said(world) == [("n1", "x")]
