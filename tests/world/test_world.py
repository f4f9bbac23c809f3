"""One action in, events out; and what cannot happen changes nothing."""

from dataclasses import replace

import pytest
from scripted import Note, chatty, of, scripted

from splitbrain.actions import Advance, Calm, Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, Observed, Requested
from splitbrain.node import Send
from splitbrain.trace.encoding import digest
from splitbrain.world.world import World
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

ASK = Request("n1", "r1", "x")


def test_a_cluster_of_one_runs():
    with World(chatty(), 1) as world:
        world.apply(ASK)
        assert [str(action) for action in world.enabled()] == ["fire n1 t", "crash n1"]


# Actions


def test_an_action_is_recorded_before_what_it_causes():
    with World(chatty()) as world:
        world.apply(ASK)
        caused = [event for event in world.events if event.step == 1]
        assert caused[0] == Acted(1, 0, ASK)
        assert caused[1] == Requested(1, "n1", "r1", "x", calm=False)
        world.apply(Fire("n2", "t"))
        assert [event for event in world.events if event.step == 2] == [
            Acted(2, 10, Fire("n2", "t")),
            Observed(2, "n2", Note("n2 t")),
        ]


# What cannot happen


REFUSED = [
    (Deliver("n1", "n2", "Nothing"), "no such message is in flight"),
    (Deliver("n1", "n3", "Note"), "the link n1->n3 is cut"),
    (Deliver("n1", "n2", "Note"), "n2 is down"),
    (Drop("n3", "n2", "Note"), "no such message"),
    (Duplicate("n1", "n2", "Note", copy=4), "no such message"),
    (Cut((("n1", "n3"),)), "cut already"),
    (Cut((("n1", "n7"),)), "there is no node 'n7' in a cluster of 3"),
    (Mend((("n3", "n1"),)), "none of these links is cut"),
    (Fire("n1", "other"), "that timer is not armed"),
    (Fire("n2", "t"), "is down"),
    (Fire("n7", "t"), "there is no node 'n7'"),
    (Advance(), "no node waits for one"),
    (Calm(("n1", "n7"), 1, 100), "there is no node 'n7'"),
    (Request("n2", "r2", "x"), "n2 is down"),
    (Restart("n1"), "n1 runs"),
    (Complete("n1"), "it waits for no sync"),
    (Crash("n2"), "is down already"),
    (Crash("n1", during=Fire("n1", "other")), "that timer is not armed"),
    (Crash("n1", during=Fire("n3", "t")), "it is n3 that handles the inner action"),
    (Crash("n3", during=Deliver("n1", "n3", "Note")), "is cut"),
    (Crash("n1", during=Restart("n1")), "n1 runs"),
    ("crash n1", "is not an action"),
]


# A lenient world takes the nearest message instead, where the named one is gone.
STRICT_AND_LENIENT = [(*each, False) for each in REFUSED] + [(*each, True) for each in REFUSED if not hasattr(each[0], "ordinal")]


@pytest.mark.parametrize(("action", "reason", "lenient"), STRICT_AND_LENIENT, ids=lambda part: str(part)[:40])
def test_what_cannot_happen_is_refused_and_changes_nothing(action, reason, lenient):
    with World(chatty(), lenient=lenient) as world:
        for setting in (ASK, Crash("n2"), Cut((("n1", "n3"),))):
            world.apply(setting)
        before, now, step, flight = digest(world.events), world.now, world.step, len(world.network.flight)
        with pytest.raises(NotEnabled, match=reason):
            world.apply(action)
        assert (digest(world.events), world.now, world.step, len(world.network.flight)) == (before, now, step, flight)
        world.apply(Crash("n1", during=Fire("n1", "t"), after=5))  # no leftovers of a refused crash
        assert of(world, Observed)[-1].observation.text == "n1 t"


def test_a_lenient_world_takes_the_nearest_message_on_the_link_and_says_so():
    scenario = scripted(
        request=lambda node, name, command: [Send("n2", Note(epoch)) for epoch in command],
        label=lambda message: ("Note", message.text),
    )
    with World(scenario, lenient=True) as world:
        world.apply(Request("n1", "r1", [3, 7]))
        assert world.apply(Deliver("n1", "n2", "Note", 6)) == Deliver("n1", "n2", "Note", 7)
        assert of(world, Acted)[-1].action == Deliver("n1", "n2", "Note", 7)
        crashed = world.apply(Crash("n2", during=Deliver("n1", "n2", "Note", 9), after=2))
        assert crashed == Crash("n2", during=Deliver("n1", "n2", "Note", 3), after=2) == of(world, Acted)[-1].action
        with pytest.raises(NotEnabled):
            world.apply(Deliver("n1", "n2", "Other", 9))


# What is enabled


def choices(world, dice):
    """One action, of a kind drawn first, so that rare kinds are drawn too."""
    kinds = {}
    for action in world.enabled():
        kinds.setdefault(type(action).__name__, []).append(action)
    return dice.pick(kinds[dice.pick(sorted(kinds))]) if kinds else None


@pytest.mark.parametrize(
    "scenario", [RAFT, PAXOS, replace(RAFT, budget=FaultBudget(slow_disks=True))], ids=["raft", "paxos", "slow"]
)
def test_whatever_is_enabled_can_be_applied(scenario):
    kinds = set()
    for seed in range(15):
        dice = Dice(seed)
        with World(scenario, dice.pick(scenario.sizes), keep=False) as world:
            for number in range(60):
                if number % 15 == 0:
                    world.apply(Request(world.running()[0].id, f"r{number}", "x")) if world.running() and world.running()[
                        0
                    ].idle() else None
                action = choices(world, dice)
                kinds.add(type(action))
                assert world.apply(action) == action
    assert kinds >= {Deliver, Drop, Duplicate, Fire, Crash, Restart}
    assert (Complete in kinds) is scenario.budget.slow_disks


def test_the_fault_budget_limits_what_is_enabled():
    budget = FaultBudget(crashes="minority", drop=False, duplicate=False)
    with World(chatty(budget=budget)) as world:
        world.apply(ASK)
        assert {type(action) for action in world.enabled()} == {Deliver, Fire, Crash}
        world.apply(Crash("n2"))
        assert {type(action) for action in world.enabled()} == {Deliver, Fire, Restart}
    with World(chatty(budget=FaultBudget(crashes="none"))) as world:
        assert {type(action) for action in world.enabled()} == {Fire}


def test_enabled_actions_come_in_an_order_that_depends_on_the_schedule_alone():
    def listed():
        with World(RAFT, 5) as world:
            dice = Dice(3)
            seen = []
            for _ in range(40):
                seen.append([str(action) for action in world.enabled()])
                world.apply(choices(world, dice))
            return seen

    assert listed() == listed()
