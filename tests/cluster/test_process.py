"""A process: its lives, its handlers, and the power that they run on."""

import gc
import signal

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Complete, Crash, Deliver, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Crashed, Exited, Failed, Observed, Started, Synced
from splitbrain.node import Exit, Observe, Send, SetTimer, Sync, Write
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")
SLOW = FaultBudget(slow_disks=True)


def said(world):
    return [event.observation.text for event in of(world, Observed)]


@pytest.mark.parametrize("effects", [(), [], iter(()), ({}).values()], ids=lambda effects: type(effects).__name__)
def test_any_empty_iterable_asks_for_nothing(effects):
    assert of(asked(effects), Failed) == []


# The power may go between any two effects


@pytest.mark.parametrize("after", range(6))
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_crash_inside_a_handler_comes_after_exactly_so_many_effects(after, host):
    reached = []

    def request(node, name, command):
        for number in range(4):
            reached.append(number)
            yield Observe(Note(number))
        reached.append("end")

    with World(scripted(request=request), host=host) as world:
        world.apply(Crash("n1", during=ASK, after=after))
        assert said(world) == list(range(min(after, 4)))
        assert reached == [*range(min(after, 4)), *(["end"] if after > 4 else [])]
        assert not world.processes["n1"].running
        assert len(of(world, Crashed)) == 1


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_handler_that_was_cut_never_goes_on_not_even_its_finally_blocks(host):
    went_on = []

    def request(node, name, command):
        try:
            yield Observe(Note("before"))
            yield Observe(Note("after"))
        finally:
            went_on.append("finally")

    with World(scripted(request=request), host=host) as world:
        world.apply(Crash("n1", during=ASK, after=1))
        world.apply(Restart("n1"))
        assert went_on == []
        assert said(world) == ["before"]


@pytest.mark.parametrize(("keep", "found"), [(0, {}), (1, {"a": 1}), (2, {"a": 1, "b": 2}), (9, {"a": 1, "b": 2})])
def test_of_the_unsynced_writes_a_prefix_survives_as_the_schedule_says(keep, found):
    def request(node, name, command):
        yield Write("a", 1)
        yield Write("b", 2)
        yield Sync()

    with World(scripted(request=request)) as world:
        world.apply(Crash("n1", keep, during=ASK, after=2))
        world.apply(Restart("n1"))
        assert dict(world.processes["n1"].node.disk) == found
        (crashed,) = of(world, Crashed)
        assert (crashed.kept, crashed.lost) == (len(found), 2 - len(found))


def test_a_crash_during_a_start_is_a_power_cut_too():
    scenario = scripted(start=lambda node: [Observe(Note("one")), Observe(Note("two"))], sizes=(1,))
    with World(scenario) as world:
        world.apply(Crash("n1"))
        world.apply(Crash("n1", during=Restart("n1"), after=1))
        assert said(world) == ["one", "two", "one"]
        assert [event.incarnation for event in of(world, Started)] == [1, 2]


def test_a_crash_disarms_timers_and_the_next_incarnation_is_a_new_node():
    with World(scripted(start=lambda node: [SetTimer("t", 1, 1)] if "quiet" not in node.disk else [])) as world:
        first = world.processes["n1"].node
        world.apply(Crash("n1"))
        with pytest.raises(NotEnabled, match="is down"):
            world.apply(Fire("n1", "t"))
        world.apply(Restart("n1"))
        assert world.processes["n1"].node is not first
        world.apply(Fire("n1", "t"))


# The end of an incarnation


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_every_incarnation_is_told_once_that_it_is_over(host):
    held, closings = set(), []  # nodes hold something open from their start to their end

    def request(node, name, command):
        if command == "fail":
            raise LookupError
        yield Sync()

    def close(node):
        held.remove(node)
        closings.append(node.me)

    scenario = scripted(start=lambda node: held.add(node) or (), close=close, request=request, budget=SLOW)
    with World(scenario, host=host) as world:
        for _ in range(10):
            world.apply(Crash("n1"))
            world.apply(Restart("n1"))
        assert closings == ["n1"] * 10
        world.apply(Request("n2", "r1", "fail"))
        assert closings[10:] == ["n2"]
        world.apply(Request("n3", "r1", "wait"))
        world.apply(Crash("n3"))
        assert closings[11:] == ["n3"]
        assert [node.me for node in held] == ["n1"]
    assert closings[12:] == ["n1"]
    assert not held
    world.close()
    assert len(closings) == 13


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_what_a_node_does_in_its_close_reaches_nobody(host):
    def close(node):
        yield Send("n2", Note())
        yield Observe(Note())
        reached.append(node.me)

    reached = []
    with World(scripted(close=close), host=host) as world:
        before = len(world.events)
        world.apply(Crash("n1"))
        assert [type(event).__name__ for event in world.events[before:]] == ["Acted", "Crashed"]
        before = list(world.events)
    assert world.events == before
    assert reached[-3:] == ["n1", "n2", "n3"]
    assert world.processes["n1"].lapses == []


@pytest.mark.parametrize("host", ["direct", "trio"])
@pytest.mark.parametrize("error", [LookupError("lost"), SystemExit(3)])
def test_what_a_node_s_close_raises_changes_no_run_and_is_a_lapse(error, host):
    def close(node):
        raise error

    with World(scripted(close=close), host=host) as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert world.violation is None
    assert of(world, Failed) == []
    assert len(world.lapses) == 4
    place = f"test_process.py:{close.__code__.co_firstlineno + 1}, in close"
    assert world.lapses[0] == f"n1's close() raised {type(error).__name__}: {error} ({place})"


def test_a_close_that_is_async_is_a_lapse_and_anything_else_of_that_name_is_the_node_s_own_business():
    async def close(node): ...

    with World(scripted(close=close)) as world:
        pass
    assert "close is `async def`; write `def close(self)`" in world.lapses[0]
    with World(scripted(close="a name of its own")) as world:
        pass
    assert world.lapses == ()


def test_the_node_that_is_made_to_see_what_it_is_is_told_that_it_is_over():
    made, over = [], []

    class Counted(scripted().factory):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, **options)
            made.append(self)

        def close(self):
            over.append(self)

    with World(scripted(factory=Counted)):
        pass
    assert len(made) == 4
    assert made == over


def test_a_world_that_could_not_be_made_tells_the_nodes_that_were():
    over = []

    def start(node):
        if node.me == "n3":
            raise KeyboardInterrupt
        return ()

    with pytest.raises(KeyboardInterrupt):
        World(scripted(start=start, close=lambda node: over.append(node.me)), host="direct")
    assert over[-3:] == ["n1", "n2", "n3"]


# Slow disks


def request_that_syncs(node, name, command):
    yield Write("a", 1)
    yield Sync()
    yield Observe(Note("durable"))


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_sync_blocks_its_node_until_the_disk_answers(host):
    with World(scripted(request=request_that_syncs, budget=SLOW), host=host) as world:
        world.apply(ASK)
        assert said(world) == []
        assert world.processes["n1"].disk() == {}
        with pytest.raises(NotEnabled, match="waits for its disk"):
            world.apply(Request("n1", "r2", "y"))
        world.apply(Complete("n1"))
        assert said(world) == ["durable"]
        assert world.processes["n1"].disk() == {"a": 1}
        with pytest.raises(NotEnabled, match="it waits for no sync"):
            world.apply(Complete("n1"))


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_crash_while_the_disk_is_asked_cuts_the_rest_of_the_handler_off(host):
    with World(scripted(request=request_that_syncs, budget=SLOW), host=host) as world:
        world.apply(ASK)
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert said(world) == []
        assert world.processes["n1"].node.disk == {}
        assert not world.processes["n1"].syncs


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_sync_with_a_token_does_not_block_and_its_completion_is_an_input(host):
    def request(node, name, command):
        yield Write("a", command)
        yield Sync(name)
        yield Observe(Note("went on"))

    scenario = scripted(request=request, synced=lambda node, token: [Observe(Note(token))], budget=SLOW)
    with World(scenario, host=host) as world:
        world.apply(ASK)
        world.apply(Request("n1", "r2", "y"))
        assert said(world) == ["went on", "went on"]
        world.apply(Complete("n1"))
        assert world.processes["n1"].disk() == {"a": "x"}
        world.apply(Complete("n1"))
        assert world.processes["n1"].disk() == {"a": "y"}
        assert said(world) == ["went on", "went on", "r1", "r2"]
        assert [event.token for event in of(world, Synced)] == ["r1", "r2"]


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_with_fast_disks_a_token_is_answered_when_the_handler_has_ended(host):
    scenario = scripted(
        request=lambda node, name, command: [Sync("t"), Observe(Note("handler"))], synced=lambda node, token: [Observe(Note(token))]
    )
    with World(scenario, host=host) as world:
        world.apply(ASK)
        assert said(world) == ["handler", "t"]


def interrupted(*_):
    raise KeyboardInterrupt


def signalled(*_):
    signal.raise_signal(signal.SIGINT)
    yield Observe(Note())


@pytest.mark.parametrize("receive", [interrupted, signalled])
@pytest.mark.parametrize("host", ["direct", "trio"])
def test_an_interrupt_is_the_harness_own(receive, host):
    world = World(scripted(receive=receive, request=lambda *_: [Send("n2", Note())]), host=host)
    world.apply(ASK)
    with pytest.raises(KeyboardInterrupt):
        world.apply(Deliver("n1", "n2", "Note"))
    assert of(world, Failed) == []
    world.close()
    with World(scripted(), host=host):
        pass  # and nothing is left behind


def stubborn(node, *_):
    try:
        yield Write("a", 1)
        yield Sync()
        yield Observe(Note("x"))
    finally:
        yield Observe(Note("too late"))
        try:
            yield Observe(Note("much too late"))
        finally:
            yield Sync()


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_handlers_that_yield_while_they_are_closed_are_ended_without_a_word(host):
    slow = scripted(request=stubborn, budget=FaultBudget(slow_disks=True))
    with World(slow, host=host) as world:
        world.apply(ASK)  # waits for its disk until the world is closed
    with World(slow, host=host) as other:
        other.apply(Crash("n1", during=ASK, after=1))
        other.apply(Request("n2", "r2", "x"))
        other.apply(Crash("n2"))
    with World(scripted(request=lambda *_: malformed()), host=host) as third:
        third.apply(ASK)
        assert of(third, Failed)[0].how == "malformed"
    texts = [event.observation.text for each in (world, other, third) for event in of(each, Observed)]
    del world, other, third
    gc.collect()  # what it complains of is a warning, and so an error here
    assert texts == []


def malformed():
    try:
        yield 3
    finally:
        yield 4


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_node_that_fails_loses_what_it_has_not_synced(host):
    def start(node):
        if "kept" in node.disk:
            yield Observe(Note(tuple(node.disk)))
        yield SetTimer("t", 1, 1)

    def request(node, *_):
        yield Write("kept", 1)
        yield Sync()
        yield Write("lost", 1)
        raise RuntimeError("oh")

    with World(scripted(start=start, request=request), host=host) as world:
        world.apply(ASK)
        world.apply(Restart("n1"))
        world.apply(Crash("n1", keep=9, during=Fire("n1", "t")))
        world.apply(Restart("n1"))
        assert [event.observation.text for event in of(world, Observed)] == [("kept",), ("kept",)]


# A node may mean to die


def at_once(node, name, command):
    raise Exit("enough")


def in_the_midst(node, name, command):
    yield Write("kept", 1)
    yield Sync()
    yield Write("lost", 1)
    raise Exit("enough")


@pytest.mark.parametrize("host", ["direct", "trio"])
@pytest.mark.parametrize(("request_", "lost"), [(at_once, 0), (in_the_midst, 1)])
def test_who_ends_itself_is_down_as_after_a_crash_and_may_start_again(request_, lost, host):
    closed = []
    scenario = scripted(request=request_, close=lambda node: closed.append(node.me), budget=FaultBudget(crashes="none"))
    with World(scenario, host=host) as world:
        world.apply(ASK)
        assert of(world, Exited) == [Exited(1, "n1", "enough")]
        assert of(world, Crashed) == [Crashed(1, "n1", 0, lost)]
        assert world.violation is None
        assert not world.processes["n1"].running
        assert closed == ["n1"]
        assert world.recorder.counts()["exit"] == 1
        assert list(world.enabled(Restart)) == [Restart("n1")]
        world.apply(Restart("n1"))
        assert dict(world.processes["n1"].disk()) == ({"kept": 1} if lost else {})


def test_who_ends_itself_counts_as_down():
    with World(scripted(request=at_once, budget=FaultBudget(crashes="minority"))) as world:
        world.apply(ASK)
        assert list(world.enabled(Crash)) == []
        world.apply(Restart("n1"))
        assert len(list(world.enabled(Crash))) == 3


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_who_ends_itself_behind_a_slow_disk_does_so_when_that_has_answered(host):
    with World(scripted(request=in_the_midst, budget=SLOW), host=host) as world:
        world.apply(ASK)
        assert of(world, Exited) == []
        world.apply(Complete("n1"))
        assert [event.lost for event in of(world, Crashed)] == [1]
        assert len(of(world, Exited)) == 1


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_who_ends_itself_in_its_start_is_down_at_once(host):
    def start(node):
        if node.disk.get("poison"):
            raise Exit(f"poisoned, says {node!r}")
        return [Write("poison", 1), Sync()]

    with World(scripted(start=start), host=host) as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        (exited,) = of(world, Exited)
        assert exited.reason.startswith("poisoned, says <")
        assert " at 0x" not in exited.reason  # an address differs from one process to the next
        assert world.violation is None


def test_a_factory_that_ends_itself_leaves_the_node_down():
    class Poisoned:
        def __init__(self, me, peers, disk):
            if disk.get("poison"):
                raise Exit("found poison")

        def start(self):
            return [Write("poison", 1), Sync()]

        def receive(self, sender, message):
            return ()

    with World(scripted(factory=Poisoned)) as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert [event.reason for event in of(world, Exited)] == ["found poison"]
        assert not world.processes["n1"].running
        assert world.violation is None


def test_a_node_that_the_watchdog_stopped_cannot_say_that_it_meant_to(monkeypatch):
    if not hasattr(signal, "SIGPROF"):
        pytest.skip("the watchdog needs SIGPROF")

    def request(node, name, command):
        try:
            while True:
                pass
        finally:
            raise Exit("so what")

    monkeypatch.setattr("splitbrain.cluster.watchdog.PATIENCE", 0.2)
    with World(scripted(request=request)) as world:
        world.apply(ASK)
        assert of(world, Exited) == []
        assert len(of(world, Failed)) == 1
        assert world.processes["n1"].condemned is None
