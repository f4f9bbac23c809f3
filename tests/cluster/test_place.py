"""Places in a node's code: the file's name, the line and the function, the same on every machine."""

import json
from functools import partial, wraps
from subprocess import run
from sys import executable

import pytest
from scripted import Note, asked, of, scripted

from splitbrain.actions import Crash, Request, Restart
from splitbrain.cluster.place import defined_at, is_harness, is_somebody_s, raised_at
from splitbrain.events import Failed
from splitbrain.invariant import KeepsContract
from splitbrain.node import Observe, Sync, Write
from splitbrain.scenario import Scenario
from splitbrain.world.world import World
from splitbrain_protocols.raft.node import Raft

HERE = "test_place.py"


def at(function, further=0, name=None):
    return f"{HERE}:{function.__code__.co_firstlineno + further}, in {name or function.__name__}"


def caught(function):
    with pytest.raises(BaseException) as caught:
        function()
    return caught.value.with_traceback(caught.value.__traceback__.tb_next)  # without this function


def parses():
    return json.loads("{")


def listed():
    return [
        1 // zero  # it is this line
        for zero in (1, 0)
    ]


def deep():
    return deeper(0)


def deeper(number):
    return deeper(number + 1)


def no_memory():
    return full()


def full():
    raise MemoryError


def test_what_python_s_own_library_raised_is_told_of_who_called_it():
    assert raised_at(caught(parses)) == at(parses, 1)


def test_a_comprehension_is_a_part_of_its_function_in_every_python():
    assert raised_at(caught(listed)) == at(listed, 2)


@pytest.mark.parametrize("function", [deep, no_memory])
def test_how_deep_a_recursion_or_a_memory_is_makes_no_difference(function):
    assert raised_at(caught(function)) == at(function, 1)


def test_what_came_through_nobody_s_code_has_no_place():
    assert raised_at(ValueError()) is None
    assert raised_at(caught(partial(json.loads, "{"))) is None


def test_a_handler_is_defined_where_its_own_code_begins():
    @wraps(parses)
    def wrapped(*arguments):
        return parses(*arguments)

    for handler in (parses, wrapped, partial(parses)):
        assert defined_at(handler) == at(parses)
    assert defined_at(len) is None


def test_protocols_are_somebody_s_code_and_the_harness_is_not():
    assert is_somebody_s(Raft.start.__code__)
    assert is_harness(World.apply.__code__)
    assert not is_somebody_s(World.apply.__code__)
    assert not is_somebody_s(json.loads.__code__)
    assert is_somebody_s(pytest.raises.__code__)  # what is installed may be what is tried


def test_a_recursion_without_end_is_told_alike_however_deep_it_began():
    def request(*_):
        return deep()

    def further(levels, scenario):
        return further(levels - 1, scenario) if levels else asked((), request=request)

    (one,), (other,) = of(further(0, None), Failed), of(further(50, None), Failed)
    assert one.detail == other.detail
    assert one.detail.startswith("request: RecursionError: maximum recursion depth exceeded (scripted.py:")  # the handler itself


def test_a_factory_that_raises_after_a_restart_is_told_with_its_place():
    class Fussy(scripted().factory):
        def __init__(self, me, peers, disk):
            super().__init__(me, peers, disk)
            if disk:
                raise SystemExit("enough")

        def request(self, name, command):
            yield Write("a", 1)
            yield Sync()

    with World(Scenario(name="fussy", factory=Fussy, invariants=(KeepsContract,))) as world:
        for action in (Request("n1", "r1", "x"), Crash("n1"), Restart("n1")):
            world.apply(action)
        (failed,) = of(world, Failed)
        assert failed.how == "raised"
        assert failed.detail == f"the factory, after a restart: SystemExit: enough ({at(Fussy.__init__, 3)})"


@pytest.mark.parametrize("host", ["direct", "trio"])
def test_what_raises_when_a_sync_is_over_is_told_with_its_place(host):
    def synced(node, token):
        yield Observe(Note())
        raise LookupError(token)

    world = asked([Sync("t")], host=host, synced=synced)
    (failed,) = of(world, Failed)
    assert failed.detail == f"synced: LookupError: t ({at(synced, 2)})"


def test_a_checkout_in_another_folder_gives_the_same_place(tmp_path):
    program = (
        "class Node:\n    def __init__(self, me, peers, disk): ...\n    def start(self):\n        raise LookupError\n"
        "from splitbrain.invariant import KeepsContract\nfrom splitbrain.scenario import Scenario\n"
        "from splitbrain.world.world import World\n"
        "print(World(Scenario(name='x', factory=Node, invariants=(KeepsContract,)), 1).violation.summary)\n"
    )
    told = set()
    for folder in ("one", "another"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "node.py").write_text(program, encoding="utf-8")
        told.add(run([executable, tmp_path / folder / "node.py"], check=True, capture_output=True, text=True).stdout)
    assert told == {"n1 raised: start: LookupError:  (node.py:4, in start)\n"}
