"""The fault budget is a promise of the scenario: no search, no shrinking and no fair phase breaks it."""

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest
from scripted import scripted

from splitbrain.actions import Calm, Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.errors import NotEnabled
from splitbrain.invariant import Invariant
from splitbrain.nemesis.names import STRATEGIES
from splitbrain.node import Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.scenario import Scenario
from splitbrain.search.hunt import hunt
from splitbrain.world.world import DEEDS, World


@pytest.mark.parametrize("fields", [{"torn": "yes"}, {"drop": None}, {"partition": 1}])
def test_what_is_neither_true_nor_false_is_told(fields):
    ((name, value),) = fields.items()
    with pytest.raises(ValueError, match=rf"FaultBudget\({name}={value!r}\): this is neither True nor False; say which"):
        FaultBudget(**fields)


WORDS = ("none", "minority", "any")
DELIVER = Deliver("n1", "n2", "Number")


class Number(msgspec.Struct, frozen=True):
    number: int


class Odd(msgspec.Struct, frozen=True):
    """Something that only one kind of fault can cause."""

    what: str


class Counting:
    """n1 counts aloud; n2 says what is odd about what it hears."""

    def __init__(self, me, peers, disk):
        self.me, self.peers, self.disk, self.said, self.heard = me, peers, disk, 0, []

    def start(self):
        if self.disk.get("begun"):
            yield Observe(Odd("crash"))
        yield Write("begun", True)
        yield Sync()
        if self.me == "n1":
            yield SetTimer("count", 10, 10)

    def timeout(self, timer):
        self.said += 1
        yield Send("n2", Number(self.said))
        yield SetTimer("count", 10, 10)

    def receive(self, sender, message):
        self.heard.append(message.number)
        if self.heard.count(message.number) > 1:
            yield Observe(Odd("duplicate"))
        if message.number < max(self.heard):
            yield Observe(Odd("reorder"))
        if any(later > earlier + 1 for earlier, later in pairwise(sorted({0, *self.heard}))):
            yield Observe(Odd("gap"))

    def request(self, request, command):
        yield Reply(request, Refused())


def never(what):
    class Never(Invariant):
        """It never happens."""

        watches = (Odd,)

        def observe(self, event):
            return self.violation(what, event) if event.observation.what == what else None

    return Never


NOTHING = {"crashes": "none", "drop": False, "duplicate": False, "reorder": False, "partition": False}


def counting(what, **allowed):
    budget = FaultBudget(**(NOTHING | allowed))
    return Scenario(name="counting", factory=Counting, invariants=(never(what),), sizes=(2,), budget=budget, calm_bound=200)


def test_how_many_may_be_down_at_a_time_is_a_word():
    down = {crashes: [FaultBudget(crashes=crashes).may_be_down(size) for size in (1, 2, 3, 4, 5)] for crashes in WORDS}
    assert down == {"none": [0, 0, 0, 0, 0], "minority": [0, 0, 1, 1, 2], "any": [1, 2, 3, 4, 5]}
    with pytest.raises(
        ValueError, match=r"FaultBudget\(crashes='all'\): there is no such allowance; use 'none', 'minority' or 'any'"
    ):
        FaultBudget(crashes="all")


def test_what_goes_by_the_node_is_told_where_two_budgets_are_unlike():
    one, other = FaultBudget(crashes="none", drop=False, reorder=False), FaultBudget(slow_disks=True, duplicate=False)
    assert one.unlike(other) == {"crashes": "none", "slow_disks": False}
    assert other.unlike(one) == {"crashes": "any", "slow_disks": True}
    assert one.unlike(one) == {}


@pytest.mark.parametrize(
    ("what", "allowed", "needed"),
    [
        ("crash", {"crashes": "any"}, (Crash,)),
        ("crash", {"crashes": "any", "mid_handler": False}, (Crash,)),
        ("duplicate", {"duplicate": True}, (Duplicate,)),
        ("reorder", {"reorder": True}, ()),
        ("gap", {"drop": True}, (Drop,)),
        ("gap", {"reorder": True}, ()),
    ],
)
def test_a_fault_is_found_where_the_budget_has_it_and_the_minimal_schedule_has_no_other(what, allowed, needed):
    scenario = counting(what, **allowed)
    found = hunt(scenario, seed=1, runs=300).found
    assert found is not None
    best = minimise(found, seconds=600).smallest
    faults = [action for action in best.actions if isinstance(action, (Crash, Drop, Duplicate, Cut, Complete))]
    assert {type(action) for action in faults} == set(needed)
    assert all(allowed.get("mid_handler", True) or action.during is None for action in faults if isinstance(action, Crash))


@pytest.mark.parametrize("what", ["crash", "duplicate", "reorder", "gap"])
def test_without_its_fault_nothing_is_found_not_even_in_a_fair_phase(what):
    others = {
        "crash": {"drop": True, "duplicate": True, "reorder": True, "partition": True},
        "duplicate": {"drop": True, "reorder": True, "partition": True},
        "reorder": {"drop": True, "partition": True},
        "gap": {"duplicate": True, "partition": True},
    }[what]
    result = hunt(counting(what, **others), seed=1, runs=100)
    assert result.found is None
    assert result.coverage["calm"] > 10


def test_a_minority_stays_a_minority_also_when_a_restart_is_left_out():
    scenario = Scenario(
        name="minority", factory=Counting, invariants=(never("crash"),), sizes=(5,), budget=FaultBudget(crashes="minority")
    )
    best = minimise(hunt(scenario, seed=2, runs=200).found, seconds=600).smallest
    down = set()
    for action in (*best.actions,):
        if isinstance(action, Crash):
            down.add(action.node)
        elif isinstance(action, Restart):
            down.discard(action.node)
        assert len(down) <= 2


@pytest.mark.parametrize(
    ("budget", "action", "down", "reason"),
    [
        ({"drop": False}, Drop("n1", "n2", "Number"), 0, "never lost"),
        ({"duplicate": False}, Duplicate("n1", "n2", "Number"), 0, "never doubled"),
        ({"partition": False}, Cut((("n1", "n2"),)), 0, "never cut"),
        ({"crashes": "none"}, Crash("n1"), 0, "at most 0 of 5"),
        ({"crashes": "minority"}, Crash("n1"), 2, "at most 2 of 5"),
        ({"crashes": "minority"}, Crash("n1"), 1, None),
        ({"mid_handler": False}, Crash("n2", 0, DELIVER, 1), 0, "inside a handler"),
        ({"torn": False}, Crash("n1", 1), 0, "all unsynced writes"),
        ({}, Crash("n2", 1, DELIVER, 1), 4, None),
    ],
)
def test_the_budget_says_what_it_forbids(budget, action, down, reason):
    with World(scripted(budget=FaultBudget(**budget), sizes=(5,))) as world:
        for node in world.nodes[5 - down :]:
            world.apply(Crash(node))
        said = DEEDS[type(action)].forbidden(world, action)
        assert (said is None) if reason is None else (reason in said)


def test_a_schedule_beyond_the_budget_is_not_enabled_and_says_why():
    with World(counting("crash"), 2) as world:
        world.apply(Fire("n1", "count"))
        world.apply(Fire("n1", "count"))
        with pytest.raises(NotEnabled, match="links are FIFO, and an earlier message is in flight"):
            world.apply(Deliver("n1", "n2", "Number", None, 2))
        with pytest.raises(NotEnabled, match="the fault budget of scenario 'counting' says that messages are never lost"):
            world.apply(Drop("n1", "n2", "Number"))
        with pytest.raises(NotEnabled, match="leaves 1 node dead"):
            world.apply(Calm(("n1",), 1, 100))
        assert world.step == 2


class Hasty(Counting):
    """Answers before it writes."""

    def request(self, request, command):
        yield Reply(request, command)
        yield Observe(Odd("answered"))
        yield Write("value", command)
        yield Sync()

    def start(self):
        if self.disk.get("asked") and "value" not in self.disk:
            yield Observe(Odd("forgot"))
        yield Write("asked", True)
        yield Sync()

    def timeout(self, timer):
        return ()


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_no_strategy_does_to_a_node_what_its_own_budget_forbids(strategy):
    """A node that was crashed, cut off or given a slow disk all the same would say so, or the action would not be enabled."""
    still = FaultBudget(crashes="none", partition=False)
    scenario = counting("nothing", crashes="minority", partition=True, drop=True, duplicate=True)
    scenario = replace(scenario, sizes=(4, 3), roles={"first": (0,)}, budgets={"first": still})
    result = hunt(scenario, seed=1, steps=4_000, strategy=strategy)
    assert result.found is None
    assert result.coverage["crash"] > 0
    assert (result.coverage["cut"] > 0) is (strategy != "uniform")
    assert result.coverage["calm"] > 0


def test_the_power_may_go_inside_a_clients_request():
    class Kept(Invariant):
        """What was answered is kept."""

        watches = (Odd,)

        def __init__(self):
            self.answered = None

        def observe(self, event):
            if event.observation.what == "answered":
                self.answered = event
                return None
            return self.violation("forgotten", self.answered, event) if self.answered else None

    found = hunt(Scenario(name="hasty", factory=Hasty, invariants=(Kept,), sizes=(1,)), seed=1, runs=500).found
    assert found is not None
    assert any(isinstance(action, Crash) and isinstance(action.during, Request) for action in found.actions)
