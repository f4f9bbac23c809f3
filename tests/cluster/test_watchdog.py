"""The watchdog: code of a node's that computes for ever is an outcome, the same in every run."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import trio
from scripted import Note, of, scripted
from shell import run as shell

from splitbrain.actions import Crash, Request, Restart
from splitbrain.cluster import watchdog
from splitbrain.cluster.watchdog import WATCHDOG
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.errors import ScenarioError
from splitbrain.events import Failed, Observed, Wrote
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.schedule.file import load
from splitbrain.schedule.replay import replay
from splitbrain.stopwatch import cpu_seconds
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")
HERE = "test_watchdog.py"

pytestmark = pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="there is no CPU timer here")


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    for name, seconds in (("PATIENCE", 0.2), ("HASTE", 0.1), ("TICK", 0.05)):
        monkeypatch.setattr(watchdog, name, seconds)


def work(size=20_000):
    return sum(number * number for number in range(size))


def spins(*_):
    while True:
        pass


def spins_behind_a_write(*_):
    yield Write("a", 1)
    while True:
        work()


def catches_everything(*_):
    while True:
        try:
            work()
        except BaseException:  # noqa: BLE001 - as somebody's node does
            continue


def catches_everything_and_returns(*_):
    try:
        spins()
    except BaseException:  # noqa: BLE001
        return ()


def catches_everything_and_goes_on(*_):
    with suppress(BaseException):
        spins()
    yield Observe(Note("on"))


def backtracks(*_):
    import re  # noqa: PLC0415

    return re.match("(a+)+b", "a" * 99)


def place(function):
    return f"({HERE}:{function.__code__.co_firstlineno}, in {function.__name__})"


ENDLESS = [
    spins,
    spins_behind_a_write,
    catches_everything,
    catches_everything_and_returns,
    catches_everything_and_goes_on,
    backtracks,
]


@pytest.mark.parametrize("host", ["direct", "trio"])
@pytest.mark.parametrize("endless", ENDLESS)
def test_a_handler_that_computes_for_ever_is_an_outcome(endless, host):
    class Endless(scripted().factory):
        request = endless

    with World(scripted(factory=Endless), host=host) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert (failed.node, failed.how) == ("n1", "hung")
        assert failed.detail == f"{endless.__name__}: it computes for ever, and the watchdog stopped it {place(endless)}"
        assert of(world, Observed) == []
        assert len(of(world, Wrote)) == (endless is spins_behind_a_write)
        assert [process.id for process in world.running()] == ["n2", "n3"]
        world.apply(Restart("n1"))
        assert len(world.running()) == 3
        assert world.violation.fingerprint == "KeepsContract(hung)"


async def spins_when_asked(node, env):
    await env.receive()
    spins()


async def spins_in_a_task(node, env):
    async def task():
        with suppress(BaseException):
            spins()
        env.observe(Note("on"))
        spins()

    await env.receive()
    async with trio.open_nursery() as nursery:
        nursery.start_soon(task)
        nursery.start_soon(trio.sleep_forever)


async def catches_everything_and_waits(node, env):
    await env.receive()
    with suppress(BaseException):
        spins()
    while True:
        await env.receive()


@pytest.mark.parametrize("live", [spins_when_asked, spins_in_a_task, catches_everything_and_waits])
def test_a_task_that_computes_for_ever_is_an_outcome(live):
    with World(scripted(run=live), host="trio") as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert (failed.node, failed.how) == ("n1", "hung")
        assert "it computes for ever" in failed.detail
        assert HERE in failed.detail
        assert [process.id for process in world.running()] == ["n2", "n3"]
        world.apply(Restart("n1"))
        assert len(world.running()) == 3
        assert of(world, Observed) == []


def test_a_factory_that_computes_for_ever_is_an_outcome_once_the_cluster_runs():
    class Endless(scripted().factory):
        def __init__(self, me, peers, disk):
            super().__init__(me, peers, disk)
            if disk or me == "n3":
                spins()

        def request(self, name, command):
            yield Write("a", 1)
            yield Sync()

    with World(scripted(factory=Endless), 2) as world:
        for action in (ASK, Crash("n1"), Restart("n1")):
            world.apply(action)
        (failed,) = of(world, Failed)
        assert failed.how == "hung"
        assert f"the factory, after a restart: it computes for ever, and the watchdog stopped it {place(Endless.__init__)}"[
            :60
        ] in (failed.detail)
    with pytest.raises(ScenarioError, match=r"the factory cannot make node n3: it computes for ever \(test_watchdog.py:"):
        World(scripted(factory=Endless), 3)


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_what_computes_for_ever_while_it_is_closed_holds_nobody(host):
    def request(*_):
        try:
            yield Observe(Note("before"))
            yield Observe(Note("after"))
        finally:
            spins()

    with World(scripted(request=request, close=spins), host=host) as world:
        world.apply(Crash("n1", during=ASK, after=1))
        assert of(world, Failed) == []
    assert len(world.lapses) == 3
    assert "n1's close() raised Overdue: it computes for ever (test_watchdog.py:" in world.lapses[0]


def test_a_run_with_a_hang_is_the_same_every_time_and_where_it_was_stopped_is_told_apart():
    def request(*_):
        yield Send("n2", Note())
        number = 0
        while True:
            number += 1
            work(number)

    setup = Setup(scripted(request=request), 3)
    digests = {digest(run(setup, (ASK,), keep=True).events) for _ in range(3)}
    assert len(digests) == 1
    assert WATCHDOG.stops["n1"].startswith(f"n1's request was stopped at {HERE}:")


def test_a_handler_that_takes_long_but_has_effects_goes_on():
    def request(*_):
        for _ in range(60):
            work(60_000)
            yield Observe(Note())

    with World(scripted(request=request)) as world:
        world.apply(ASK)
        assert of(world, Failed) == []


def test_many_inputs_of_a_slow_node_are_no_hang():
    with World(scripted(request=lambda *_: [Observe(Note(work(60_000)))])) as world:
        for number in range(60):
            world.apply(Request("n1", f"r{number}", "x"))
        assert world.violation is None


def test_who_computes_long_between_two_actions_is_no_node():
    with World(scripted()) as world:
        for _ in range(100):
            work(60_000)
        world.apply(ASK)
        assert world.violation is None


def test_the_timer_ticks_while_a_world_is_open_and_no_longer():
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    with World(scripted()):
        assert signal.getitimer(signal.ITIMER_PROF)[1] > 0
        with World(scripted()):
            pass
        assert signal.getitimer(signal.ITIMER_PROF)[1] > 0
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    with pytest.raises(ScenarioError):
        World(scripted(), host="asyncio")
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_a_world_that_is_lost_is_watched_no_longer():
    world = World(scripted())
    del world
    for _ in range(100):
        work(60_000)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_somebody_else_s_use_of_the_signal_is_left_alone():
    heard = []

    def mine(*_):
        heard.append(1)

    before = signal.signal(signal.SIGPROF, mine)
    try:
        with World(scripted()):
            assert signal.getsignal(signal.SIGPROF) is mine
            assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGPROF, before)
    signal.setitimer(signal.ITIMER_PROF, 1_000)
    try:
        with World(scripted()):
            assert signal.getitimer(signal.ITIMER_PROF)[0] > 900
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 900
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def test_in_another_thread_nothing_is_watched():
    timers = []

    def one():
        with World(scripted()):
            timers.append(signal.getitimer(signal.ITIMER_PROF))

    thread = threading.Thread(target=one)
    thread.start()
    thread.join()
    assert timers == [(0.0, 0.0)]


def works(seconds):
    end = cpu_seconds() + seconds
    while cpu_seconds() < end:
        work()


def slow_and_endless_from(number):
    """Its requests take 0.8 s of CPU each, but the last of so many never ends."""

    class Node(scripted().factory):
        asked = 0

        def request(self, *_):
            self.asked += 1
            if self.asked == number:
                spins()
            works(0.8)
            return ()

    return Setup(scripted(factory=Node), 2)


def asked(times):
    return [Request("n1", f"r{number}", "x") for number in range(1, times + 1)]


@pytest.mark.slow
def test_who_is_only_slow_is_blamed_nowhere_but_in_tries_of_which_none_counts(monkeypatch):
    monkeypatch.setattr(watchdog, "PATIENCE", 3.0)
    setup = slow_and_endless_from(2)
    assert run(setup, asked(2)).violation.fingerprint == "KeepsContract(hung)"
    assert run(setup, asked(1)).violation is None
    with WATCHDOG.hasty() as stopped:
        assert run(setup, asked(1)).violation is None
        assert run(setup, asked(2)).violation is not None
        assert [code.co_name for code in stopped] == ["request"]
        with WATCHDOG.hasty():
            assert run(setup, asked(1)).violation is not None
        with WATCHDOG.patient():
            assert run(setup, asked(1)).violation is None
        assert run(setup, asked(1)).violation is not None
    assert run(setup, asked(1)).violation is None


@pytest.mark.slow
def test_a_minimal_schedule_is_one_in_which_it_hangs_with_all_patience(monkeypatch):
    monkeypatch.setattr(watchdog, "PATIENCE", 3.0)
    found = run(slow_and_endless_from(3), asked(5)).found()
    assert len(found.actions) == 3
    told = []
    least = minimise(found, progress=lambda so_far: told.append(so_far.smallest))
    for each in (*told, least.smallest):
        assert found.alike(run(each.setup, each.actions).violation)
    assert len(least.smallest.actions) == 3
    assert least.replays > 0


LEFT_OPEN = """
import atexit, os, signal, sys

def timer():
    return signal.getitimer(signal.ITIMER_PROF)[1] > 0

def works(loops=200):
    return sum(number * number for _ in range(loops) for number in range(100_000))

atexit.register(lambda: print("at exit", timer(), signal.getsignal(signal.SIGPROF) == signal.SIG_IGN, flush=True))
sys.path[:0] = PATH

from scripted import scripted
from splitbrain.world.world import World

world = World(scripted())
print("open", timer(), flush=True)
"""


def script(then):
    """What a program prints that leaves a world open; it has to end well."""
    path = [os.path.dirname(sys.modules[scripted.__module__].__file__)]
    done = subprocess.run(
        [sys.executable, "-c", LEFT_OPEN.replace("PATH", repr(path)) + then], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


def test_a_world_that_is_left_open_does_not_kill_the_process_as_it_ends():
    assert script("") == ["open True", "at exit False True"]


def test_a_world_that_is_left_open_does_not_kill_the_program_that_comes_after():
    burns = "sum(number * number for number in range(3_000_000)); print('burnt')"
    assert script(f'works(); os.execv(sys.executable, [sys.executable, "-c", {burns!r}])') == ["open True", "burnt"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing can be forked here")
def test_a_fork_watches_its_own_worlds():
    then = """
if os.fork() == 0:
    print("fork", timer(), flush=True)
    own = World(scripted())
    print("own", timer(), flush=True)
    own.close()
    world.close()
    print("closed", timer(), flush=True)
    os._exit(0)
os.wait()
print("parent", timer(), flush=True)
world.close()
"""
    assert script(then) == ["open True", "fork False", "own True", "closed False", "parent True", "at exit False True"]


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_the_timer_rests_while_no_world_is_at_work_and_goes_on_with_the_next_action(host):
    with World(scripted(request=lambda *_: spins()), host=host) as world:
        for action in (ASK, Restart("n1"), Request("n1", "r2", "x")):
            works_outside()
            assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)
            world.apply(action)
        assert [failed.how for failed in of(world, Failed)] == ["hung", "hung"]


def works_outside():
    for _ in range(60):
        work(60_000)


ENDLESS_NODES = """
from splitbrain.invariant import KeepsContract
from splitbrain.node import Send
from splitbrain.scenario import Scenario


class Endless:
    def __init__(self, me, peers, disk):
        self.peers = peers

    def start(self):
        return ()

    def timeout(self, timer):
        return ()

    def request(self, request, command):
        for peer in self.peers:
            yield Send(peer, command)

    def receive(self, sender, message):
        number = 0
        while True:
            number += 1


ENDLESS = Scenario(name="endless", factory=Endless, invariants=(KeepsContract,))
"""


@pytest.mark.slow
def test_a_hunt_ends_at_a_handler_that_computes_for_ever_with_a_schedule_that_does_it_again(capsys, tmp_path, monkeypatch):
    (tmp_path / "endless_nodes.py").write_text(ENDLESS_NODES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    _, out, _ = shell(capsys, "hunt", "endless_nodes:ENDLESS", "--seed", 1, "--out", tmp_path / "out")
    (path,) = (tmp_path / "out").iterdir()
    summary = " ".join(out.split())
    assert "hung: receive: it computes for ever, and the watchdog stopped it (endless_nodes.py:21, in receive)" in summary
    assert "'s receive was stopped at endless_nodes.py:2" in summary
    saved = load(path)
    assert len(saved.actions) == 2
    assert replay(saved).outcome == "REPRODUCED"
