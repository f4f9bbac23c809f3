"""How many effects one input may cause: in proportion to what the node was given, and no handler goes on for ever."""

from dataclasses import dataclass

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Crash, Deliver, Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.allowance import EFFECTS_AT_MOST, allowance, things
from splitbrain.events import Failed, Observed, Sent
from splitbrain.node import Observe, Send, Sync, Write
from splitbrain.world.run import Setup
from splitbrain.world.world import World
from splitbrain_protocols.raft.core.messages import Entry
from splitbrain_protocols.raft.scenario import RAFT

SLOW = FaultBudget(slow_disks=True)
MOST = allowance(0, ("r1", "x"))


@dataclass
class Pair:
    one: object
    other: object


class Holder:
    def __init__(self, held):
        self.held = held


@pytest.mark.parametrize(
    ("given", "count"),
    [
        ("text", 1),
        (("r1", "x"), 3),
        ([1, [2, 3]], 5),
        ({"a": 1, "b": (2,)}, 6),
        (Note(("x", "y")), 4),
        (Pair(1, Holder(2)), 4),
        (frozenset({1, 2}), 3),
    ],
)
def test_what_a_node_was_given_is_counted_through_all_that_it_holds(given, count):
    assert things(given) == count


def test_what_holds_itself_is_counted_once():
    ring = []
    ring += [ring, ring]
    assert things(ring) == 5 - 2


@pytest.mark.parametrize("budget", [FaultBudget(), SLOW], ids=["fast", "slow"])
def test_exactly_as_many_effects_as_are_allowed_are_no_hang(budget):
    assert of(asked([Observe(Note())] * MOST, budget=budget), Failed) == []
    (failed,) = of(asked([Observe(Note())] * (MOST + 1), budget=budget), Failed)
    assert failed.how == "hung"
    assert failed.detail.startswith(f"request yielded more than {MOST:,} effects for one input (scripted.py:")


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_a_handler_that_yields_for_ever_ends_soon_whatever_it_yields(host):
    def sends(node, *_):
        while True:
            yield Send("n2", Note())

    def writes(node, *_):
        number = 0
        while True:
            yield Write(number, number)
            yield Sync()
            number += 1

    with World(scripted(request=sends), host=host, keep=False) as world:
        world.apply(Request("n1", "r1", "x"))
        assert world.violation.fingerprint == "KeepsContract(hung)"
        assert world.network.sent <= MOST
    with World(scripted(request=writes), host=host, keep=False) as world:
        world.apply(Request("n1", "r1", "x"))
        assert world.violation.fingerprint == "KeepsContract(hung)"
        assert world.processes["n1"].storage.records <= MOST


def test_a_long_message_may_cause_as_many_effects_as_it_is_long():
    size = 2 * EFFECTS_AT_MOST

    def receive(node, sender, message):
        for number in message:
            yield Observe(Note(number))

    with World(scripted(receive=receive, request=lambda *_: [Send("n2", tuple(range(size)))])) as world:
        world.apply(Request("n1", "r1", "x"))
        (sent,) = of(world, Sent)
        world.apply(Deliver("n1", "n2", sent.kind))
        assert of(world, Failed) == []
        assert len(of(world, Observed)) == size


def test_a_full_disk_may_be_gone_through_after_a_restart():
    size = EFFECTS_AT_MOST + 1

    def start(node):
        for key in node.disk:
            yield Observe(Note(key))

    with World(scripted(start=start), keep=True) as world:
        world.processes["n1"].storage._durable.update((number, number) for number in range(size))
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert of(world, Failed) == []
        assert len(of(world, Observed)) == size


@pytest.mark.slow
def test_raft_restarts_with_ten_thousand_entries():
    with Setup(RAFT, 3).world() as world:
        disk = world.processes["n1"].storage._durable
        disk.update({("log", index): Entry(1, f"v{index}") for index in range(1, 30_002)}, term_and_vote=(1, None))
        world.apply(Crash("n1"))
        world.apply(Restart("n1"))
        assert world.violation is None
