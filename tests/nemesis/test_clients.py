"""Clients that ask once: whom they ask, how often, and under which names."""

from scripted import scripted

from splitbrain.actions import Request
from splitbrain.dice import Dice
from splitbrain.nemesis.clients import REFUSALS, Clients
from splitbrain.node import Refused, Reply
from splitbrain.world.world import World


def test_a_client_asks_once_and_for_what_the_workload_has_for_its_number():
    with World(scripted(requests=2)) as world:
        clients = Clients(world)
        assert [world.apply(clients.next(Dice(1))).id for _ in range(2)] == ["r1", "r2"]
        assert clients.next(Dice(1)) is None
        assert clients.requests == 2
        assert clients.places() == 0


def test_a_longer_command_is_asked_for_where_the_run_has_drawn_longer_ones():
    with World(scripted()) as world:
        clients = Clients(world)
        clients.payload = 3
        assert clients.ask("n1", Dice(1)).command == "v1..."


def test_somebody_may_say_whose_request_it_is_where_the_scenario_has_no_sessions():
    with World(scripted()) as world:
        clients = Clients(world)
        first = world.apply(clients.ask("n1", Dice(1), "x", "s1"))
        assert first == Request("n1", "s1.1", "x", "s1")
        assert world.apply(clients.ask("n2", Dice(1), "y", "s2", "s1")) == Request("n2", "s2.1", "y", "s2", "s1")
        assert clients.next_id("s2") == "s2.2"


def test_who_is_always_refused_gives_up():
    with World(scripted(request=lambda node, name, command: [Reply(name, Refused())], requests=3)) as world:
        clients, dice = Clients(world), Dice(1)
        while (action := clients.next(dice)) is not None:
            world.apply(action)
        assert world.step == REFUSALS * 3
