"""Stand-ins for what the node that runs has, in place of a module's globals."""

import builtins
import sys
from types import ModuleType

import pytest
from hosted import hosted
from scripted import of

from splitbrain import CLOCK, NODE, RANDOM, ScenarioError, World, patch
from splitbrain.actions import Fire
from splitbrain.cluster.host.library.life import nobody_s_life
from splitbrain.events import Observed
from splitbrain.observations import Decided


@pytest.fixture
def module(monkeypatch):
    """A module that reads the machine's clock, and draws."""
    text = (
        "import random, time\nfrom time import monotonic as now\ndef read(): return now(), time.time_ns(), random.randint(1, 6)\n"
    )
    made = ModuleType("patched_module")
    exec(text, vars(made))  # noqa: S102
    monkeypatch.setitem(sys.modules, "patched_module", made)
    return made


def test_a_module_reads_the_clock_and_the_dice_of_the_node_that_runs(module):
    patch("patched_module", now=CLOCK, time=CLOCK, random=RANDOM)

    def timeout(node, timer):
        seconds, nanoseconds, _ = module.read()
        assert seconds == node.clock.monotonic()
        assert nanoseconds == node.clock.time_ns()
        node.observe(Decided([seconds - 1_000_000, *(module.read()[2] for _ in range(5))]))

    scenario = hosted(timeout=timeout, timers={"t": (10, 500)})
    with World(scenario, 2, seed=3) as world:
        for node in ("n1", "n2", "n1"):
            world.apply(Fire(node, "t"))
        told = [event.observation.value for event in of(world, Observed)]
    assert [round(each[0], 4) for each in told] == [0.5, 0.5, 1.0]
    assert told[0][1:] != told[1][1:]  # six to one against that, five times; and the seed is fixed


def test_an_attribute_of_the_node_is_looked_up_when_it_is_used(module):
    patch("patched_module", now=NODE.journal, time=NODE.names)
    seen = []

    def timeout(node, timer):
        node.names = {"a": 1}
        node.journal = lambda: node.me
        seen.append((module.now(), module.time["a"], "a" in module.time, list(module.time), len(module.time), bool(module.time)))
        module.time["b"] = 2
        seen.append(node.names)

    with World(hosted(timeout=timeout, timers={"t": (10, 10)}), 2) as world:
        world.apply(Fire("n2", "t"))
    assert seen == [("n2", 1, True, ["a"], 1, True), {"a": 1, "b": 2}]


def test_dice_have_what_the_module_random_has():
    with nobody_s_life():
        assert 0 <= RANDOM() < 1
        assert 0 <= RANDOM.random() < 1
        assert RANDOM.choice("a") == "a"
        assert 1 <= RANDOM.uniform(1, 2) <= 2
        assert RANDOM.getrandbits(3) < 8
        assert RANDOM.Random(1).random() == RANDOM.Random(1).random() != RANDOM.Random().random()
        CLOCK.sleep(1)
        assert CLOCK() == CLOCK.time() == 1_000_001


def test_a_function_that_a_module_has_by_name_is_the_node_s_as_well(module):
    patch("patched_module", now=CLOCK.sleep, random=RANDOM.choice)
    told = []

    def timeout(node, timer):
        before = node.clock.time()
        module.now(2)
        told.append((node.clock.time() - before, module.random([node.me])))

    with World(hosted(timeout=timeout, timers={"t": (10, 500)}), 2) as world:
        for node in world.nodes:
            world.apply(Fire(node, "t"))
        assert world.violation is None
    assert told == [(2.0, "n1"), (2.0, "n2")]
    with pytest.raises(ScenarioError, match=r"RANDOM\.choice was used where no node runs"):
        module.random("a")


USES = ("CLOCK()", "RANDOM.random()", "NODE.journal()", "NODE.journal[0]")


@pytest.mark.parametrize("use", USES)
def test_where_no_node_runs_that_is_said(use):
    with pytest.raises(
        ScenarioError, match=r"(CLOCK|RANDOM\.random|NODE\.journal) was used where no node runs: .*; use it in a Library's"
    ):
        eval(use)


def test_what_python_asks_of_everything_is_not_asked_of_the_node():
    assert not hasattr(CLOCK, "__wrapped__")
    assert not hasattr(NODE, "__wrapped__")
    assert repr(CLOCK) == "<CLOCK of the node that runs>"
    assert repr(NODE.journal) == "<NODE.journal of the node that runs>"
    assert "the node that runs" in repr(NODE)


def test_a_module_or_a_name_that_is_not_there_is_refused(module):
    with pytest.raises(ScenarioError, match=r"patch\('', \.\.\.\), but that cannot be imported: .*; name a module"):
        patch("", now=CLOCK)
    with pytest.raises(ScenarioError, match=r"patch\('no_such_module', \.\.\.\), but that cannot be imported: .*; name a module"):
        patch("no_such_module", time=CLOCK)
    with pytest.raises(
        ScenarioError, match=r"patch\('patched_module', clock=\.\.\.\), but the module has no 'clock', .*; name the"
    ):
        patch("patched_module", clock=CLOCK)


def test_a_builtin_that_a_module_uses_can_be_put_over_there_alone(module):
    patch("patched_module", open=NODE.open_file)
    assert module.open is not builtins.open
