"""Links that keep the order of sending."""

import pytest
from scripted import scripted

from splitbrain.actions import Deliver, Drop, Duplicate
from splitbrain.budget import FaultBudget
from splitbrain.cluster.network import Network
from splitbrain.cluster.queues import Queues
from splitbrain.dice import Dice
from splitbrain.trace.recorder import Recorder
from splitbrain.world.world import World

NODES = ("n1", "n2", "n3")


def links(label=lambda message: (str(message), None), **changes):
    return Queues(NODES, label, Recorder(None, keep=True), **changes)


def numbered(*numbers):
    """Messages of one kind and these epochs from n1 to n2."""
    net = links(lambda message: ("x", message))
    for number in numbers:
        net.send("n1", "n2", number)
    return net


def test_only_the_first_of_a_link_is_next():
    net = links()
    for receiver, message in (("n2", "a"), ("n3", "b"), ("n2", "c")):
        net.send("n1", receiver, message)
    first, other, last = net.flight
    assert net.first_on_link(last) is net.first_on_link(first) is first
    assert net.fronts() == [first, other] == [queue.first for queue in net.waiting]
    net.take(first)
    assert net.fronts() == [last, other]
    net.take(other)
    net.take(last)
    assert (net.fronts(), net.waiting, net.flight) == ([], [], [])


def test_what_is_lost_in_the_middle_is_passed_over_and_a_copy_stands_last():
    net = links()
    for message in "abcd":
        net.send("n1", "n2", message)
    a, b, c, d = net.flight
    net.duplicate(a)
    twin = net.flight[-1]
    net.take(b)
    net.take(c)
    assert net.fronts() == [a]
    net.take(a)
    assert net.fronts() == [d]
    net.take(d)
    assert net.fronts() == [twin]
    assert net.find(Deliver("n1", "n2", "a", copy=1)) is twin


def test_the_first_is_the_one_with_the_least_number_whatever_is_sent_lost_doubled_and_delivered():
    dice, net = Dice(1), links()
    for _ in range(4000):
        point = dice.roll()
        if point < 0.45 or not net.flight:
            net.send(*dice.sample(NODES, 2), dice.pick("ab"))
        elif point < 0.55:
            net.duplicate(dice.pick(net.flight))
        elif point < 0.75:
            net.take(dice.pick(net.flight))
        else:
            net.take(dice.pick(net.fronts()))
        firsts = {}
        for envelope in sorted(net.flight, key=lambda each: each.number):
            firsts.setdefault((envelope.sender, envelope.receiver), envelope)
        assert {(each.sender, each.receiver): each for each in net.fronts()} == firsts
        assert [queue.place for queue in net.waiting] == list(range(len(net.waiting)))
        for envelope in net.flight:
            assert net.first_on_link(envelope) is firsts[envelope.sender, envelope.receiver]


def test_messages_go_in_the_order_of_sending_past_links_that_are_stuck():
    net = links()
    for receiver in ("n2", "n3", "n2", "n3"):
        net.send("n1", receiver, receiver)
    order = []
    for envelope in net.in_order(lambda each: each.receiver != "n3"):
        net.take(envelope)
        order.append((envelope.receiver, envelope.ordinal))
        if len(order) == 1:
            net.send("n2", "n1", "more")
    assert order == [("n2", 1), ("n2", 2), ("n1", 1)]
    assert len(net.flight) == 2


def test_what_stands_in_for_an_arrival_is_what_is_next_if_it_is_of_its_kind():
    net = links(lambda message: message)
    for message in (("Vote", 1), ("Vote", 2), ("Append", 2)):
        net.send("n1", "n2", message)
    vote, later, append = net.flight
    assert net.find_alike(Deliver("n1", "n2", "Vote", 7, 3)) is vote
    assert net.find_alike(Deliver("n1", "n2", "Append", 2)) is None
    assert net.find_alike(Deliver("n1", "n3", "Vote", 1)) is None
    net.take(vote)
    net.take(later)
    assert net.find_alike(Deliver("n1", "n2", "Append", 9)) is append


@pytest.mark.parametrize("kind", [Drop, Duplicate])
def test_what_stands_in_for_a_loss_is_near_to_it_or_else_what_is_next(kind):
    net = numbered(3, 3, 3, 5, 9)
    first, second, third, other, _ = net.flight
    net.take(second)
    assert net.find_alike(kind("n1", "n2", "x", 3, 2)) is first
    assert net.find_alike(kind("n1", "n2", "x", 3, 4)) is third
    assert net.find_alike(kind("n1", "n2", "x", 6, 1)) is other
    assert net.find_alike(kind("n1", "n2", "x", 500, 1)) is first
    assert net.find_alike(kind("n1", "n2", "y", 3, 1)) is None
    net.duplicate(third)
    net.take(third)
    assert net.find_alike(kind("n1", "n2", "x", 3, 4)) in (net.flight[-1], first)


def test_queues_that_reorder_are_as_links_that_do():
    net = links(reorders=True)
    for message in "ab":
        net.send("n1", "n2", message)
    a, b = net.flight
    assert net.first_on_link(b) is b
    assert list(net.fronts()) == [a, b]
    assert net.find_alike(Deliver("n1", "n2", "b", ordinal=4)) is b
    assert [next(net.in_order(lambda each: True)), a] == [a, a]


def test_a_scenario_that_reorders_nothing_has_queues_and_another_has_none():
    with World(scripted(budget=FaultBudget(reorder=False))) as world:
        assert type(world.network) is Queues
    with World(scripted()) as world:
        assert type(world.network) is Network
