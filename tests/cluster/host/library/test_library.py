"""The base class: what is there when a node is made, whatever its factory, its base classes and its options are."""

import pytest
from hosted import hosted
from scripted import of

from splitbrain import Library, Scenario, ScenarioError, World
from splitbrain.actions import Crash, Request, Restart
from splitbrain.events import Exited, Observed
from splitbrain.invariant import KeepsContract
from splitbrain.observations import Decided

ASK = Request("n1", "r1", "x")


def after(scenario, *actions):
    """A world, over already, in which these were done."""
    with World(scenario, 2) as world:
        for action in actions:
            world.apply(action)
    return world


def test_what_is_asked_of_a_node_that_is_being_made_is_refused():
    def __init__(self, me, peers, disk):
        Library.__init__(self, me, peers, disk)
        self.send(peers[0], 1)

    with pytest.raises(ScenarioError, match=r"send\(\) was called in __init__, .*; call it in start\(\)"):
        World(hosted(__init__=__init__), 2)


def test_clock_and_dice_are_there_in_init_and_options_are_kept():
    seen = []

    def __init__(self, *given, **options):
        seen.append((self.clock(), self.dice.random()))
        Library.__init__(self, *given, **options)

    with World(hosted(__init__=__init__, options={"size": (3, 4)}, start=lambda node: seen.append(node.options)), 2, seed=5):
        pass
    assert seen[-1] == {"size": 3}
    assert seen[-4][0] == 1_000_000
    assert len({dice for _, dice in (each for each in seen if type(each) is tuple)}) == 3  # one was made to look at


def test_it_may_derive_from_a_class_of_the_library_s():
    class Theirs:
        def __init__(self, name):
            self.name = name

    class Both(Library, Theirs):
        def start(self):
            Theirs.__init__(self, "mine")
            self.observe(Decided(self.name))

    world = after(Scenario(name="both", factory=Both, invariants=(KeepsContract,)))
    assert {event.observation for event in of(world, Observed)} == {Decided("mine")}


def test_a_factory_may_be_a_function():
    kind = hosted(start=lambda node: node.observe(Decided(node.me))).factory
    scenario = Scenario(name="made", factory=kind, invariants=(KeepsContract,))
    assert len(of(after(scenario), Observed)) == 2


def test_a_death_in_init_is_one_too():
    def __init__(self, me, peers, disk):
        if disk.get("poison"):
            raise SystemExit("found poison")
        Library.__init__(self, me, peers, disk)

    scenario = hosted(__init__=__init__, request=lambda node, *_: node.store(poison=1), deaths=(SystemExit,))
    world = after(scenario, ASK, Crash("n1"), Restart("n1"))
    assert [event.reason for event in of(world, Exited)] == ["SystemExit: found poison"]
    assert world.violation is None
    assert not world.processes["n1"].running


@pytest.mark.parametrize(
    ("own", "what"),
    [
        ({"isolate": "json"}, r"isolate = 'json', which is no tuple of such; write isolate = \(\"package\",\), with the comma"),
        ({"loggers": "theirs"}, r"loggers = 'theirs', which is no tuple of such; write loggers = \(\"package\",\), with the comma"),
        ({"deaths": SystemExit}, r"deaths = <class 'SystemExit'>, which is no tuple of such; write deaths = \(SystemExit,\)"),
        ({"deaths": ("SystemExit",)}, r"deaths = \('SystemExit',\), which is no tuple of such"),
        ({"deaths": (int,)}, r"deaths = \(<class 'int'>,\), among which is no exception"),
    ],
)
def test_what_is_no_tuple_of_such_is_told_and_not_taken_for_its_letters(own, what):
    with pytest.raises(ScenarioError, match=what):
        World(hosted(**own), 1)
