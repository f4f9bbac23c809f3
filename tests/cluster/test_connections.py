"""Connections, as nodes and the schedule meet them: rule by rule."""

import pytest
from scripted import Note, of, scripted
from talkers import ask, flying, go, said, talkers

from splitbrain.actions import Complete, Connect, Crash, Cut, Deliver, Disconnect, Drop, Duplicate, Mend, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.connections import Streams
from splitbrain.cluster.host.inputs import Connected, Disconnected, Received
from splitbrain.cluster.network import Notice
from splitbrain.dice import Dice
from splitbrain.errors import NotEnabled
from splitbrain.events import Failed, Observed, Sent
from splitbrain.node import Observe, Send, Sync
from splitbrain.world.world import World

HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])
UP, DOWN = "connected", "disconnected"


@HOSTS
def test_at_the_start_all_are_open_and_each_node_is_told_once_all_have_started(host):
    starts = talkers(start=lambda node: [Observe(Note(f"{node.me} starts"))])
    with World(starts, 3, host=host) as world:
        told = [event.observation.text for event in of(world, Observed)]
        pairs = ["n1 up n2", "n1 up n3", "n2 up n1", "n2 up n3", "n3 up n1", "n3 up n2"]
        assert told == ["n1 starts", "n2 starts", "n3 starts", *pairs]
        assert {event.step for event in world.events} == {0}
        assert world.network.flight == []  # no notice is in flight: no action tells it
        assert all(world.network.connected(one, other) for one in world.nodes for other in world.nodes if one != other)


@HOSTS
def test_messages_arrive_in_order_and_none_is_lost_or_doubled(host):
    with World(talkers(), 3, host=host) as world:
        go(world, ask("n1", ("n2", "a"), ("n2", "b"), ("n3", "c")))
        with pytest.raises(NotEnabled, match="links are FIFO, and an earlier message is in flight on this one"):
            world.apply(Deliver("n1", "n2", "Note", ordinal=2))
        assert list(world.enabled(Drop, Duplicate)) == []
        for kind, how in ((Drop, "messages are never lost but with their connection"), (Duplicate, "messages are never doubled")):
            with pytest.raises(NotEnabled, match=how):
                world.apply(kind("n1", "n2", "Note"))
        assert list(world.enabled(Deliver)) == [Deliver("n1", "n2", "Note"), Deliver("n1", "n3", "Note")]
        go(world, Deliver("n1", "n2", "Note"), Deliver("n1", "n2", "Note", ordinal=2))
        assert said(world) == [(2, "n2 got a of n1"), (3, "n2 got b of n1")]


@HOSTS
def test_what_is_in_flight_is_lost_both_ways_when_a_connection_ends_but_for_what_had_arrived(host):
    with World(talkers(), 3, host=host) as world:
        go(world, ask("n1", ("n2", "a"), ("n2", "b"), ("n3", "c")), ask("n2", ("n1", "d")))
        go(world, Deliver("n1", "n2", "Note"), Disconnect("n1", "n2"))
        assert flying(world) == ["n1->n3 c", "n2->n1 disconnected", "n1->n2 disconnected"]
        for lost in (Deliver("n1", "n2", "Note", ordinal=2), Deliver("n2", "n1", "Note")):
            with pytest.raises(NotEnabled, match=r"no such message is in flight \(what is in flight when its connection ends"):
                world.apply(lost)
        go(world, Deliver("n2", "n1", DOWN), Deliver("n1", "n2", DOWN))
        assert said(world)[1:] == [(5, "n1 down n2"), (6, "n2 down n1")]


@HOSTS
def test_what_is_sent_without_a_connection_is_recorded_and_lost(host):
    with World(talkers(), 2, host=host) as world:
        go(world, Disconnect("n1", "n2"), ask("n1", ("n2", "a")))  # it has not even been told
        go(world, Deliver("n2", "n1", DOWN), ask("n1", ("n2", "b")))
        assert [event.ordinal for event in of(world, Sent)] == [1, 2]
        assert flying(world) == ["n1->n2 disconnected"]


@HOSTS
def test_a_node_sends_on_the_connection_that_it_was_told_of_last(host):
    with World(talkers(), 2, host=host) as world:
        go(world, Disconnect("n1", "n2"), Connect("n1", "n2"), ask("n1", ("n2", "on the old one")))
        go(world, Deliver("n2", "n1", DOWN), ask("n1", ("n2", "on none")))
        go(world, Deliver("n2", "n1", UP), ask("n1", ("n2", "on the new one")))
        assert flying(world) == ["n1->n2 disconnected", "n1->n2 connected", "n1->n2 on the new one"]
        # Behind what its receiver is told before.
        assert [str(each) for each in world.enabled(Deliver)] == ["deliver n1->n2 disconnected"]
        go(world, Deliver("n1", "n2", DOWN), Deliver("n1", "n2", UP), Deliver("n1", "n2", "Note", ordinal=3))
        assert [text for _, text in said(world)][-3:] == ["n2 down n1", "n2 up n1", "n2 got on the new one of n1"]


@HOSTS
def test_what_a_node_hears_late_of_a_connection_that_is_dead_opens_nothing(host):
    with World(talkers(), 2, host=host) as world:
        for _ in range(2):
            go(world, Disconnect("n1", "n2"), Connect("n1", "n2"))
        go(world, Deliver("n2", "n1", DOWN), Deliver("n2", "n1", UP), ask("n1", ("n2", "lost")))
        assert "n1->n2 lost" not in flying(world)
        go(world, Deliver("n2", "n1", DOWN, ordinal=2), Deliver("n2", "n1", UP, ordinal=2), ask("n1", ("n2", "there")))
        assert "n1->n2 there" in flying(world)


@HOSTS
def test_a_crash_ends_the_connections_of_a_node_and_those_that_run_are_told(host):
    with World(talkers(), 3, host=host) as world:
        go(world, ask("n1", ("n2", "a")), ask("n2", ("n1", "b"), ("n3", "c")), Crash("n2"))
        assert flying(world) == ["n2->n1 disconnected", "n2->n3 disconnected"]
        go(world, Restart("n2"), ask("n2", ("n1", "d")), Deliver("n2", "n1", DOWN), ask("n1", ("n2", "e")))
        assert flying(world) == ["n2->n3 disconnected"]
        go(world, Connect("n2", "n1"), Deliver("n1", "n2", UP), ask("n2", ("n1", "f")), Deliver("n2", "n1", UP))
        go(world, Deliver("n2", "n1", "Note", ordinal=3))
        assert [text for _, text in said(world)] == ["n1 down n2", "n2 up n1", "n1 up n2", "n1 got f of n2"]


@HOSTS
def test_what_a_node_was_still_to_be_told_dies_with_it(host):
    with World(talkers(), 2, host=host) as world:
        go(world, Disconnect("n1", "n2"), Connect("n1", "n2"), Crash("n1"))
        assert flying(world) == ["n1->n2 disconnected", "n1->n2 connected", "n1->n2 disconnected"]
        go(world, Restart("n1"))
        assert [str(each) for each in world.enabled(Deliver)] == ["deliver n1->n2 disconnected"]


@HOSTS
def test_a_node_that_breaks_the_contract_takes_its_connections_along(host):
    def receive(node, sender, message):
        yield Send("n1", Note("before it raised"))
        raise ValueError(message.text)

    with World(talkers(receive=receive), 3, host=host) as world:
        go(world, ask("n1", ("n2", "a"), ("n2", "b")), Deliver("n1", "n2", "Note"))
        assert len(of(world, Failed)) == 1
        assert flying(world) == ["n2->n1 disconnected", "n2->n3 disconnected"]


@HOSTS
def test_what_a_handler_sends_before_the_power_goes_is_lost_with_the_connection(host):
    with World(talkers(), 2, host=host) as world:
        go(world, Crash("n1", during=ask("n1", ("n2", "a"), ("n2", "b")), after=1))
        assert [event.ordinal for event in of(world, Sent)] == [1]
        assert flying(world) == ["n1->n2 disconnected"]


@HOSTS
def test_a_cut_link_holds_up_data_and_no_notice_and_keeps_connections_from_being_opened(host):
    cut = (("n1", "n2"),)
    with World(talkers(), 2, host=host) as world:
        go(world, Cut(cut), ask("n1", ("n2", "a")))
        with pytest.raises(NotEnabled, match="the link n1->n2 is cut"):
            world.apply(Deliver("n1", "n2", "Note"))
        assert world.network.connected("n1", "n2")
        go(world, Disconnect("n1", "n2"), Deliver("n1", "n2", DOWN), Deliver("n2", "n1", DOWN))
        assert list(world.enabled(Connect)) == []
        for pair in (("n1", "n2"), ("n2", "n1")):  # either direction
            with pytest.raises(NotEnabled, match="the link n1->n2 is cut; mend it first"):
                world.apply(Connect(*pair))
        go(world, Mend(cut), Connect("n1", "n2"), Cut(cut), Deliver("n1", "n2", UP), Deliver("n2", "n1", UP))
        assert [text for _, text in said(world)] == ["n2 down n1", "n1 down n2", "n2 up n1", "n1 up n2"]


@HOSTS
def test_a_node_with_neither_handler_is_told_nothing_and_uses_what_is_open(host):
    with World(talkers(deaf=("n1",)), 2, host=host) as world:
        go(world, ask("n1", ("n2", "a")), Disconnect("n1", "n2"), ask("n1", ("n2", "lost")))
        assert flying(world) == ["n1->n2 disconnected"]
        go(world, Connect("n1", "n2"), ask("n1", ("n2", "b")))
        assert flying(world) == ["n1->n2 disconnected", "n1->n2 connected", "n1->n2 b"]
        go(world, Crash("n1"), Restart("n1"), ask("n1", ("n2", "lost, too")))
        assert "n1->n2 lost, too" not in flying(world)


@HOSTS
def test_a_node_that_hears_of_ends_alone_is_told_of_beginnings_without_a_call(host):
    scenario = scripted(
        links="streams",
        request=lambda node, name, command: [Send(to, Note(text)) for to, text in command],
        disconnected=lambda node, peer: [Observe(Note(f"{node.me} down {peer}"))],
    )
    with World(scenario, 2, host=host) as world:
        go(world, ask("n1", ("n2", "a")), Disconnect("n1", "n2"), Connect("n1", "n2"))
        go(world, Deliver("n2", "n1", DOWN), ask("n1", ("n2", "lost")), Deliver("n2", "n1", UP), ask("n1", ("n2", "b")))
        assert said(world) == [(4, "n1 down n2")]
        assert "n1->n2 b" in flying(world)
        assert "n1->n2 lost" not in flying(world)


@HOSTS
def test_a_node_that_waits_for_its_disk_at_the_start_is_told_when_that_has_answered(host):
    scenario = talkers(start=lambda node: [Sync(), Send(node.peers[0], Note("not told yet"))], budget=FaultBudget(slow_disks=True))
    with World(scenario, 2, host=host) as world:
        assert of(world, Observed) == []
        go(world, Complete("n1"))
        assert said(world) == [(1, "n1 up n2")]
        assert flying(world) == []
        go(world, Disconnect("n1", "n2"), Complete("n2"), ask("n2", ("n1", "lost")), Deliver("n1", "n2", DOWN))
        assert said(world)[1:] == [(3, "n2 up n1"), (5, "n2 down n1")]
        assert flying(world) == ["n2->n1 disconnected"]


@HOSTS
def test_a_node_that_dies_at_the_start_is_nobody_s_peer(host):
    def start(node):
        if node.me == "n2":
            raise ValueError
        return ()

    with World(talkers(start=start), 3, host=host) as world:
        assert [event.observation.text for event in of(world, Observed)] == ["n1 up n3", "n3 up n1"]
        assert flying(world) == []
        go(world, Restart("n2"))
        assert [str(each) for each in world.enabled(Connect)] == []
        assert not world.processes["n2"].running


def test_to_itself_a_node_has_no_connection_but_a_queue_that_dies_with_it_where_it_goes_by_the_network():
    with World(talkers(self_delivery="network"), 2) as world:
        go(world, ask("n1", ("n1", "a"), ("n1", "b")), Deliver("n1", "n1", "Note"))
        assert flying(world) == ["n1->n1 b"]
        go(world, Crash("n1"))
        assert flying(world) == ["n1->n2 disconnected"]
        go(world, Restart("n1"), ask("n1", ("n1", "c")))
        assert "n1->n1 c" in flying(world)


def test_in_a_world_weaker_than_streams_messages_are_lost_doubled_and_overtaken_and_notices_are_not():
    class Weak(FaultBudget):
        def within(self, links):
            return self

    with World(talkers(budget=Weak()), 2) as world:
        go(world, ask("n1", ("n2", "a"), ("n2", "b"), ("n2", "c")), Deliver("n1", "n2", "Note", ordinal=2))
        go(world, Duplicate("n1", "n2", "Note"), Drop("n1", "n2", "Note", ordinal=3), Disconnect("n1", "n2"))
        assert flying(world) == ["n2->n1 disconnected", "n1->n2 disconnected"]
        for kind in (Drop, Duplicate):
            assert list(world.enabled(kind)) == []
            with pytest.raises(NotEnabled, match="it is no message, but tells n2 of its connection; leave it out"):
                world.apply(kind("n1", "n2", DOWN))


def test_a_message_may_be_of_the_same_kind_as_a_notice():
    with World(talkers(label=lambda message: ("connected", None)), 2) as world:
        go(world, ask("n1", ("n2", "a")), Disconnect("n1", "n2"), Connect("n1", "n2"), Deliver("n2", "n1", DOWN))
        go(world, Deliver("n2", "n1", UP), ask("n1", ("n2", "b")))
        names = [each.identity() for each in world.network.flight if each.receiver == "n2"]
        assert len(set(names)) == len(names) == 3
        go(world, Deliver("n1", "n2", DOWN), Deliver("n1", "n2", UP, ordinal=2), Deliver("n1", "n2", UP, ordinal=3))
        assert [text for _, text in said(world)][-2:] == ["n2 up n1", "n2 got b of n1"]


def test_an_async_node_is_told_of_its_connections_too():
    async def run(self, env):
        while True:
            match await env.receive():
                case Connected(peer):
                    env.observe(Note(f"{env.me} up {peer}"))
                    env.send(peer, Note("hello"))
                case Disconnected(peer):
                    env.observe(Note(f"{env.me} down {peer}"))
                    env.send(peer, Note("lost"))
                case Received(peer, message):
                    env.observe(Note(f"{env.me} got {message.text} of {peer}"))

    with World(scripted(run=run, links="streams"), 2, host="trio") as world:
        assert flying(world) == ["n1->n2 hello", "n2->n1 hello"]
        go(world, Deliver("n1", "n2", "Note"), Disconnect("n1", "n2"), Deliver("n2", "n1", DOWN), Connect("n1", "n2"))
        go(world, Deliver("n2", "n1", UP), Crash("n2"), Restart("n2"), Deliver("n2", "n1", DOWN, ordinal=2))
        assert [text for _, text in said(world)] == ["n2 got hello of n1", "n1 down n2", "n1 up n2", "n1 down n2"]
        assert flying(world) == []


def test_an_async_node_sends_on_the_connection_that_it_was_handed_last_and_what_waits_in_its_inbox_it_does_not_know_yet():
    async def run(self, env):
        if self.me == "n1":
            env.write("x", 1)
            await env.sync()
        while True:
            match await env.receive():
                case Connected(peer):
                    env.send(peer, Note("hello"))
                    env.observe(Note(f"{env.me} up {peer}"))
                case Disconnected(peer):
                    env.send(peer, Note("lost"))

    slow = scripted(run=run, links="streams", budget=FaultBudget(slow_disks=True))
    with World(slow, 2, host="trio") as world:
        go(world, Disconnect("n1", "n2"), Connect("n1", "n2"), Deliver("n2", "n1", DOWN), Deliver("n2", "n1", UP))
        assert [each for each in flying(world) if "hello" in each] == []
        go(world, Complete("n1"))
        assert [text for _, text in said(world)] == ["n1 up n2"] * 2
        sent = [(event.message.text, event.ordinal) for event in of(world, Sent) if event.sender == "n1"]
        assert sent == [("hello", 1), ("lost", 2), ("hello", 3)]  # the first was for the old connection
        assert [each.ordinal for each in world.network.flight if each.sender == "n1" and each.message] == [3]


def test_a_graph_has_no_edge_where_what_is_sent_is_lost():
    with World(talkers(), 3) as world:
        assert isinstance(world.network, Streams)
        go(world, Disconnect("n1", "n2"))
        assert sorted(world.network.graph().edges) == [("n1", "n3"), ("n2", "n3"), ("n3", "n1"), ("n3", "n2")]


def test_in_each_queue_data_stands_behind_all_notices_whatever_happens():
    dice, number = Dice(3), iter(range(10_000))
    with World(talkers(deaf=("n3",)), 3) as world:
        network = world.network
        for _ in range(3_000):
            node = dice.pick(world.nodes)
            if dice.chance(0.3) and world.processes[node].running:
                peers = [each for each in world.nodes if each != node]
                world.apply(Request(node, f"q{next(number)}", [[dice.pick(peers), "x"]]))
            else:
                world.apply(dice.pick(list(world.enabled())))
            assert world.violation is None
            for link, queue in network.queues.items():
                alive = [each for each in queue.items if each.place >= 0]
                notices = [type(each) is Notice for each in alive]
                assert notices == sorted(notices, reverse=True), link
                data = [each for each in alive if type(each) is not Notice]
                assert not data or network.connected(*link)
                assert not any(world.processes[link[1]].running is False for each in alive)
            assert {*network.open, *network.closed} == set(network.pairs)
            assert not set(network.open) & set(network.closed)
