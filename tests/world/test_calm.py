"""The fair phase: faults stop, the core is healed, messages arrive in time, timers fire by the clock, a client asks."""

from dataclasses import replace
from itertools import pairwise

import pytest
from scripted import Note, of, scripted
from talkers import go, said, talkers

from splitbrain.actions import Calm, Connect, Crash, Cut, Deliver, Disconnect, Fire, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted, CalmBegan, CalmEnded, Crashed, Observed, Replied, Requested, Started
from splitbrain.invariant import Invariant
from splitbrain.node import Observe, Refused, Reply, Send, SetTimer, Sync, Write
from splitbrain.observations import Decided, Ready, Recovering
from splitbrain.stopwatch import Deadline, OutOfTime
from splitbrain.trace.encoding import digest
from splitbrain.world.run import Setup
from splitbrain.world.world import World
from splitbrain_invariants import Termination
from splitbrain_protocols.paxos.scenario import PAXOS
from splitbrain_protocols.raft.scenario import RAFT

HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])


def ticking(**changes):
    """Everybody has a timer, and tells the others each time it fires."""

    def timeout(node, timer):
        yield Observe(Note("tick"))
        for peer in node.peers:
            yield Send(peer, Note("tick"))
        yield SetTimer("t", 40, 60)

    changes = {"requests": 0, **changes}
    return scripted(start=lambda node: [SetTimer("t", 40, 60)], timeout=timeout, **changes)


def calm(world, core=None, seed=1, bound=1000):
    world.apply(Calm(world.nodes if core is None else core, seed, bound))


def times(world, kind):
    return [(event.time, event.action) for event in of(world, Acted) if type(event.action) is kind]


@HOSTS
def test_messages_arrive_within_the_latency_and_timers_fire_within_their_range(host):
    with World(ticking(latency=7), host=host) as world:
        calm(world)
        sent = {}
        for event in world.events:
            if isinstance(event, Acted):
                now = event.time
                if isinstance(event.action, Deliver):
                    action = event.action
                    assert 1 <= now - sent.pop((action.sender, action.receiver, action.ordinal)) <= 7
            elif type(event).__name__ == "Sent":
                sent[event.sender, event.receiver, event.ordinal] = now
        for name in world.nodes:
            fired = [0, *(time for time, action in times(world, Fire) if action.node == name)]
            assert all(40 <= later - earlier <= 60 for earlier, later in pairwise(fired))
            assert 1000 / 60 - 1 <= len(fired) - 1 <= 1000 / 40
        assert [time for time, _ in times(world, Deliver)] == sorted(time for time, _ in times(world, Deliver))
        assert world.now == 1000
        assert of(world, CalmEnded) == [CalmEnded(1, world.nodes, 1000)]


@HOSTS
def test_the_phase_depends_on_its_seed_alone(host):
    def digests(seed):
        with World(ticking(), host=host) as world:
            calm(world, seed=seed)
            return digest(world.events)

    assert digests(1) == digests(1)
    assert digests(1) != digests(2)


@HOSTS
def test_the_core_is_mended_and_restarted_and_everybody_else_is_dead(host):
    with World(ticking(), 3, host=host) as world:
        for action in (Crash("n1"), Cut((("n1", "n2"), ("n2", "n1"), ("n2", "n3")))):
            world.apply(action)
        calm(world, ("n1", "n2"), bound=300)
        assert [process.id for process in world.running()] == ["n1", "n2"]
        assert world.network.cut_links == {}
        assert [event.node for event in of(world, Crashed)] == ["n1", "n3"]
        assert [event.node for event in of(world, Started) if event.step] == ["n1"]
        assert {(action.sender, action.receiver) for _, action in times(world, Deliver)} == {("n1", "n2"), ("n2", "n1")}
        assert of(world, CalmBegan) == [CalmBegan(3, ("n1", "n2"), 300)]


def test_the_phase_ends_early_when_nothing_is_left_to_happen():
    scenario = scripted(request=lambda *_: [Reply("x", 1)], requests=0, start=lambda node: [SetTimer("t", 30, 30)])
    with World(scenario) as world:
        calm(world, bound=5000)
        assert world.now == 30
        assert of(world, CalmEnded)[0].elapsed == 30


def test_messages_that_were_in_flight_arrive_and_actions_may_follow():
    scenario = scripted(
        request=lambda node, name, command: [Send("n2", Note(name)), Send("n3", Note(name))],
        receive=lambda node, sender, message: [Observe(message)],
        requests=0,
    )
    with World(scenario) as world:
        world.apply(Request("n1", "r1", "x"))
        calm(world, ("n1", "n2"))
        assert [event.observation.text for event in of(world, Observed)] == ["r1"]
        world.apply(Crash("n1"))
        world.apply(Cut((("n1", "n3"),)))
        assert [str(envelope.deliver()) for envelope in world.network.flight] == ["deliver n1->n3 Note"]
        assert world.network.find(Deliver("n1", "n3", "Note")) is world.network.flight[0]


def test_a_client_asks_one_node_after_the_other_until_it_is_answered():
    def request(node, name, command):
        if node.me == "n3":
            yield Reply(name, "done")
        elif node.me == "n2":
            yield Reply(name, Refused("n3"))

    with World(scripted(request=request, requests=3, latency=20)) as world:
        calm(world, bound=2000)
        asked = of(world, Requested)
        assert [(event.node, event.calm) for event in asked] == [("n1", True), ("n2", True), ("n3", True)]
        assert len({event.request for event in asked}) == 3
        assert all(event.request.startswith("calm-") for event in asked)


def test_the_client_asks_on_until_the_end_when_nobody_answers():
    with World(scripted(requests=3)) as world:
        calm(world, bound=1000)
        assert len(of(world, Requested)) == 10
        assert world.now == 1000


def test_the_client_asks_on_while_something_must_still_happen():
    class ThreeAnswers(Invariant):
        """Three requests are answered."""

        watches = (Replied, CalmEnded)
        kind = "eventually"

        def __init__(self):
            self.answers = 0

        def satisfied(self):
            return self.answers >= 3

        def observe(self, event):
            self.answers += isinstance(event, Replied)
            return None if self.satisfied() or isinstance(event, Replied) else self.violation("too few", event)

    scenario = scripted(request=lambda node, name, command: [Reply(name, "done")], requests=1, invariants=(ThreeAnswers,))
    with World(scenario) as world:
        calm(world, bound=2000)
        assert world.violation is None
        assert len(of(world, Requested)) == 3
        assert world.now < 400


def test_the_client_asks_only_client_nodes_of_the_core():
    with World(scripted(requests=1, clients=lambda size: (1, 2))) as world:
        calm(world, ("n1", "n2"), bound=500)
        assert {event.node for event in of(world, Requested)} == {"n2"}


def test_two_phases_of_one_run_ask_for_different_things():
    with World(scripted(requests=1)) as world:
        calm(world, bound=300)
        calm(world, bound=300)
        asked = of(world, Requested)
        assert len({event.request for event in asked}) == len({event.command for event in asked}) == len(asked) > 2


@HOSTS
def test_disks_answer_at_once_and_are_slow_again_afterwards(host):
    def timeout(node, timer):
        yield Write("a", 1)
        yield Sync()
        yield Observe(Note("durable"))

    scenario = scripted(start=lambda node: [SetTimer("t", 5, 5)], timeout=timeout, budget=FaultBudget(slow_disks=True), requests=0)
    with World(scenario, 2, host=host) as world:
        world.apply(Fire("n1", "t"))
        assert of(world, Observed) == []
        calm(world)
        assert [event.node for event in of(world, Observed)] == ["n1", "n2"]
        assert all(process.slow_disk for process in world.processes.values())


def test_an_invariant_that_breaks_ends_the_phase():
    class NoTick(Invariant):
        """Nobody ticks."""

        watches = (Note,)

        def observe(self, event):
            return self.violation("a tick", event)

    with World(ticking(invariants=(NoTick,))) as world:
        calm(world)
        assert 40 <= world.now <= 60
        assert of(world, CalmEnded) == []


def test_the_end_of_the_phase_is_where_what_must_happen_must_have_happened():
    class Decides(Invariant):
        """Somebody decides."""

        watches = (Decided, CalmEnded)
        kind = "eventually"

        def __init__(self):
            self.decided = False

        def satisfied(self):
            return self.decided

        def observe(self, event):
            if isinstance(event, Observed):
                self.decided = True
            elif not self.decided:
                return self.violation("nobody decided", event)
            return None

    with World(ticking(invariants=(Decides,))) as world:
        calm(world)
        assert world.violation.summary == "nobody decided"


@HOSTS
@pytest.mark.parametrize("scenario", [RAFT, PAXOS], ids=["raft", "paxos"])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_the_shipped_protocols_make_progress_after_a_power_cut_of_all(scenario, size, host):
    for options in ({}, {name: values[-1] for name, values in scenario.options.items()}):
        with World(replace(scenario, sizes=(size,)), size, options, host=host) as world:
            for name in world.nodes:
                world.apply(Crash(name))
            calm(world, bound=scenario.calm_bound)
            assert world.violation is None
            counts = world.recorder.counts()
            assert any(counts[kind.__name__] for kind in scenario.progress)


@pytest.mark.parametrize("bound", [-1, 3_600_001, 10**12])
def test_a_fair_phase_takes_an_hour_at_most(bound):
    with Setup(RAFT, 3).world() as world, pytest.raises(NotEnabled, match="a fair phase takes at most 3,600,000 ms, an hour of"):
        world.apply(Calm(world.nodes, 0, bound))


def test_a_core_that_names_a_node_twice_is_no_larger_for_it():
    with Setup(RAFT, 3).world() as world, pytest.raises(NotEnabled, match="that core can make no progress"):
        world.apply(Calm(("n1", "n1"), 0, 1_000))


def test_a_node_is_told_that_its_slow_sync_has_completed():
    scenario = scripted(
        start=lambda node: [Write("value", 1), Sync("stored")],
        synced=lambda node, token: [Observe(Decided(token))],
        invariants=(Termination,),
        budget=FaultBudget(slow_disks=True),
    )
    with World(scenario) as world:
        assert of(world, Observed) == []
        calm(world, bound=500)
        assert world.violation is None
        assert [event.node for event in of(world, Observed)] == ["n1", "n2", "n3"]


def test_a_deadline_ends_a_fair_phase_unless_something_has_broken_by_then():
    with World(ticking()) as world:
        world.deadline = Deadline(0.0)
        with pytest.raises(OutOfTime):
            calm(world)
    with World(ticking()) as world:
        world.deadline = Deadline(600)
        calm(world)
        assert len(of(world, CalmEnded)) == 1

    class NeverRestarted(Invariant):
        watches = (Started,)

        def observe(self, event):
            return self.violation("again", event) if event.step else None

    with World(ticking(invariants=(NeverRestarted,))) as world:
        world.apply(Crash("n2"))
        world.deadline = Deadline(0.0)
        calm(world)  # the restart, at its beginning, broke it
        assert world.violation is not None


# Roles, and nodes that recover


def test_a_role_that_is_never_down_is_in_every_core():
    scenario = scripted(roles={"witness": (2,)}, budgets={"witness": FaultBudget(crashes="none")}, sizes=(3,), requests=0)
    with World(scenario) as world:
        with pytest.raises(
            NotEnabled, match="it leaves 1 node dead, which is more than the fault budget of the role 'witness' allows"
        ):
            calm(world, ("n1", "n2"))
        calm(world, ("n1", "n3"))


def recovering(said=Recovering, **changes):
    """Members that were here before must recover, and never do."""

    def start(node):
        yield from [Observe(said())] * node.disk.get("been", 0)
        yield Write("been", 1)
        yield Sync()

    return scripted(start=start, requests=0, sizes=(3,), budget=FaultBudget(crashes="minority"), **changes)


def test_a_member_that_recovers_counts_with_those_who_are_left_dead():
    with World(recovering()) as world:
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        for core in (("n1", "n2"), ("n1", "n3")):
            with pytest.raises(NotEnabled, match="it leaves 1 node dead, and n1 has not recovered yet, which is more than"):
                calm(world, core)
        calm(world)
        assert of(world, CalmEnded)


def test_a_member_that_is_down_counts_where_it_must_recover():
    with World(recovering(ready=Ready)) as world:
        world.apply(Crash("n1"))
        with pytest.raises(NotEnabled, match="leaves 1 node dead, and n1 has not recovered yet"):
            calm(world, ("n1", "n2"))
        calm(world, ("n2", "n3"))
    with World(recovering()) as world:
        for action in (Crash("n2"), Restart("n2"), Crash("n2")):  # it has said once that it recovers
            world.apply(action)
        with pytest.raises(NotEnabled, match="leaves 1 node dead, and n2 has not recovered yet"):
            calm(world, ("n2", "n3"))


class StaysDead(Invariant):
    """n3 never starts again."""

    watches = (Started,)

    def observe(self, event):
        return self.violation("n3 is back", event) if (event.node, event.incarnation) == ("n3", 2) else None


@pytest.mark.parametrize("said", [Recovering, Note])
def test_where_a_member_says_only_in_the_fair_phase_that_it_must_recover_nothing_is_asked_of_that_phase_nor_judged_then(said):
    too_late = said is Recovering
    with World(recovering(said=said, invariants=(StaysDead,))) as world:
        world.apply(Crash("n1"))
        calm(world, ("n1", "n2"))
        assert of(world, CalmBegan)
        assert bool(of(world, CalmEnded)) is not too_late
        world.apply(Restart("n3"))
        assert (world.violation is None) is too_late


# Connections


@HOSTS
def test_everybody_is_connected_to_everybody_again_and_hears_of_it_within_the_latency(host):
    with World(talkers(latency=7), 3, host=host) as world:
        go(world, Disconnect("n1", "n2"), Crash("n3"), Cut((("n1", "n2"),)))
        calm(world, bound=50)
        connects = [(time, str(action)) for time, action in times(world, Connect)]
        assert connects == [(0, "connect n1 n2"), (0, "connect n1 n3"), (0, "connect n2 n3")]
        assert world.network.closed == {}
        told = times(world, Deliver)
        assert [time for time, _ in told] == sorted(time for time, _ in told)
        assert all(1 <= time <= 7 for time, _ in told)
        heard = [text for step, text in said(world) if step == 4]
        ends = ["n1 down n2", "n1 down n3", "n2 down n1", "n2 down n3"]
        assert sorted(heard) == sorted([*ends, "n1 up n2", "n1 up n3", "n2 up n1", "n2 up n3", "n3 up n1", "n3 up n2"])
        assert all(heard.index(f"{one} down {two}") < heard.index(f"{one} up {two}") for one, two in (("n1", "n2"), ("n2", "n3")))


@HOSTS
def test_who_is_not_of_the_core_is_connected_to_nobody(host):
    with World(talkers(), 3, host=host) as world:
        go(world, Disconnect("n1", "n2"))
        calm(world, ("n1", "n2"), bound=50)
        assert list(world.network.open) == [("n1", "n2")]
        assert {"n1 down n3", "n2 down n3"} <= {text for _, text in said(world)}
        go(world, Restart("n3"))
        assert list(world.enabled(Connect)) == [Connect("n1", "n3"), Connect("n2", "n3")]


@HOSTS
def test_a_member_that_breaks_the_contract_meanwhile_disconnects_the_others(host):
    def timeout(node, timer):
        raise ValueError

    start = lambda node: [SetTimer("t", 20, 20)] if node.me == "n2" else ()  # noqa: E731
    with World(talkers(start=start, timeout=timeout), 3, host=host, check=False) as world:
        calm(world, bound=100)
        assert sorted(text for _, text in said(world)) == ["n1 down n2", "n3 down n2"]
        assert times(world, Connect) == []


def in_turn(**changes):
    """n1 sends two messages, with its disk in between, and n2 says in which order they came."""
    return scripted(
        request=lambda *_: [Send("n2", Note("a")), Sync(), Send("n2", Note("b"))],
        receive=lambda node, sender, message: [Observe(message)],
        requests=0,
        **changes,
    )


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("links", ["streams", "datagrams"])
def test_what_a_disk_s_answer_lets_a_node_send_arrives_behind_what_it_had_sent_before(links, seed):
    budget = FaultBudget(reorder=False, slow_disks=True)
    with World(in_turn(links=links, budget=budget), 2) as world:
        world.apply(Request("n1", "r1", "x"))
        calm(world, seed=seed, bound=200)
        assert [event.observation.text for event in of(world, Observed)] == ["a", "b"]
