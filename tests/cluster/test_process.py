"""What a node asks for, and what becomes of a node that breaks the contract."""

import signal

import pytest
from scripted import Note, of, scripted

from splitbrain.actions import Complete, Crash, Deliver, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.process import EFFECTS_AT_MOST
from splitbrain.errors import NotEnabled, ScenarioError
from splitbrain.events import Crashed, Failed, Observed, Replied, Sent, Started, Synced, TimerCancelled, TimerSet, Wrote
from splitbrain.invariant import KeepsContract
from splitbrain.node import CancelTimer, Erase, Observe, Reply, Send, SetTimer, Sync, Write
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")
SLOW = FaultBudget(slow_disks=True)


def said(world):
    return [event.observation.text for event in of(world, Observed)]


def asked(effects, host="direct", **changes):
    """A world in which n1 was asked, and answers with these effects."""
    world = World(scripted(request=lambda *_: effects, **changes), host=host)
    with world:
        world.apply(ASK)
    return world


# Effects


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


@pytest.mark.parametrize("effects", [(), [], iter(()), ({}).values()], ids=lambda effects: type(effects).__name__)
def test_any_empty_iterable_asks_for_nothing(effects):
    assert of(asked(effects), Failed) == []


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


# Breaches of the contract: each is an outcome, and the node is dead until it is restarted


def raises(*_):
    raise LookupError("lost")


def raises_later(*_):
    yield Observe(Note("before"))
    raise LookupError("lost")


def raises_a_type(*_):
    yield Observe(Note("before"))
    yield {}[int]


def exits(*_):
    raise SystemExit(0)


def never_stops(*_):
    while True:
        yield Observe(Note())


BREACHES = [
    (raises, "raised", "request: LookupError: lost"),
    (raises_later, "raised", "LookupError: lost"),
    (raises_a_type, "raised", "KeyError"),
    (exits, "raised", "SystemExit"),
    (never_stops, "hung", f"more than {EFFECTS_AT_MOST:,} effects"),
    (lambda *_: 7, "malformed", "not effects"),
    (lambda *_: None, "malformed", "not effects"),
    (lambda *_: ["nonsense"], "malformed", "a str, which is not an effect"),
    (lambda *_: [Note()], "malformed", "a Note, which is not an effect"),
    (lambda *_: [Send("n9", Note())], "malformed", "there is no such node; the cluster is n1, n2, n3"),
    (lambda *_: [SetTimer("t", 5, 4)], "malformed", "0 <= earliest <= latest"),
    (lambda *_: [SetTimer("t", -1, 4)], "malformed", "0 <= earliest <= latest"),
    (lambda *_: [SetTimer("t", 1.5, 4)], "malformed", "whole numbers"),
    (lambda *_: [SetTimer("t", True, 4)], "malformed", "whole numbers"),
    (lambda *_: [SetTimer(7, 1, 4)], "malformed", "must be a string"),
    (lambda *_: [Write([1], 2)], "malformed", "must be hashable"),
    (lambda *_: [Erase([1])], "malformed", "must be hashable"),
]


@pytest.mark.parametrize("budget", [FaultBudget(), SLOW], ids=["fast", "slow"])
@pytest.mark.parametrize("host", ["direct", "trio"])
@pytest.mark.parametrize(("request_", "how", "detail"), BREACHES)
def test_a_breach_of_the_contract_is_an_outcome(request_, how, detail, host, budget):
    with World(scripted(request=request_, budget=budget), host=host) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert (failed.node, failed.how) == ("n1", how)
        assert detail in failed.detail
        assert not world.processes["n1"].running
        assert isinstance(world.violation.evidence[0], Failed)
        assert world.violation.invariant == KeepsContract.__name__
        assert world.violation.fingerprint == f"KeepsContract({how})"
        with pytest.raises(NotEnabled):
            world.apply(ASK)
        world.apply(Restart("n1"))
        assert world.processes["n1"].running


def test_what_happened_before_a_breach_has_happened():
    world = asked(iter([Send("n2", Note()), "nonsense", Send("n3", Note())]))
    assert [event.receiver for event in of(world, Sent)] == ["n2"]


def test_exactly_as_many_effects_as_are_allowed_are_no_hang():
    for budget in (FaultBudget(), SLOW):
        assert of(asked([Observe(Note())] * EFFECTS_AT_MOST, budget=budget), Failed) == []
        (failed,) = of(asked([Observe(Note())] * (EFFECTS_AT_MOST + 1), budget=budget), Failed)
        assert failed.how == "hung"


def test_a_node_that_cannot_be_made_is_the_scenario_s_fault():
    with pytest.raises(ScenarioError, match=r"cannot make node n1: LookupError: lost; it is called as factory\(me, peers, disk"):
        World(scripted(factory=raises))


def test_a_node_that_cannot_be_made_again_from_its_disk_is_an_outcome():
    def factory(me, peers, disk):
        if disk:
            raise LookupError("cannot read")
        return scripted(request=lambda *_: [Write("a", 1), Sync()]).factory(me, peers, disk)

    with World(scripted(factory=factory)) as world:
        world.apply(ASK)
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        (failed,) = of(world, Failed)
        assert "after a restart: LookupError: cannot read" in failed.detail


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
