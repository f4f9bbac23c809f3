"""The cluster: what there is when a run begins."""

import pytest
import trio
from scripted import Note, of, scripted

from splitbrain.actions import Advance, Complete, Crash, Deliver, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.host.inputs import Received
from splitbrain.errors import ScenarioError
from splitbrain.events import Failed, Observed, Sent, Started
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.world.world import World

HOSTS = pytest.mark.parametrize("host", ["direct", "trio"])


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


def test_an_unknown_host_is_refused():
    with pytest.raises(ScenarioError, match="there is no host 'asyncio'; use 'direct' or 'trio'"):
        World(scripted(), host="asyncio")


ASK = Request("n1", "r1", "x")


def raises(*_):
    raise LookupError("lost")


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


def test_on_fifo_links_a_message_waits_for_those_before_it_on_its_own_link_alone():
    scenario = scripted(
        request=lambda node, name, command: [Send(to, Note(to)) for to in ("n2", "n2", "n3")], budget=FaultBudget(reorder=False)
    )
    with World(scenario) as world:
        world.apply(ASK)
        assert [(each.receiver, each.ordinal) for each in world.network.flight if world.deliverable(each)] == [("n2", 1), ("n3", 1)]


def test_whom_clients_may_ask_is_the_scenario_s_to_say():
    with World(scripted(clients=lambda size: (2, 0))) as world:
        assert [process.id for process in world.clients()] == ["n3", "n1"]
    with World(scripted(requests=0)) as world:
        assert world.clients() == []


def test_what_a_crash_loses_is_counted_in_writes_and_none_is_lost_twice():
    with World(scripted(request=lambda *_: [Write("a", 1), Write("b", 2), Write("c", 3)])) as world:
        world.apply(ASK)
        process = world.processes["n1"]
        assert world.power_off(process, keep=2) == 1
        assert world.power_off(process, keep=0) == 0
        assert dict(process.disk()) == {"a": 1, "b": 2}


def test_a_command_that_is_asked_for_is_the_node_s_own_copy():
    command = ["x"]
    with World(scripted(request=lambda node, name, command: command.append("y") or ())) as world:
        world.ask(world.processes["n1"], "r1", command, calm=False)
    assert command == ["x"]


# What a node sends to itself


@HOSTS
@pytest.mark.parametrize("links", ["streams", "datagrams"])
def test_what_a_node_sends_to_itself_arrives_in_the_same_step_when_the_handler_is_over(host, links):
    def request(node, *_):
        yield Send("n1", Note("a"))
        yield Send("n2", Note("away"))
        yield Send("n1", Note("b"))
        yield Observe(Note("over"))

    def receive(node, sender, message):
        yield Observe(Note(f"{message.text} of {sender}"))
        if message.text == "a":
            yield Send("n1", Note("c"))

    with World(scripted(request=request, receive=receive, links=links, self_delivery="local"), 2, host=host) as world:
        world.apply(ASK)
        assert [event.observation.text for event in of(world, Observed)] == ["over", "a of n1", "b of n1", "c of n1"]
        assert {event.step for event in of(world, Observed)} == {1}
        assert [(event.receiver, event.message.text) for event in of(world, Sent)] == [
            ("n1", "a"), ("n2", "away"), ("n1", "b"), ("n1", "c")
        ]  # fmt: skip
        assert [each.receiver for each in world.network.flight] == ["n2"]


def test_on_datagrams_it_goes_by_the_network_unless_it_is_said_to_be_local():
    with World(scripted(request=lambda *_: [Send("n1", Note("a"))])) as world:
        world.apply(ASK)
        assert [str(each) for each in world.enabled(Deliver)] == ["deliver n1->n1 Note"]


@HOSTS
def test_what_a_node_sends_to_itself_is_copied_when_it_is_sent(host):
    def request(node, *_):
        message = ["x"]
        yield Send("n1", message)
        message.append("y")

    def receive(node, sender, message):
        message.append("z")
        yield Observe(Note(tuple(message)))

    with World(scripted(request=request, receive=receive, self_delivery="local"), host=host) as world:
        world.apply(ASK)
        assert of(world, Observed)[0].observation.text == ("x", "z")
        assert of(world, Sent)[0].message == ["x"]


@HOSTS
def test_a_node_that_waits_for_its_disk_gets_it_when_that_has_answered(host):
    scenario = scripted(
        request=lambda *_: [Send("n1", Note("a")), Sync(), Observe(Note("over"))],
        receive=lambda node, sender, message: [Observe(message)],
        self_delivery="local",
        budget=FaultBudget(slow_disks=True),
    )
    with World(scenario, host=host) as world:
        world.apply(ASK)
        assert of(world, Observed) == []
        world.apply(Complete("n1"))
        assert [event.observation.text for event in of(world, Observed)] == ["over", "a"]


@HOSTS
@pytest.mark.parametrize(
    ("after", "said"), [(1, []), (2, ["over"]), (3, ["over", "a"]), (4, ["over", "a", "b"]), (9, ["over", "a", "b"])]
)
def test_a_power_cut_inside_loses_it_and_counts_its_effects(host, after, said):
    scenario = scripted(
        request=lambda *_: [Send("n1", Note("a")), Observe(Note("over"))],
        receive=lambda node, sender, message: [Observe(message), Observe(Note("b"))],
        self_delivery="local",
    )
    with World(scenario, host=host) as world:
        world.apply(Crash("n1", during=ASK, after=after))
        assert [event.observation.text for event in of(world, Observed)] == said
        assert not world.processes["n1"].running
        world.apply(Restart("n1"))
        assert [event.observation.text for event in of(world, Observed)] == said


@HOSTS
def test_a_handler_that_the_power_cut_comes_before_is_not_even_called(host):
    called = []

    def receive(node, sender, message):
        called.append(message.text)
        return ()

    with World(scripted(request=lambda *_: [Send("n1", Note("a"))], receive=receive, self_delivery="local"), host=host) as world:
        world.apply(Crash("n1", during=ASK, after=1))
        assert called == []


@HOSTS
@pytest.mark.parametrize("echo", [1, 2])
def test_a_chain_without_end_is_hung_at_its_handler(host, echo):
    scenario = scripted(
        request=lambda *_: [Send("n1", Note("a"))],
        receive=lambda node, sender, message: [Send("n1", message)] * echo,
        self_delivery="local",
    )
    with World(scenario, host=host) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.how == "hung"
        assert failed.detail.startswith(
            "receive was called 10,001 times in one step, for what the node sent to itself or synced (scr"
        )
        assert not world.processes["n1"].running
        assert world.processes["n2"].running
        world.apply(Restart("n1"))
        assert world.processes["n1"].running


def test_a_long_chain_that_ends_is_none():
    def receive(node, sender, message):
        if message.text:
            yield Send("n1", Note(message.text - 1))
        else:
            yield Observe(message)

    with World(scripted(request=lambda *_: [Send("n1", Note(9_000))], receive=receive, self_delivery="local")) as world:
        world.apply(ASK)
        assert [event.observation.text for event in of(world, Observed)] == [0]


@HOSTS
def test_syncs_with_a_token_that_bring_about_each_other_for_ever_are_hung_too(host):
    with World(scripted(request=lambda *_: [Sync("t")], synced=lambda node, token: [Sync(token)]), host=host) as world:
        world.apply(ASK)
        assert of(world, Failed)[0].detail.startswith("synced was called 10,001 times in one step")


def test_an_async_node_gets_what_it_sends_to_itself_behind_what_it_has():
    async def run(self, env):
        await trio.sleep(0.01)
        env.send(env.me, Note("a"))
        while True:
            match await env.receive():
                case Received(sender, message):
                    env.observe(Note(f"{message.text} of {sender}"))

    with World(scripted(run=run, self_delivery="local"), 1, host="trio") as world:
        world.apply(Advance())
        assert [event.observation.text for event in of(world, Observed)] == ["a of n1"]
        assert world.network.flight == []
