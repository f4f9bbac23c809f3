"""One trio world at a time a process, refused in plain words otherwise; and trio's own order comes back, whatever happens."""

import gc
import threading
from collections import Counter

import pytest
import trio
from scripted import Note, of, scripted
from trio._core import _run

from splitbrain.actions import Crash, Request
from splitbrain.cluster.clock import Clock
from splitbrain.cluster.host.inputs import Asked
from splitbrain.cluster.host.trio_host import TrioHost
from splitbrain.errors import ScenarioError
from splitbrain.events import Observed
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

OPEN = "a trio world is open already"


async def racy(node, env):
    """On a request, eight tasks become runnable at once, and each says its number."""

    async def say(go, number):
        await go.wait()
        env.observe(Note(number))

    async with trio.open_nursery() as nursery:
        while True:
            match await env.receive():
                case Asked():
                    go = trio.Event()
                    for number in range(8):
                        nursery.start_soon(say, go, number)
                    await trio.sleep(0)
                    go.set()


RACY = Setup(scripted(run=racy, sizes=(1,)), 1, {}, 7)
ACTIONS = tuple(Request("n1", f"r{number}", "x") for number in range(60))


def trios():
    return _run._ALLOW_DETERMINISTIC_SCHEDULING, _run._r


def in_a_thread(function):
    thread = threading.Thread(target=function)
    thread.start()
    thread.join()


def opened(got):
    try:
        with World(scripted(), host="trio"):
            got.append("opened")
    except ScenarioError as error:
        got.append(str(error))


def test_a_second_world_is_refused_in_every_thread_until_the_first_is_closed():
    got = []
    with World(scripted(), host="trio"):
        in_a_thread(lambda: opened(got))
        opened(got)
    in_a_thread(lambda: opened(got))
    assert [each.partition(" (")[0] for each in got] == [OPEN, OPEN, "opened"]
    assert "close the other world first (`with World(...)`), or run the second one in another process" in got[0]


def test_worlds_of_async_nodes_in_several_threads_give_one_trace_or_a_plain_word():
    before = trios()
    alone = digest(run(RACY, ACTIONS, keep=True).events)
    got = []

    def one():
        for _ in range(4):
            try:
                got.append(digest(run(RACY, ACTIONS, keep=True).events))
            except ScenarioError as error:
                got.append(str(error).partition(" (")[0])

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 16
    assert set(Counter(got)) <= {alone, OPEN}
    assert trios() == before


def test_trio_s_order_comes_back_though_a_node_raises_an_interrupt():
    async def interrupted(node, env):
        await env.receive()
        raise KeyboardInterrupt

    before = trios()
    world = World(scripted(run=interrupted), host="trio")
    assert trios() != before
    with pytest.raises(KeyboardInterrupt), world:
        world.apply(ACTIONS[0])
    assert trios() == before


def test_trio_s_order_comes_back_though_a_node_swallows_its_cancellation():
    stubborn = True

    async def live(node, env):
        while stubborn:
            try:
                await trio.sleep_forever()
            except trio.Cancelled:
                await trio.lowlevel.cancel_shielded_checkpoint()

    before = trios()
    world = World(scripted(run=live, sizes=(1,)), host="trio")
    with pytest.raises(ScenarioError, match="it swallows trio"):
        world.close()
    assert trios() == before
    stubborn = False
    world.close()
    with World(scripted(), host="trio"):
        pass


class BadClock(Clock):
    """One that cannot be read."""

    def __init__(self): ...

    @property
    def now(self):
        raise KeyboardInterrupt


@pytest.mark.filterwarnings("ignore")  # trio says of itself that it crashed
def test_a_start_that_fails_midway_leaves_nothing_behind():
    before = trios()
    for _ in range(2):
        with pytest.raises(BaseException):  # noqa: B017 - an interrupt, or what trio made of it
            TrioHost(BadClock(), 0, test_worlds_after_each_other_are_no_worlds_at_a_time)
    with World(scripted(), host="trio"):
        pass
    assert trios() == before
    gc.collect()  # while what trio warns of is ignored


def test_a_world_that_was_lost_open_gives_way_in_its_own_thread():
    before = trios()
    closed = []

    async def live(node, env):
        try:
            await trio.sleep_forever()
        finally:
            closed.append(node.me)

    world = World(scripted(run=live, sizes=(2,)), host="trio")
    assert trios() != before
    del world
    gc.collect()
    assert trios() == before
    with World(scripted(), host="trio"):
        assert sorted(closed) == ["n1", "n2"]


@pytest.mark.filterwarnings("ignore")  # trio warns of a run that nobody ended
def test_a_world_whose_thread_has_ended_gives_way_though_somebody_keeps_it():
    before = trios()
    kept = []
    in_a_thread(lambda: kept.append(RACY.world(keep=True)))
    assert trios() != before
    with RACY.world(keep=True) as world:
        world.apply(ACTIONS[0])
        assert sorted(event.observation.text for event in of(world, Observed)) == list(range(8))
    assert trios() == before
    kept.clear()
    gc.collect()
    assert trios() == before


def test_worlds_after_each_other_are_no_worlds_at_a_time():
    for _ in range(3):
        with RACY.world() as world:
            world.apply(Crash("n1"))
