"""One action in, events out; and what cannot happen changes nothing."""

from dataclasses import replace

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Advance, Calm, Complete, Crash, Cut, Deliver, Drop, Duplicate, Fire, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Acted, Crashed, Observed, Requested, Started
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Send, SetTimer, Sync, Write
from splitbrain.trace.encoding import digest
from splitbrain.world.world import World
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

ASK = Request("n1", "r1", "x")


def chatty(**changes):
    """n1 sends to all when it is asked; a node answers what it gets; everybody has a timer."""

    def receive(node, sender, message):
        yield Observe(Note(f"{node.me} got {message.text}"))
        if message.text != "answer":
            yield Send(sender, Note("answer"))

    return scripted(
        start=lambda node: [SetTimer("t", 10, 20)],
        receive=receive,
        timeout=lambda node, timer: [Observe(Note(f"{node.me} {timer}"))],
        request=lambda node, name, command: [Send(peer, Note(command)) for peer in node.peers],
        **changes,
    )


# Starting


def test_every_node_starts_in_order_before_the_first_action():
    with World(scripted(start=lambda node: [Observe(Note(node.me))])) as world:
        assert [(event.step, event.node, event.incarnation) for event in of(world, Started)] == [
            (0, "n1", 1),
            (0, "n2", 1),
            (0, "n3", 1),
        ]
        assert [event.observation.text for event in of(world, Observed)] == ["n1", "n2", "n3"]
        assert world.step == world.now == 0


def test_what_is_left_out_is_the_scenario_s_first_choice():
    scenario = scripted(options={"a": (1, 2), "b": ("x",)})
    with World(scenario) as world:
        assert len(world.nodes) == 3
        assert world.processes["n1"].node.options == {"a": 1, "b": "x"}
    with World(scenario, 2, {"a": 2}) as world:
        assert world.nodes == ("n1", "n2")
        assert world.processes["n2"].node.options == {"a": 2, "b": "x"}
        assert world.processes["n2"].node.peers == ("n1",)


def test_a_cluster_of_one_runs():
    with World(chatty(), 1) as world:
        world.apply(ASK)
        assert [str(action) for action in world.enabled()] == ["fire n1 t", "crash n1"]


def test_an_unknown_host_is_refused():
    with pytest.raises(ScenarioError, match="there is no host 'asyncio'; use 'direct' or 'trio'"):
        World(scripted(), host="asyncio")


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


def test_a_message_may_be_delivered_to_the_next_incarnation_of_its_receiver():
    with World(chatty()) as world:
        world.apply(ASK)
        world.apply(Crash("n2"))
        with pytest.raises(NotEnabled, match="n2 is down"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Restart("n2"))
        world.apply(Deliver("n1", "n2", "Note"))
        assert of(world, Observed)[-1].observation.text == "n2 got x"


def test_a_copy_is_delivered_by_itself_and_a_dropped_message_never():
    with World(chatty()) as world:
        world.apply(ASK)
        world.apply(Duplicate("n1", "n2", "Note"))
        world.apply(Drop("n1", "n2", "Note"))
        with pytest.raises(NotEnabled, match="no such message is in flight"):
            world.apply(Deliver("n1", "n2", "Note"))
        world.apply(Deliver("n1", "n2", "Note", copy=1))


def test_time_moves_to_the_earliest_moment_at_which_a_timer_may_fire_and_never_back():
    scenario = scripted(start=lambda node: [SetTimer("t", {"n1": 30, "n2": 10, "n3": 50}[node.me], 100)])
    with World(scenario) as world:
        times = []
        for name in ("n1", "n2", "n3"):
            world.apply(Fire(name, "t"))
            times.append(world.now)
        assert times == [30, 30, 50]


def test_all_nodes_may_be_down_at_once_and_restart_from_their_disks():
    scenario = scripted(start=lambda node: [Write("starts", node.disk.get("starts", 0) + 1), Sync()])
    with World(scenario) as world:
        for name in world.nodes:
            world.apply(Crash(name))
        assert world.running() == []
        for name in world.nodes:
            world.apply(Restart(name))
        assert [world.processes[name].disk()["starts"] for name in world.nodes] == [2, 2, 2]


@pytest.mark.parametrize(
    ("cut", "kept"),
    [
        ((("n1", "n2"), ("n2", "n1")), [("n1", "n3"), ("n3", "n1"), ("n2", "n3"), ("n3", "n2")]),  # n3 is the bridge
        ((("n1", "n2"),), [("n2", "n1")]),  # one way
        (tuple((one, two) for one in ("n1",) for two in ("n2", "n3")), [("n2", "n1"), ("n3", "n1")]),  # n1 is heard by nobody
    ],
)
def test_any_set_of_directed_links_can_be_cut(cut, kept):
    scenario = scripted(request=lambda node, name, command: [Send(peer, Note()) for peer in node.peers])
    with World(scenario) as world:
        world.apply(Cut(cut))
        for number, name in enumerate(world.nodes):
            world.apply(Request(name, f"r{number}", 0))
        deliverable = {(each.sender, each.receiver) for each in world.network.flight if world.deliverable(each)}
        assert not deliverable & set(cut)
        assert deliverable >= set(kept)
        world.apply(Mend(cut))
        assert all(world.deliverable(each) for each in world.network.flight)


def test_a_crash_inside_a_handler_is_recorded_as_one_action_before_what_happened():
    crash = Crash("n1", during=ASK, after=1)
    with World(chatty()) as world:
        world.apply(crash)
        kinds = [type(event).__name__ for event in world.events if event.step == 1]
        assert kinds == ["Acted", "Requested", "Sent", "Crashed"]
        assert of(world, Acted) == [Acted(1, 0, crash)]
        assert world.step == 1


def test_an_invariant_sees_every_event_of_the_trace_in_its_order():
    seen = []

    class Sees(Invariant):
        """Sees everything."""

        def observe(self, event):
            seen.append(event)

    with World(chatty(invariants=(Sees,))) as world:
        for action in (ASK, Crash("n2", during=Deliver("n1", "n2", "Note"), after=1), Restart("n2"), Calm(world.nodes, 1, 500)):
            world.apply(action)
        assert seen == world.events
        assert len(of(world, Crashed)) == 1


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


# Keeping


def test_without_a_trace_the_violation_is_the_same():
    class NeverAnswers(Invariant):
        """Nobody answers."""

        watches = (Note,)

        def observe(self, event):
            return self.violation("an answer", event) if "answer" in event.observation.text else None

    def broken(keep):
        with World(chatty(invariants=(NeverAnswers,)), keep=keep) as world:
            for action in (ASK, Deliver("n1", "n2", "Note"), Deliver("n2", "n1", "Note")):
                world.apply(action)
            return world.violation, len(world.events), world.recorder.counts()

    kept, counted, counts = broken(keep=True)
    assert broken(keep=False) == (kept, 0, counts)
    assert counted > 0
    assert kept.evidence[0].step == 3
    assert counts == {"Note": 2}
    assert kept.fingerprint == "NeverAnswers(Note)"


def test_the_first_violation_stands():
    class Once(Invariant):
        """Nothing is said."""

        watches = (Note,)

        def observe(self, event):
            return self.violation(event.observation.text, event)

    with World(scripted(request=lambda *_: [Observe(Note("first")), Observe(Note("second"))], invariants=(Once,))) as world:
        world.apply(ASK)
        assert world.violation.summary == "first"
