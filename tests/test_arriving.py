"""What a node has sent in a handler may arrive before it loses its power in there, where links are streams."""

import pytest
from attacks import attack
from scripted import Note, chatty, of, scripted
from talkers import ask, flying, go, said, talkers
from voters import VOTERS, SaysThenStores, Voter

from splitbrain import Asked, Library, Received
from splitbrain.actions import Crash, Cut, Deliver, Restart
from splitbrain.budget import FaultBudget
from splitbrain.counterexample.minimiser.minimiser import minimise
from splitbrain.errors import NotEnabled
from splitbrain.events import Acted
from splitbrain.exhibit import mutant
from splitbrain.nemesis.portfolio import _MAKERS
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.schedule.file import SavedSchedule, decode, encode
from splitbrain.schedule.header import Header
from splitbrain.search.hunt import hunt
from splitbrain.trace.causality import happens_before
from splitbrain.world.run import Setup, run
from splitbrain.world.world import World

BOTH = pytest.mark.parametrize("host", ["direct", "trio"])
TWICE = (("n2", "a"), ("n3", "b"), ("n2", "c"))


def crash(*sent, after=9, arrive=9, node="n1"):
    return Crash(node, 0, ask(node, *sent), after, arrive)


@BOTH
@pytest.mark.parametrize(
    ("after", "arrive", "heard"),
    [
        (9, 0, []),
        (9, 1, ["n2 got a of n1"]),
        (9, 2, ["n2 got a of n1", "n3 got b of n1"]),
        (9, 3, ["n2 got a of n1", "n3 got b of n1", "n2 got c of n1"]),
        (9, 7, ["n2 got a of n1", "n3 got b of n1", "n2 got c of n1"]),
        (1, 7, ["n2 got a of n1"]),
        (0, 7, []),
    ],
)
def test_so_many_messages_arrive_in_the_order_of_sending_and_then_the_power_goes(host, after, arrive, heard):
    with World(talkers(), 3, host=host) as world:
        go(world, crash(*TWICE, after=after, arrive=arrive))
        assert said(world) == [(1, each) for each in heard]
        assert not world.processes["n1"].running
        assert flying(world) == ["n1->n2 disconnected", "n1->n3 disconnected"]


@BOTH
def test_what_is_behind_an_earlier_message_or_a_cut_does_not_arrive(host):
    with World(talkers(), 3, host=host) as world:
        go(world, ask("n1", ("n2", "first")), crash(*TWICE))
        assert said(world) == [(2, "n3 got b of n1")]
    with World(talkers(), 3, host=host) as world:
        go(world, Cut((("n1", "n3"),)), crash(*TWICE))
        assert said(world) == [(2, "n2 got a of n1"), (2, "n2 got c of n1")]


@BOTH
def test_who_is_down_gets_nothing(host):
    with World(talkers(), 3, host=host) as world:
        go(world, Crash("n2"), Deliver("n2", "n1", "disconnected"), crash(*TWICE))
        assert (2, "n1 down n2") in said(world)
        assert [text for step, text in said(world) if step == 3] == ["n3 got b of n1"]


@BOTH
def test_what_waits_for_its_disk_gets_nothing(host):
    def receive(node, sender, message):
        yield Observe(Note(f"{node.me} got {message.text}"))
        yield Write("it", message.text)
        yield Sync()

    with World(talkers(receive=receive, budget=FaultBudget(slow_disks=True)), 3, host=host) as world:
        go(world, crash(*TWICE))
        assert said(world) == [(1, "n2 got a"), (1, "n3 got b")]


@BOTH
def test_a_receiver_that_dies_of_it_gets_no_more_and_the_others_do(host):
    def receive(node, sender, message):
        if node.me == "n2":
            raise ValueError(message.text)
        yield Observe(Note(f"{node.me} got {message.text}"))

    quiet = talkers(receive=receive)
    with World(quiet, 3, host=host, check=False) as world:
        go(world, crash(*TWICE))
        assert said(world) == [(1, "n3 got b")]
        assert [name for name, process in world.processes.items() if process.running] == ["n3"]


@BOTH
def test_what_receivers_send_is_in_flight_unless_it_is_for_the_node_without_power(host):
    def receive(node, sender, message):
        yield Send(sender, Note("thanks"))
        if node.me == "n2":
            yield Send("n3", Note(f"heard {message.text}"))

    with World(talkers(receive=receive), 3, host=host) as world:
        go(world, crash(*TWICE, arrive=1))
        assert flying(world) == ["n2->n3 heard a", "n1->n2 disconnected", "n1->n3 disconnected"]


@BOTH
def test_what_a_node_sends_to_itself_never_counts(host):
    with World(talkers(), 3, host=host) as world:
        go(world, crash(("n1", "me"), ("n2", "a"), ("n3", "b"), arrive=1))
        assert [text for _, text in said(world) if not text.startswith("n1")] == ["n2 got a of n1"]


@BOTH
def test_it_is_recorded_and_causes_what_comes_of_it(host):
    with World(talkers(), 3, host=host) as world:
        last = crash(*TWICE, arrive=1)
        go(world, ask("n3", ("n1", "x")), Deliver("n3", "n1", "Note"), last, ask("n2", ("n3", "y")))
        assert [each.action for each in of(world, Acted) if each.step == 3] == [last, Deliver("n1", "n2", "Note")]
        assert (3, 4) in happens_before(world.events).edges
        kinds = [type(event).__name__ for event in world.events if event.step == 3]
        assert kinds == ["Acted", "Requested", "Sent", "Sent", "Sent", "Acted", "Observed", "Crashed"]


@BOTH
def test_a_run_is_the_same_again_from_its_file_and_in_a_lenient_world(host):
    schedule = (ask("n2", ("n1", "x")), crash(*TWICE, after=2, arrive=2), Deliver("n1", "n2", "disconnected"))
    saved = decode(encode(SavedSchedule(Header(scenario="x", size=3), schedule)))
    assert saved.actions == schedule
    setup = Setup(talkers(), 3, host=host)
    one, again, lenient = (
        run(setup, each, keep=True, lenient=way) for each, way in ((schedule, 0), (saved.actions, 0), (schedule, 1))
    )
    assert one.stopped is None
    assert one.events == again.events == lenient.events


@pytest.mark.parametrize(
    ("after", "arrive", "heard"), [(2, 9, ["a", "b"]), (9, 2, ["a", "b"]), (9, 9, ["a", "b", "c"]), (9, 0, [])]
)
def test_an_async_node_sends_and_gets_it_too(after, arrive, heard):
    async def live(node, env):
        while True:
            match await env.receive():
                case Asked(_, command):
                    for to, text in command:
                        env.send(to, Note(text))
                    await env.sync()
                case Received(_, message):
                    env.observe(Note(message.text))

    with World(scripted(run=live, links="streams"), 3) as world:
        go(world, crash(*TWICE, after=after, arrive=arrive))
        assert said(world) == [(1, each) for each in heard]
        assert not world.processes["n1"].running
        go(world, ask("n2", ("n3", "on")), Deliver("n2", "n3", "Note"))
        assert said(world)[-1] == (3, "on")


@BOTH
@pytest.mark.parametrize(
    ("action", "scenario", "complaint"),
    [
        (crash(("n2", "a"), arrive=-1), talkers(), "`arrive` counts from 0 the messages that are sent in `during`; leave it out"),
        (Crash("n1", arrive=1), talkers(), "`arrive` counts from 0 the messages that are sent in `during`, and there is none"),
        (
            crash(("n2", "a"), arrive=1),
            chatty(),
            "the links of scenario 'scripted' are datagrams, and what was sent there before the power goes can arrive at any time",
        ),
    ],
)
def test_where_nothing_can_arrive_so_it_says_why(host, action, scenario, complaint):
    with World(scenario, 3, host=host) as world:
        with pytest.raises(NotEnabled, match=complaint):
            world.apply(action)
        assert world.step == 0


def test_a_library_node_sends_and_gets_it_too():
    class Talks(Library):
        def receive(self, sender, message):
            self.observe(Note(f"{self.me} got {message.text}"))

        def request(self, request, command):
            for to, text in command:
                self.send(to, Note(text))
            self.store(asked=request)

    with World(scripted(factory=Talks, links="streams"), 3) as world:
        go(world, crash(*TWICE, after=2))
        assert said(world) == [(1, "n2 got a"), (1, "n3 got b")]
        go(world, Restart("n1"))
        assert not world.processes["n1"].disk()


SLOWLY = [pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2, 4)]


@pytest.mark.parametrize("seed", [3, 5, *SLOWLY])
def test_who_says_and_then_stores_is_found_out_and_shown_in_a_few_steps(seed):
    found = hunt(mutant(VOTERS, SaysThenStores), seed=seed, runs=2_000).found
    assert found is not None
    least = minimise(found).smallest
    assert [str(action) for action in least.actions] == [
        "fire n2 election",
        "crash n1 after 1 effects of (deliver n2->n1 Ask), 1 messages arrive",
        "restart n1",
        "connect n1 n3",
        "fire n3 election",
        "deliver n3->n1 Ask",
        "deliver n1->n3 Vote",
    ]


def test_who_stores_and_then_says_breaks_nothing():
    assert hunt(VOTERS, seed=1, runs=500).found is None


def test_it_is_drawn_where_links_are_streams_and_nowhere_else():
    for links in ("streams", "datagrams"):
        setup = Setup(mutant(VOTERS, Voter, links=links), 3)
        done = [action for seed in range(10) for action in attack(_MAKERS["power-cuts"], setup, 200, seed)[0]]
        inside = [action for action in done if isinstance(action, Crash) and action.during is not None]
        assert {action.arrive for action in inside} == ({0, 1, 2} if links == "streams" else {0})
