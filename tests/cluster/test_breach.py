"""Breaches of the contract: each is an outcome, and the node is dead until it is restarted."""

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.process import EFFECTS_AT_MOST
from splitbrain.errors import NotEnabled
from splitbrain.events import Failed, Sent
from splitbrain.invariant import KeepsContract
from splitbrain.node import Erase, Observe, Send, SetTimer, Write
from splitbrain.world.world import World

ASK = Request("n1", "r1", "x")
SLOW = FaultBudget(slow_disks=True)


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


def test_what_is_told_of_a_breach_is_the_same_in_every_process():
    def request(*_):
        raise LookupError(object())

    world = asked((), request=request)
    (failed,) = of(world, Failed)
    assert failed.detail == "request: LookupError: <object object>"


def test_a_handler_that_a_node_lacks_is_told_with_what_a_node_has():
    class Deaf:
        def __init__(self, me, peers, disk): ...

        def start(self):
            return ()

    with World(scripted(factory=Deaf)) as world:
        world.apply(ASK)
        (failed,) = of(world, Failed)
        assert failed.how == "malformed"
        assert failed.detail.startswith("a Deaf has no handler `request`; a node has start, receive, timeout and request")


def test_what_raises_while_it_is_iterated_over_has_raised_and_what_cannot_be_is_malformed():
    class Moody:
        def __iter__(self):
            raise LookupError("lost")

    assert [failed.how for failed in of(asked(Moody()), Failed)] == ["raised"]
    assert [failed.how for failed in of(asked(7), Failed)] == ["malformed"]
