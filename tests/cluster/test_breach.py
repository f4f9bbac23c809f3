"""Breaches of the contract: each is an outcome, and the node is dead until it is restarted."""

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Request, Restart
from splitbrain.budget import FaultBudget
from splitbrain.cluster.breach import how_it_failed
from splitbrain.errors import NotEnabled
from splitbrain.events import Failed, Sent
from splitbrain.invariant import KeepsContract
from splitbrain.node import Erase, Observe, Reply, Send, SetTimer, Write
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


async def asynchronous(*_):
    return None


async def asynchronous_and_yielding(*_):
    yield Observe(Note())


def unasked(node, name, command):
    yield Observe(Note())
    yield Reply("somebody else's", 1)


def twice(node, name, command):
    yield Reply(name, 1)
    yield Reply(name, 2)


def yields_through_another(node, name, command):
    yield Observe(Note())
    yield from yields_a_text()


def yields_a_text():
    yield "hello"


class Unwilling:
    def __deepcopy__(self, memo):
        raise LookupError("no copies of me")


HERE = "test_breach.py"


def line(function, further=0):
    return function.__code__.co_firstlineno + further


BREACHES = [
    (raises, "raised", f"request: LookupError: lost ({HERE}:{line(raises, 1)}, in raises)"),
    (raises_later, "raised", f"request: LookupError: lost ({HERE}:{line(raises_later, 2)}, in raises_later)"),
    (raises_a_type, "raised", "request: KeyError: <class 'int'>"),
    (exits, "raised", "request: SystemExit: 0"),
    (never_stops, "hung", "request yielded more than 30,030 effects for one input"),
    (lambda *_: 7, "malformed", "request returned 7, which is not effects (scripted.py:"),
    (lambda *_: None, "malformed", "request returned None, which is not effects (scripted.py:"),
    (lambda *_: None, "malformed", "yield effects, or return ()"),
    (asynchronous, "malformed", "request is `async`, so that it returned no effects but a coroutine"),
    (asynchronous_and_yielding, "malformed", "request is `async`, so that it returned no effects but an async_generator"),
    (lambda *_: ["nonsense"], "malformed", "request yielded 'nonsense', a str, which is not an effect (scripted.py:"),
    (lambda *_: ["nonsense"], "malformed", "; yield Send, SetTimer, "),
    (lambda *_: [Note()], "malformed", "request yielded a Note, which is not an effect"),
    (lambda *_: [{"a", "b"}], "malformed", "request yielded a set, which is not an effect"),
    (
        yields_through_another,
        "malformed",
        f"request yielded 'hello', a str, which is not an effect ({HERE}:{line(yields_a_text, 1)}, in yields_a_text)",
    ),
    (lambda *_: [Send("n9", Note())], "malformed", "request yielded Send(to='n9'), but there is no such node"),
    (lambda *_: [Send("n9", Note())], "malformed", "; the cluster is n1, n2, n3"),
    (lambda *_: [Send(["n2"], Note())], "malformed", "request yielded an effect that cannot be performed: TypeError: unhashable"),
    (lambda *_: [Send("n2", Unwilling())], "malformed", "cannot be performed: LookupError: no copies of me (scripted.py:"),
    (lambda *_: [SetTimer("t", 5, 4)], "malformed", "0 <= earliest <= latest"),
    (lambda *_: [SetTimer("t", -1, 4)], "malformed", "0 <= earliest <= latest"),
    (lambda *_: [SetTimer("t", 1.5, 4)], "malformed", "whole numbers"),
    (lambda *_: [SetTimer("t", True, 4)], "malformed", "whole numbers"),
    (lambda *_: [SetTimer(7, 1, 4)], "malformed", "request yielded SetTimer(7, ...) (scripted.py:"),
    (lambda *_: [Write([1], 2)], "malformed", "must be hashable"),
    (lambda *_: [Erase([1])], "malformed", "request yielded Erase(a list, ...), but a disk's key must be hashable (scripted.py:"),
    (unasked, "malformed", 'request yielded Reply("somebody else\'s", ...), which nobody has asked it since it started'),
    (unasked, "malformed", f"({HERE}:{line(unasked, 2)}, in unasked)"),
    (
        twice,
        "malformed",
        f"Reply('r1', ...), which it has answered already ({HERE}:{line(twice, 2)}, in twice); answer a request once",
    ),
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


def test_what_is_told_of_a_breach_is_the_same_in_every_process():
    def request(*_):
        raise LookupError(object())

    world = asked((), request=request)
    (failed,) = of(world, Failed)
    assert failed.detail == f"request: LookupError: <object object> ({HERE}:{line(request, 1)}, in request)"


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


def test_what_an_error_says_of_itself_is_cut_and_may_go_wrong():
    class Mute(Exception):
        def __str__(self):
            raise LookupError

    assert how_it_failed("request", ValueError("x" * 9_999)) == ("raised", f"request: ValueError: {'x' * 500}")
    assert how_it_failed("request", Mute()) == ("raised", "request: Mute: (its text cannot be told: LookupError)")


def test_of_a_group_of_errors_the_first_is_told_and_how_many_there_are():
    group = ExceptionGroup("", [ExceptionGroup("", [LookupError("one")]), ValueError("two"), ValueError("three")])
    assert how_it_failed("run", group) == ("raised", "run: LookupError: one; 2 more of its tasks raised, too")
