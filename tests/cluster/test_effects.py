"""What each effect does to the timers, the disk and the links of its process."""

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Complete, Crash, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Observed, Replied, Synced, TimerCancelled, TimerSet, Wrote
from splitbrain.node import CancelTimer, Erase, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")


def test_effects_happen_in_the_order_in_which_they_are_asked_for():
    effects = [
        Observe(Note("first")),
        Write("a", 1),
        Send("n2", Note("x")),
        Sync(),
        SetTimer("t", 1, 2),
        CancelTimer("t"),
        Erase("a"),
        Reply("r1", "done"),
    ]
    world = asked(effects)
    kinds = [type(event).__name__ for event in world.events if event.step == 1]
    assert kinds == ["Acted", "Requested", "Observed", "Wrote", "Sent", "Synced", "TimerSet", "TimerCancelled", "Erased", "Replied"]
    assert of(world, Replied)[0].result == "done"


def test_a_timer_that_is_set_again_is_replaced():
    with World(scripted(start=lambda node: [SetTimer("t", 1, 2), SetTimer("t", 50, 60)])) as world:
        assert len(of(world, TimerSet)) == 6
        world.apply(Fire("n1", "t"))
        assert world.now == 50
        with pytest.raises(NotEnabled, match="that timer is not armed"):
            world.apply(Fire("n1", "t"))


def test_a_cancelled_timer_cannot_fire_and_cancelling_it_twice_is_harmless():
    with World(scripted(start=lambda node: [SetTimer("t", 1, 2), CancelTimer("t"), CancelTimer("t")])) as world:
        assert len(of(world, TimerCancelled)) == 3
        with pytest.raises(NotEnabled):
            world.apply(Fire("n1", "t"))


def test_a_handler_may_set_again_the_timer_that_fired():
    scenario = scripted(start=lambda node: [SetTimer("t", 5, 9)], timeout=lambda node, timer: [SetTimer(timer, 5, 9)])
    with World(scenario) as world:
        for expected in (5, 10, 15):
            world.apply(Fire("n1", "t"))
            assert world.now == expected


def test_what_is_said_cannot_be_changed_afterwards():
    kept = ["x"]

    def request(node, name, command):
        yield Observe(kept)
        yield Write("log", kept)
        yield Reply(name, kept)
        kept.append("y")
        yield Sync()

    with World(scripted(request=request)) as world:
        world.apply(ASK)
        assert of(world, Observed)[0].observation == of(world, Wrote)[0].value == of(world, Replied)[0].result == ["x"]
        assert world.processes["n1"].disk()["log"] == ["x"]


def test_a_sync_covers_what_was_written_before_it_and_no_more():
    effects = [Write("a", 1), Sync("first"), Write("b", 2), Sync("second"), Write("c", 3)]
    with World(scripted(request=lambda *_: effects, budget=FaultBudget(slow_disks=True))) as world:
        world.apply(ASK)
        disks = []
        for _ in range(2):
            world.apply(Complete("n1"))
            disks.append(dict(world.processes["n1"].disk()))
        assert disks == [{"a": 1}, {"a": 1, "b": 2}]
        assert [event.token for event in of(world, Synced)] == ["first", "second"]


def test_what_is_erased_is_gone_once_that_is_synced():
    with asked([Write("a", 1), Write("b", 2), Sync(), Erase("a"), Erase("never there"), Sync(), Erase("b")]) as world:
        assert dict(world.processes["n1"].disk()) == {"b": 2}


def test_a_timer_of_one_node_is_no_business_of_another():
    with World(scripted(start=lambda node: [SetTimer("t", 1, 2)], request=lambda *_: [CancelTimer("t")])) as world:
        world.apply(ASK)
        assert [str(action) for action in world.enabled(Fire)] == ["fire n2 t", "fire n3 t"]


# Replies


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_request_that_is_asked_twice_may_be_answered_twice(host):
    kept = []

    def request(node, name, command):
        kept.append(name)
        if command == "now":
            for each in kept:
                yield Reply(each, "done")

    with World(scripted(request=request), host=host) as world:
        world.apply(ASK)
        world.apply(Request("n1", "r1", "now"))
        assert [event.request for event in of(world, Replied)] == ["r1", "r1"]
        assert world.violation is None


@pytest.mark.parametrize("host", ["direct", "trio"])
@pytest.mark.parametrize("power", [(), (Crash("n1"), Restart("n1"))], ids=["another node", "another incarnation"])
def test_a_reply_to_what_this_incarnation_was_never_asked_is_malformed(power, host):
    def request(node, name, command):
        if command != "x":
            yield Reply("r1", "done")

    with World(scripted(request=request), host=host) as world:
        world.apply(ASK)
        for action in power:
            world.apply(action)
        world.apply(Request("n1" if power else "n2", "r2", "y"))
        assert of(world, Replied) == []
        assert "which nobody has asked it since it started" in world.violation.summary


def test_an_answer_that_the_power_cut_is_no_second_answer():
    def request(node, name, command):
        yield Observe(Note())
        yield Reply(name, "done")

    with World(scripted(request=request)) as world:
        world.apply(Crash("n1", during=ASK, after=1))
        world.apply(Restart("n1"))
        world.apply(ASK)
        assert len(of(world, Replied)) == 1
        assert world.violation is None
