"""Control operations: somebody tells a node to do something."""

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Crash, Operate, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Failed, Observed, Operated
from splitbrain.node import Observe, Sync, Write
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World


def operated(operations=None, operate=None, **changes):
    """A node says what it is told to do."""

    def say(node, operation, argument):
        yield Observe(Note((node.me, operation, argument)))

    return scripted(operate=operate or say, operations=operations or {"compact": (None,), "transfer": ("n1", "n2")}, **changes)


def test_a_node_gets_what_it_is_told_to_do_with_its_argument():
    with World(operated()) as world:
        world.apply(Operate("n2", "compact"))
        world.apply(Operate("n1", "transfer", "n2"))
        assert of(world, Operated) == [Operated(1, "n2", "compact", None), Operated(2, "n1", "transfer", "n2")]
        assert [event.observation.text for event in of(world, Observed)] == [("n2", "compact", None), ("n1", "transfer", "n2")]


def test_what_the_scenario_does_not_have_nobody_tells_a_node():
    with World(operated()) as world, pytest.raises(NotEnabled) as why:
        world.apply(Operate("n1", "explode"))
    assert str(why.value) == ("cannot operate n1 explode: scenario 'scripted' has no operation 'explode'; it has compact, transfer")
    with World(scripted()) as world, pytest.raises(NotEnabled, match="has no operation 'compact'; it has none"):
        world.apply(Operate("n1", "compact"))


def test_a_node_that_is_down_or_waits_for_its_disk_is_told_nothing():
    with World(operated(request=lambda *_: [Sync()], budget=FaultBudget(slow_disks=True))) as world:
        world.apply(Request("n1", "r1", "x"))
        world.apply(Crash("n2"))
        for node, why in (("n1", "waits for its disk"), ("n2", "is down")):
            with pytest.raises(NotEnabled, match=f"cannot operate {node} compact: {node} {why}"):
                world.apply(Operate(node, "compact"))
        assert {action.node for action in world.enabled(Operate)} == {"n3"}


def test_what_is_enabled_are_the_named_arguments_for_each_node_and_nothing_that_a_function_draws():
    with World(operated({"transfer": ("n1", "n2"), "add": lambda me, peers, dice: "n4"}), 2) as world:
        assert list(world.enabled(Operate)) == [
            Operate(node, "transfer", argument) for node in ("n1", "n2") for argument in ("n1", "n2")
        ]


def test_the_power_may_go_in_the_midst_of_an_operation():
    def compact(node, operation, argument):
        yield Write("log", "short")
        yield Observe(Note("compacted"))

    scenario = operated(operate=compact)
    schedule = (Crash("n1", 1, Operate("n1", "compact"), 1), Restart("n1"))
    done = run(Setup(scenario, 1), schedule, keep=True)
    assert done.actions == schedule
    assert not [event for event in done.events if type(event) is Observed]
    assert str(schedule[0]) == "crash n1 after 1 effects of (operate n1 compact), 1 unsynced writes survive"


def test_a_node_that_cannot_be_operated_breaks_the_contract():
    with World(scripted(operations={"compact": (None,)})) as world:
        world.apply(Operate("n1", "compact"))
        (failed,) = of(world, Failed)
    assert failed.how == "malformed"
    assert "has no handler `operate`" in failed.detail
    assert "operate where its scenario has operations" in failed.detail


def test_an_argument_is_copied_so_that_no_node_changes_the_schedule():
    def grow(node, operation, argument):
        argument.append(1)
        return ()

    with World(operated({"add": lambda me, peers, dice: ["x"]}, grow)) as world:
        action = Operate("n1", "add", ["x"])
        world.apply(action)
        assert action.argument == ["x"]
        assert of(world, Operated)[0].argument == ["x"]
